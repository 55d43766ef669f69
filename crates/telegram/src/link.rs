//! Links into Telegram.
//!
//! Telegram takes up to 512 characters behind `startapp`, but 64 behind `start`; Podium keeps to 64 for both, so that
//! any parameter fits any link.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

/// The most characters of a start parameter.
pub const PARAMETER_LEN_MAX: usize = 64;

/// A part that makes no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The bot's username is none.
    #[error("a bot's username has 4 to 32 letters, digits or underscores")]
    Username,
    /// The app's short name is none.
    #[error("an app's short name has 3 to 30 letters, digits or underscores")]
    AppName,
    /// The parameter is empty, too long, or has other characters.
    #[error("a start parameter has 1 to 64 characters of A-Z a-z 0-9 _ -")]
    Parameter,
    /// The shared address is no web address.
    #[error("only http and https addresses can be shared")]
    Address,
}

/// A link that opens the chat with the bot; the tap on Start sends `/start payload`.
///
/// # Errors
/// When the username or the payload is none.
pub fn start_link(bot_username: &str, payload: &str) -> Result<String, LinkError> {
    Ok(format!("https://t.me/{}?start={}", username(bot_username)?, parameter(payload)?))
}

/// A link that opens a Mini App: the one named `app`, or the bot's main one. The parameter arrives, signed, as
/// `start_param`.
///
/// # Errors
/// When the username, the app's name or the parameter is none.
pub fn startapp_link(bot_username: &str, app: Option<&str>, param: &str) -> Result<String, LinkError> {
    let (username, param) = (username(bot_username)?, parameter(param)?);
    match app {
        None => Ok(format!("https://t.me/{username}?startapp={param}")),
        Some(app) if is_word(app, 3, 30) => Ok(format!("https://t.me/{username}/{app}?startapp={param}")),
        Some(_) => Err(LinkError::AppName),
    }
}

/// A link that offers to send `url` with `text` to a chat of the person's choice.
///
/// # Errors
/// When `url` is no http or https address.
pub fn share_link(url: &str, text: &str) -> Result<String, LinkError> {
    let address = Url::parse(url).map_err(|_| LinkError::Address)?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(LinkError::Address);
    }
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    Ok(format!("https://t.me/share/url?url={}&text={}", encode(url), encode(text)))
}

fn username(text: &str) -> Result<&str, LinkError> {
    if is_word(text, 4, 32) { Ok(text) } else { Err(LinkError::Username) }
}

fn parameter(text: &str) -> Result<&str, LinkError> {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let fits = (1..=PARAMETER_LEN_MAX).contains(&text.len()) && text.bytes().all(is_valid);
    if fits { Ok(text) } else { Err(LinkError::Parameter) }
}

fn is_word(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_look_as_telegram_wants_them() {
        assert_eq!(start_link("PodiumBot", "t_cup").unwrap(), "https://t.me/PodiumBot?start=t_cup");
        assert_eq!(
            startapp_link("PodiumBot", None, "t_cup").unwrap(),
            "https://t.me/PodiumBot?startapp=t_cup"
        );
        assert_eq!(
            startapp_link("PodiumBot", Some("app"), "x").unwrap(),
            "https://t.me/PodiumBot/app?startapp=x"
        );
        assert_eq!(
            share_link("https://t.me/PodiumBot?startapp=x", "a & b").unwrap(),
            "https://t.me/share/url?url=https%3A%2F%2Ft%2Eme%2FPodiumBot%3Fstartapp%3Dx&text=a%20%26%20b"
        );
    }

    #[test]
    fn a_parameter_has_1_to_64_characters_of_the_alphabet() {
        assert!(start_link("PodiumBot", &"a".repeat(64)).is_ok());
        for bad in ["", "a b", "a&b", "ü", &"a".repeat(65)] {
            assert_eq!(start_link("PodiumBot", bad), Err(LinkError::Parameter), "{bad}");
            assert_eq!(startapp_link("PodiumBot", None, bad), Err(LinkError::Parameter), "{bad}");
        }
    }

    #[test]
    fn names_can_not_smuggle_in_another_link() {
        for bad in ["", "bot", "a/../b", "Podium?x", "@PodiumBot"] {
            assert_eq!(start_link(bad, "x"), Err(LinkError::Username), "{bad}");
        }
        assert_eq!(startapp_link("PodiumBot", Some("a/b?"), "x"), Err(LinkError::AppName));
        assert_eq!(share_link("javascript:alert(1)", "x"), Err(LinkError::Address));
    }
}
