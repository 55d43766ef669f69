//! Signing as Telegram does it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

use crate::token::BotToken;

/// What `encodeURIComponent` leaves alone among the letters that matter here.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Signs pairs the way Telegram does and returns init data. For the simulator and for tests: Podium itself never signs
/// any. The pairs keep their order; `hash` is appended and must not be among them.
pub fn sign<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)], token: &BotToken) -> String {
    let mut sorted = pairs.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect::<Vec<_>>();
    sorted.sort_unstable();
    let lines = sorted.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
    let mut mac = keyed_by(token);
    mac.update(lines.join("\n").as_bytes());
    let hash = hex::encode(mac.finalize().into_bytes());

    let encoded = pairs.iter().map(|(key, value)| {
        format!(
            "{}={}",
            utf8_percent_encode(key.as_ref(), ENCODED),
            utf8_percent_encode(value.as_ref(), ENCODED)
        )
    });
    encoded.chain([format!("hash={hash}")]).collect::<Vec<_>>().join("&")
}

/// The HMAC whose key is derived from the token.
pub(crate) fn keyed_by(token: &BotToken) -> Hmac<Sha256> {
    let mut derivation = hmac(b"WebAppData");
    derivation.update(token.expose().as_bytes());
    hmac(&derivation.finalize().into_bytes())
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of any length")
}
