//! Signs init data by Telegram's rules. Written apart from `telegram::init_data`, so that the two check each other.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

/// Signs fields with a bot token and writes them as a query string, the hash last.
pub fn sign(fields: &BTreeMap<String, String>, token: &str) -> String {
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let secret = mac(b"WebAppData", token.as_bytes());
    let hash = hex::encode(mac(&secret, lines.join("\n").as_bytes()));
    let encoded: String = fields
        .iter()
        .map(|(name, value)| format!("{name}={}&", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    format!("{encoded}hash={hash}")
}

/// HMAC-SHA256.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length is taken");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
