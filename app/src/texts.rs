//! The texts of the page, in the language of the player.

use std::sync::Arc;

use domain::{ErrorCode, Locale, Score};
use i18n::{Catalog, Key};

use crate::{
    json,
    net::{self, Call},
    reactive::Shared,
};

/// How often the language may change while its texts are on their way; it does so once at most.
const LANGUAGE_CHANGES_MAX: usize = 3;

/// A text with its arguments. A trait of its own: a closure's brings two more functions along for every text.
trait Say {
    fn say(&self, catalog: &Catalog) -> String;
}

impl<F: Fn(&Catalog) -> String> Say for F {
    fn say(&self, catalog: &Catalog) -> String {
        self(catalog)
    }
}

/// Access to the texts. Reading does not subscribe: when the language changes, the whole page is drawn anew.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts(Shared<Option<Arc<Catalog>>>);

impl Texts {
    /// The texts of a catalog.
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self(Shared::new(Some(Arc::new(catalog))))
    }

    /// A text with arguments, by its function in `i18n::keys`; empty when the page is gone.
    pub(crate) fn with(self, text: impl Fn(&Catalog) -> String) -> String {
        self.said(&text)
    }

    // Once for all texts, not once for each.
    fn said(self, text: &dyn Say) -> String {
        self.0.now().map(|catalog| text.say(&catalog)).unwrap_or_default()
    }

    /// A fixed text.
    pub(crate) fn get(self, key: Key) -> String {
        self.0.now().map(|catalog| catalog.text(key).to_owned()).unwrap_or_default()
    }

    /// What to say about an error.
    pub(crate) fn error(self, code: ErrorCode) -> String {
        self.0.now().map(|catalog| catalog.error(code).to_owned()).unwrap_or_default()
    }

    /// The language.
    pub(crate) fn locale(self) -> Locale {
        self.0.now().map(|catalog| catalog.locale()).unwrap_or_default()
    }

    /// A whole number as the language writes it.
    pub(crate) fn number(self, number: u64) -> String {
        i18n::number(self.locale(), number)
    }

    /// A score as the language writes it.
    pub(crate) fn score(self, score: Score) -> String {
        let number = self.number(score.points().unsigned_abs());
        if score.points() < 0 { format!("\u{2212}{number}") } else { number }
    }

    /// Subscribes to the language.
    pub(crate) fn track(self) {
        self.0.get();
    }

    /// Sees that the texts of the later pages are there. Says whether they are; a player whose language changes
    /// meanwhile gets them in the new one.
    pub(crate) async fn load_later(self) -> bool {
        for _ in 0..LANGUAGE_CHANGES_MAX {
            let Some(catalog) = self.0.now() else { return false };
            if catalog.has_later() {
                return true;
            }
            let url = format!("/i18n/{}.later.json", catalog.locale().tag());
            let Ok(answer) = net::send(Call { url, ..Call::default() }).await else { return false };
            let Some(texts) = json::read(&answer.body) else { return false };
            if catalog.add_later(texts).is_err() {
                return false;
            }
        }
        false
    }

    /// Changes the language.
    pub(crate) fn replace(self, catalog: Catalog) {
        self.0.set(Some(Arc::new(catalog)));
    }
}
