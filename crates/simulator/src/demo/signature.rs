//! Signs a call after the Standard Webhooks specification: HMAC-SHA256 over `id.timestamp.body`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::init_data::mac;

/// A service key.
#[derive(Clone)]
pub struct Key(Vec<u8>);

/// The key is not `whsec_` and base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of the form whsec_<base64>")]
pub struct InvalidKey;

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// [`InvalidKey`] when it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let encoded = text.strip_prefix("whsec_").ok_or(InvalidKey)?;
        STANDARD.decode(encoded).ok().filter(|key| !key.is_empty()).map(Self).ok_or(InvalidKey)
    }

    /// The value of the header `webhook-signature`.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &str) -> String {
        let signed = mac(&self.0, format!("{id}.{timestamp_s}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(signed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the reference libraries (standard-webhooks/standard-webhooks, `libraries/*/test`).
    #[test]
    fn the_published_vector_is_met() {
        let key = Key::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!"] {
            assert_eq!(Key::parse(bad).err(), Some(InvalidKey), "{bad}");
        }
    }
}
