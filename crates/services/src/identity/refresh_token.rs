//! Refresh tokens: the session's id, a random part, and a tag that only this server can make.
//!
//! The id in the token spares the database a random index, and the tag tells a token of ours from a made-up one before
//! the database is asked. So a token with a good tag that is neither the session's present nor its previous one was
//! certainly used before.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Rng, SessionId};
use sha2::{Digest, Sha256};
use storage::session::TokenHash;
use subtle::ConstantTimeEq;

use crate::secrets::Secrets;

const RANDOM_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const BODY_BYTES: usize = 16 + RANDOM_BYTES;
const TOKEN_BYTES: usize = BODY_BYTES + TAG_BYTES;

/// A refresh token.
pub struct RefreshToken {
    bytes: [u8; TOKEN_BYTES],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RefreshToken(…)")
    }
}

impl RefreshToken {
    /// A new token for a session.
    pub fn new(session_id: SessionId, secrets: &Secrets, rng: &dyn Rng) -> Self {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[..16].copy_from_slice(session_id.as_uuid().as_bytes());
        rng.fill(&mut bytes[16..BODY_BYTES]);
        let tag = secrets.refresh_tag(&bytes[..BODY_BYTES]);
        bytes[BODY_BYTES..].copy_from_slice(&tag[..TAG_BYTES]);
        Self { bytes }
    }

    /// Reads a token; `None` when it was not made by this server.
    pub fn parse(text: &str, secrets: &Secrets) -> Option<Self> {
        // Longer texts are not worth decoding.
        if text.len() > 2 * TOKEN_BYTES {
            return None;
        }
        let bytes: [u8; TOKEN_BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let tag = secrets.refresh_tag(&bytes[..BODY_BYTES]);
        bool::from(tag[..TAG_BYTES].ct_eq(&bytes[BODY_BYTES..])).then_some(Self { bytes })
    }

    /// The session it belongs to.
    pub fn session_id(&self) -> SessionId {
        let mut id = [0; 16];
        id.copy_from_slice(&self.bytes[..16]);
        SessionId::from_uuid(uuid::Uuid::from_bytes(id))
    }

    /// What is stored of it.
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.bytes).into()
    }

    /// What the client keeps.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use domain::{SeededRng, Timestamp};

    use super::*;

    #[test]
    fn a_changed_token_is_not_ours() {
        let secrets = Secrets::derive(&[7; 32]).unwrap();
        let rng = SeededRng::new(1);
        let session_id = SessionId::new(Timestamp::from_millis(1_700_000_000_000), &rng);
        let token = RefreshToken::new(session_id, &secrets, &rng);
        let text = token.to_text();
        let parsed = RefreshToken::parse(&text, &secrets).unwrap();
        assert_eq!((parsed.session_id(), parsed.hash()), (session_id, token.hash()));
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            assert!(RefreshToken::parse(std::str::from_utf8(&changed).unwrap(), &secrets).is_none());
        }
        assert!(RefreshToken::parse("", &secrets).is_none());
        assert!(RefreshToken::parse(&text, &Secrets::derive(&[8; 32]).unwrap()).is_none());
    }
}
