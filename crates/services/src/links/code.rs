//! The token itself: 128 random bits in base64url, 22 characters. Only a keyed hash of it is stored.
//!
//! Invariant: no token begins with `t_`, which in a link means a tournament.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Rng;
use storage::session::TokenHash;

use crate::secrets::Secrets;

const BYTES: usize = 16;
/// The characters of a token.
pub const LEN: usize = 22;
/// How the parameter of a tournament's link begins.
pub const TOURNAMENT: &str = "t_";

/// A one-time token. Whoever has it can spend it; prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode([u8; BYTES]);

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OneTimeCode(…)")
    }
}

impl OneTimeCode {
    /// A new random token. One in 4096 would read as a tournament's link and is drawn again.
    pub fn new(rng: &dyn Rng) -> Self {
        let mut bytes = [0; BYTES];
        loop {
            rng.fill(&mut bytes);
            let code = Self(bytes);
            if !code.to_text().starts_with(TOURNAMENT) {
                return code;
            }
        }
    }

    /// Reads a token; `None` when the text has not its form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LEN || text.starts_with(TOURNAMENT) {
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

    /// Gives what would read as `t_…` first, and then what does not.
    #[derive(Debug)]
    struct Unlucky(std::sync::atomic::AtomicU8);

    impl Rng for Unlucky {
        fn fill(&self, bytes: &mut [u8]) {
            let nth = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            bytes.fill(0xff - nth);
            if nth < 3 {
                // `t` is 45 and `_` is 63: 101101 111111.
                bytes[..2].copy_from_slice(&[0b1011_0111, 0b1111_0000 | nth]);
            }
        }
    }

    #[test]
    fn no_token_reads_as_a_tournament_s_link() {
        let of_tournament = format!("t_{}", "A".repeat(LEN - 2));
        assert!(URL_SAFE_NO_PAD.decode(&of_tournament).is_ok(), "it would be one but for how it begins");
        assert_eq!(OneTimeCode::parse(&of_tournament), None);
        assert_eq!(OneTimeCode::from_message(&of_tournament), None);
        let unlucky = Unlucky(std::sync::atomic::AtomicU8::new(0));
        assert_eq!(OneTimeCode::new(&unlucky), OneTimeCode([0xff - 3; BYTES]));
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
