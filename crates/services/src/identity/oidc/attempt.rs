//! A sign-in that has begun: what the browser keeps for us, sealed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Rng, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Services;

/// For how long a person may take to confirm.
pub const ATTEMPT_SECONDS: u32 = 600;

const PURPOSE: &str = "oidc attempt v1";
/// The longest sealed attempt that is looked at.
const SEALED_LEN_MAX: usize = 4096;

/// A sign-in that has begun. Prints nothing.
#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) next: String,
    expires_at_ms: i64,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Attempt(…)")
    }
}

impl Attempt {
    pub(super) fn new(services: &Services, next: &str) -> Self {
        let random = || random(services.rng());
        Self {
            state: random(),
            nonce: random(),
            verifier: random(),
            next: next.to_owned(),
            expires_at_ms: services.now().plus_ms(i64::from(ATTEMPT_SECONDS) * 1000).as_millis(),
        }
    }

    pub(super) fn seal(&self, services: &Services) -> Option<String> {
        let json = serde_json::to_vec(self).ok()?;
        let sealed = services.secrets().seal(PURPOSE, &json, services.rng()).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens an attempt that was sealed here and is not over.
    pub(super) fn open(services: &Services, text: &str) -> Option<Self> {
        if text.len() > SEALED_LEN_MAX {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let json = services.secrets().open(PURPOSE, &sealed).ok()?;
        let attempt: Self = serde_json::from_slice(&json).ok()?;
        (Timestamp::from_millis(attempt.expires_at_ms) > services.now()).then_some(attempt)
    }
}

/// 32 random bytes as text: the longest verifier that RFC 7636 recommends, and more than enough for the others.
fn random(rng: &dyn Rng) -> String {
    let mut bytes = [0; 32];
    rng.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
