//! Signatures after the Standard Webhooks specification: HMAC-SHA256 over `id.timestamp.body`, base64, prefixed `v1,`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Timestamp;
use hmac::Mac;
use secrecy::{ExposeSecret, SecretSlice};

use crate::secrets::hmac_of;

/// How far a call's time may be from ours (the specification leaves it open; five minutes is its libraries' choice).
pub const TOLERANCE_MS: i64 = 300_000;

/// A service key of the platform.
#[derive(Clone)]
pub struct PlatformSecret(SecretSlice<u8>);

impl std::fmt::Debug for PlatformSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PlatformSecret(…)")
    }
}

impl PlatformSecret {
    /// Reads a key of the form `whsec_<base64>`; `None` when it has another form or fewer than 24 bytes, the
    /// specification's least.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
        (bytes.len() >= 24).then(|| Self(bytes.into()))
    }

    /// Signs a call of our own: the value of its header `webhook-signature`.
    pub(crate) fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.signature(id, timestamp, body).finalize().into_bytes()))
    }

    fn signature(&self, id: &str, timestamp: &str, body: &[u8]) -> hmac::Hmac<sha2::Sha256> {
        let mut mac = hmac_of(self.0.expose_secret());
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

/// Proof that a call was signed with a service key; only [`verify`] makes one.
#[derive(Debug)]
pub struct PlatformKey(());

/// A call's signature is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing or unreadable.
    #[error("a signature header is missing or unreadable")]
    Malformed,
    /// The call's time is too far from ours.
    #[error("the call's time is too far from this server's")]
    Time,
    /// No key fits.
    #[error("no service key fits the signature")]
    Mismatch,
}

/// The headers of a signed call.
#[derive(Debug, Clone, Copy)]
pub struct SignatureHeaders<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`, in seconds.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or more of `v1,<base64>`, separated by spaces.
    pub signature: &'a str,
}

/// Checks a call against the service keys, in constant time.
///
/// # Errors
/// [`SignatureError`] says what is wrong.
pub fn verify(
    keys: &[PlatformSecret],
    headers: SignatureHeaders<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<PlatformKey, SignatureError> {
    if headers.id.is_empty() || headers.id.len() > 255 {
        return Err(SignatureError::Malformed);
    }
    let sent_at =
        headers.timestamp.parse().map(Timestamp::from_secs).map_err(|_| SignatureError::Malformed)?;
    if now.millis_since(sent_at).saturating_abs() > TOLERANCE_MS {
        return Err(SignatureError::Time);
    }
    let signatures = headers.signature.split(' ').take(8).filter_map(|one| one.strip_prefix("v1,"));
    for signature in signatures.filter_map(|text| STANDARD.decode(text).ok()) {
        for key in keys {
            if key.signature(headers.id, headers.timestamp, body).verify_slice(&signature).is_ok() {
                return Ok(PlatformKey(()));
            }
        }
    }
    Err(SignatureError::Mismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn check(timestamp: &str, signature: &str, now: i64) -> Result<(), SignatureError> {
        let headers = SignatureHeaders { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp, signature };
        verify(&[PlatformSecret::parse(KEY).unwrap()], headers, BODY, Timestamp::from_secs(now)).map(|_| ())
    }

    #[test]
    fn the_specification_s_own_example_is_good() {
        assert_eq!(check("1614265330", SIGNATURE, 1_614_265_330), Ok(()));
        assert_eq!(check("1614265330", &format!("v1,AAAA {SIGNATURE}"), 1_614_265_330), Ok(()));
    }

    #[test]
    fn a_changed_or_late_call_is_refused() {
        assert_eq!(check("1614265331", SIGNATURE, 1_614_265_330), Err(SignatureError::Mismatch));
        assert_eq!(check("1614265330", "v1,", 1_614_265_330), Err(SignatureError::Mismatch));
        assert_eq!(check("1614265330", "", 1_614_265_330), Err(SignatureError::Mismatch));
        assert_eq!(check("1614265330", SIGNATURE, 1_614_265_631), Err(SignatureError::Time));
        assert_eq!(check("1614265330", SIGNATURE, 1_614_265_029), Err(SignatureError::Time));
        assert_eq!(check("soon", SIGNATURE, 1_614_265_330), Err(SignatureError::Malformed));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(PlatformSecret::parse("whsec_AAAA").is_none());
        assert!(PlatformSecret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_none());
    }
}
