//! How a person's Telegram opens the Mini App: the address with the launch parameters in its fragment.
//!
//! Invariant: the init data is signed by Telegram's rules with the bot's token. An app opened from a keyboard button
//! gets none, as with the real Telegram.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{config::Config, init_data, world::World};

/// What `encodeURIComponent` leaves as it is, as the real clients do.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'');
/// The palettes, shared with the page.
pub const THEMES: &str = include_str!("../page/themes.json");

/// Where the Mini App is opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A button under a message.
    #[default]
    Inline,
    /// A button of the reply keyboard: no init data.
    Keyboard,
    /// The menu button beside the composer.
    Menu,
    /// A link such as `t.me/bot?startapp=…`.
    Direct,
}

/// How the Mini App is opened.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Launch {
    /// The address; the app's own when it is missing.
    pub url: Option<String>,
    /// The start parameter.
    pub start_param: Option<String>,
    /// Where it is opened from.
    pub kind: Kind,
    /// `ios`, `android`, `tdesktop`, `weba` …; `weba` when it is missing.
    pub platform: Option<String>,
    /// `light` or `dark`.
    pub theme: Option<String>,
    /// The client's version of the Mini App interface; 9.6 when it is missing.
    pub version: Option<String>,
    /// Moves `auth_date`, to make data that is stale or from the future.
    pub auth_date_offset_s: i64,
    /// Not 0: changes the data after it was signed.
    pub tamper: u8,
}

/// Why there is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// Nobody has that id.
    #[error("there is no user with this id")]
    NoUser,
    /// The address is not one that a browser opens.
    #[error("the address of the Mini App must begin with https:// or http://")]
    Url,
    /// The start parameter has other characters than Telegram lets through.
    #[error("a start parameter has at most 512 letters, digits, _ and -")]
    StartParam,
}

impl Launch {
    /// The address for a person.
    ///
    /// # Errors
    /// See [`LaunchError`].
    pub fn url(&self, world: &mut World, user_id: i64, config: &Config) -> Result<String, LaunchError> {
        let mut url =
            Url::parse(self.url.as_deref().unwrap_or(&config.app_url)).map_err(|_| LaunchError::Url)?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(LaunchError::Url);
        }
        let start_param = self.start_param.as_deref().filter(|param| !param.is_empty());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if start_param.is_some_and(|param| param.len() > 512 || !param.bytes().all(allowed)) {
            return Err(LaunchError::StartParam);
        }
        world.users.get(user_id).ok_or(LaunchError::NoUser)?;
        let mut fragment = Vec::new();
        if self.kind != Kind::Keyboard {
            fragment.push(("tgWebAppData", self.init_data(world, user_id, start_param, config)?));
        }
        let platform = self.platform.as_deref().unwrap_or("weba");
        fragment.push(("tgWebAppVersion", self.version.clone().unwrap_or_else(|| "9.6".to_owned())));
        fragment.push(("tgWebAppPlatform", platform.to_owned()));
        fragment.push(("tgWebAppThemeParams", theme(self.theme.as_deref(), platform)));
        if let Some(param) = start_param {
            // Only links carry it; real clients also put it into the query.
            url.query_pairs_mut().append_pair("tgWebAppStartParam", param);
            fragment.push(("tgWebAppStartParam", param.to_owned()));
        }
        let fragment: Vec<String> = fragment
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, COMPONENT)))
            .collect();
        url.set_fragment(None);
        Ok(format!("{url}#{}", fragment.join("&")))
    }

    fn init_data(
        &self,
        world: &mut World,
        user_id: i64,
        start_param: Option<&str>,
        config: &Config,
    ) -> Result<String, LaunchError> {
        let user = world.users.get(user_id).ok_or(LaunchError::NoUser)?.to_init_data();
        let mut fields = BTreeMap::from([
            ("user".to_owned(), user.to_string()),
            ("auth_date".to_owned(), (world.now_s() + self.auth_date_offset_s).to_string()),
        ]);
        if self.kind == Kind::Direct {
            let instance = user_id.wrapping_mul(2_654_435_761);
            fields.insert("chat_instance".to_owned(), instance.to_string());
            fields.insert("chat_type".to_owned(), "sender".to_owned());
        } else {
            fields.insert("query_id".to_owned(), world.open_query(user_id));
        }
        if let Some(param) = start_param {
            fields.insert("start_param".to_owned(), param.to_owned());
        }
        let signed = init_data::sign(fields, &config.token);
        if self.tamper == 0 {
            return Ok(signed);
        }
        Ok(signed.replacen(&format!("%22id%22%3A{user_id}"), &format!("%22id%22%3A{}", user_id + 1), 1))
    }
}

/// The palette of a theme on a platform, as JSON.
fn theme(name: Option<&str>, platform: &str) -> String {
    let themes: Value = serde_json::from_str(THEMES).unwrap_or_default();
    let name = if name == Some("dark") { "dark" } else { "light" };
    let name = if platform == "ios" { format!("{name}-ios") } else { name.to_owned() };
    themes.get(&name).map(ToString::to_string).unwrap_or_default()
}
