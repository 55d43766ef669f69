//! Who reads a page, as far as a page may know: the language, and a nonce for this one answer.

use app::ssr::Setting;
use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Locale;

use crate::{pages::Site, state::AppState};

/// The reader of one answer.
#[derive(Debug)]
pub struct Reader {
    /// The language of the first paint; after sign-in the player's language in Telegram wins.
    pub locale: Locale,
    /// What lets this answer's own scripts and styles run.
    pub nonce: String,
}

impl Reader {
    /// The reader behind a request.
    pub fn new(state: &AppState, headers: &HeaderMap) -> Self {
        let mut random = [0; 16];
        state.services.rng().fill(&mut random);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self {
            locale: accepted.map(Locale::from_accept_language).unwrap_or_default(),
            nonce: STANDARD.encode(random),
        }
    }

    /// What a page is rendered with for this reader.
    pub fn setting<'a>(&'a self, site: &'a Site) -> Setting<'a> {
        Setting { assets: site.assets(), nonce: &self.nonce, locale: self.locale }
    }
}
