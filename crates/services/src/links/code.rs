//! The token itself: 128 random bits in base64url, 22 characters. Only a keyed hash of it is stored.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Rng;
use storage::session::TokenHash;

use crate::secrets::Secrets;

const BYTES: usize = 16;
/// The characters of a token.
pub const LEN: usize = 22;

/// A one-time token. Whoever has it can spend it; prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode([u8; BYTES]);

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OneTimeCode(…)")
    }
}

impl OneTimeCode {
    /// A new random token.
    pub fn new(rng: &dyn Rng) -> Self {
        let mut bytes = [0; BYTES];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads a token; `None` when the text has not its form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LEN {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Reads what somebody has pasted into the chat: a bare token, or a link of Telegram that holds one.
    pub fn from_message(text: &str) -> Option<Self> {
        let text = text.trim();
        let parameter = text.split_once("://t.me/").and_then(|(_, rest)| {
            let (_, query) = rest.split_once('?')?;
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix("start=").or_else(|| pair.strip_prefix("startapp=")))
        });
        Self::parse(parameter.unwrap_or(text))
    }

    /// The token's text.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The hash by which it is stored and found.
    pub fn hash(&self, secrets: &Secrets) -> TokenHash {
        secrets.one_time_hash(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use domain::SeededRng;

    use super::*;

    #[test]
    fn a_token_has_128_bits_in_22_characters_of_a_link() {
        let code = OneTimeCode::new(&SeededRng::new(1));
        let text = code.to_text();
        assert_eq!(text.len(), LEN);
        assert!(telegram::link::start_link("PodiumBot", &text).is_ok());
        assert_eq!(OneTimeCode::parse(&text), Some(code));
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let text = OneTimeCode::new(&SeededRng::new(1)).to_text();
        // The last character holds four bits alone: others would be a second text of the same token.
        let other = format!("{}/", &text[..21]);
        for bad in ["", "hello", &text[..21], &format!("{text}a"), &other, "zzzzzzzzzzzzzzzzzzzzzz"] {
            assert_eq!(OneTimeCode::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_was_pasted_may_be_a_link() {
        let code = OneTimeCode::new(&SeededRng::new(1));
        let text = code.to_text();
        for pasted in [
            format!(" {text}\n"),
            format!("https://t.me/PodiumBot?start={text}"),
            format!("https://t.me/PodiumBot/app?startapp={text}&mode=compact"),
        ] {
            assert_eq!(OneTimeCode::from_message(&pasted), Some(code.clone()), "{pasted}");
        }
        assert_eq!(OneTimeCode::from_message(&format!("https://evil.example/?start={text}")), None);
        assert_eq!(OneTimeCode::from_message("What is this?"), None);
    }

    #[test]
    fn the_stored_hash_depends_on_the_server_s_secret() {
        let code = OneTimeCode::new(&SeededRng::new(1));
        let hash = |secret| code.hash(&Secrets::derive(&[secret; 32]).unwrap());
        assert_eq!(hash(7), hash(7));
        assert_ne!(hash(7), hash(8));
    }
}
