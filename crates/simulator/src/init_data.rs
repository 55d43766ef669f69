//! Signs init data by Telegram's rules: with the bot's token for the bot, and with a key of the simulator's own for
//! third parties. Written apart from `telegram::init_data`, so that the two check each other.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

/// The seed of the simulator's key; it is known to everybody and opens nothing.
const SEED: [u8; 32] = *b"simulated Telegram, public seed.";

/// The public half of the key with which the simulator signs for third parties.
pub fn third_party_public_key() -> [u8; 32] {
    SigningKey::from_bytes(&SEED).verifying_key().to_bytes()
}

/// Signs fields with a bot token and writes them as a query string, the hash last. `signature` is added too, and the
/// hash covers it, as with the real Telegram.
pub fn sign(mut fields: BTreeMap<String, String>, token: &str) -> String {
    let bot_id = token.split(':').next().unwrap_or_default();
    let for_third_parties = format!("{bot_id}:WebAppData\n{}", lines(&fields));
    let signature = SigningKey::from_bytes(&SEED).sign(for_third_parties.as_bytes());
    fields.insert("signature".to_owned(), URL_SAFE_NO_PAD.encode(signature.to_bytes()));

    let secret = mac(b"WebAppData", token.as_bytes());
    let hash = hex::encode(mac(&secret, lines(&fields).as_bytes()));
    let mut pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    pairs.push(format!("hash={hash}"));
    pairs.join("&")
}

fn lines(fields: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.join("\n")
}

/// HMAC-SHA256.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length is taken");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
