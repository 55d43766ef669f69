//! The bot's token: the key to the Bot API and to the signature of init data.

use std::{fmt, str::FromStr};

use domain::BotId;
use secrecy::{ExposeSecret, SecretString};

/// The shortest secret part of a token that BotFather gives out is longer; published test tokens have less.
const SECRET_LEN_MIN: usize = 20;
/// Below this a bot id belongs to no real bot, and the token may be as short as `42:TEST`.
const REAL_BOT_ID_MIN: i64 = 1_000;
const TOKEN_LEN_MAX: usize = 256;

/// A token of the form `<bot id>:<secret>`. Prints its bot id and nothing else.
#[derive(Clone)]
pub struct BotToken {
    bot_id: BotId,
    token: SecretString,
}

/// The text is no bot token. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a bot token: expected the form 123456789:AAAA…, as BotFather shows it")]
pub struct NotAToken;

impl BotToken {
    /// The number in front of the colon.
    pub const fn bot_id(&self) -> BotId {
        self.bot_id
    }

    /// The whole token. Only for the address of a call and for keys derived from it.
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }
}

impl FromStr for BotToken {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let text = text.trim();
        let (id, secret) = text.split_once(':').ok_or(NotAToken)?;
        if text.len() > TOKEN_LEN_MAX || id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAToken);
        }
        let bot_id = id.parse().map_err(|_| NotAToken)?;
        let is_long_enough =
            secret.len() >= SECRET_LEN_MIN || (bot_id < REAL_BOT_ID_MIN && !secret.is_empty());
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !is_long_enough || !secret.bytes().all(is_valid) {
            return Err(NotAToken);
        }
        Ok(Self { bot_id: BotId(bot_id), token: SecretString::from(text) })
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BotToken({}:…)", self.bot_id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_and_published_tokens_are_taken() {
        for (text, bot_id) in [
            ("5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8", 5_768_337_691),
            ("123456789:TEST_FAKE_BOT_TOKEN_EXAMPLE123456", 123_456_789),
            ("42:TEST", 42),
            (" 42:TEST\n", 42),
        ] {
            assert_eq!(text.parse::<BotToken>().unwrap().bot_id(), BotId(bot_id), "{text}");
        }
    }

    #[test]
    fn a_cut_or_odd_token_is_refused() {
        let long = format!("1:{}", "a".repeat(300));
        let bad = [
            "",
            "42",
            "42:",
            ":TEST",
            "x:TEST",
            "-1:TEST",
            "5768337691:AAH5Yk",
            "42:TE ST",
            "42:TE/ST",
            &long,
        ];
        for text in bad {
            assert_eq!(text.parse::<BotToken>().unwrap_err(), NotAToken, "{text:?}");
        }
    }

    #[test]
    fn only_the_bot_id_prints() {
        let token: BotToken = "42:TEST".parse().unwrap();
        assert_eq!(format!("{token:?}"), "BotToken(42:…)");
        assert!(!NotAToken.to_string().contains("TEST"));
    }
}
