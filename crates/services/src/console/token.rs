//! What the console's cookie holds: 256 random bits, of which the database keeps a hash.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Rng;
use sha2::{Digest, Sha256};
use storage::session::TokenHash;
use subtle::ConstantTimeEq;

use crate::secrets::hmac_sha256;

const BYTES: usize = 32;

/// A token of a session of the console.
pub struct ConsoleToken([u8; BYTES]);

impl std::fmt::Debug for ConsoleToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ConsoleToken(…)")
    }
}

impl ConsoleToken {
    pub(super) fn new(rng: &dyn Rng) -> Self {
        let mut bytes = [0; BYTES];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        // Longer texts are not worth decoding.
        if text.len() > 2 * BYTES {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(super) fn hash(&self) -> TokenHash {
        Sha256::digest(self.0).into()
    }

    /// What forms of the session carry: made of the token, so that nobody who has not the cookie can make it, and the
    /// token can't be had from it.
    pub(super) fn form_key(&self) -> String {
        hex::encode(hmac_sha256(&self.0, &[b"podium console form v1"]))
    }

    /// What the cookie holds.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use domain::SeededRng;

    use super::*;

    #[test]
    fn a_token_survives_its_text_and_its_form_key_does_not_show_it() {
        let token = ConsoleToken::new(&SeededRng::new(1));
        let parsed = ConsoleToken::parse(&token.to_text()).unwrap();
        assert_eq!((parsed.hash(), parsed.form_key()), (token.hash(), token.form_key()));
        assert!(!token.form_key().contains(&hex::encode(&token.0[..4])));
        let other = ConsoleToken::new(&SeededRng::new(2));
        assert!(!same(other.form_key().as_bytes(), token.form_key().as_bytes()));
        for bad in ["", "x", &"A".repeat(44), &"A".repeat(900)] {
            assert!(ConsoleToken::parse(bad).is_none(), "{bad}");
        }
    }
}
