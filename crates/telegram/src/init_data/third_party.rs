//! Init data checked without the bot's token, by the signature that Telegram adds for third parties
//! (<https://core.telegram.org/bots/webapps#validating-data-for-third-party-use>): Ed25519 over the bot's id and all
//! pairs but `hash` and `signature`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{BotId, Timestamp};
use ed25519_dalek::{Signature, VerifyingKey};

use crate::{
    init_data::{
        check_age,
        error::{InitDataError, InvalidReason, MalformedReason},
        fields::InitData,
        pairs::Pairs,
    },
    verified::Verified,
};

/// A key that Telegram signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key of Telegram itself.
    pub const PRODUCTION: Self = Self([
        0xe7, 0xbf, 0x03, 0xa2, 0xfa, 0x46, 0x02, 0xaf, 0x45, 0x80, 0x70, 0x3d, 0x88, 0xdd, 0xa5, 0xbb, 0x59,
        0xf3, 0x2e, 0xd8, 0xb0, 0x2a, 0x56, 0xc1, 0x87, 0xfe, 0x7d, 0x34, 0xca, 0xed, 0x24, 0x2d,
    ]);

    /// The key of Telegram's test environment.
    pub const TEST: Self = Self([
        0x40, 0x05, 0x50, 0x58, 0xa4, 0xee, 0x38, 0x15, 0x6a, 0x06, 0x56, 0x2e, 0x52, 0xee, 0xce, 0x92, 0xa7,
        0x71, 0xbc, 0xd8, 0x34, 0x6a, 0x8c, 0x46, 0x15, 0xcb, 0x73, 0x76, 0xed, 0xdf, 0x72, 0xec,
    ]);

    /// Any other key, such as a simulator's.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Checks the third-party signature of init data that was made for the bot `bot_id`, and reads it.
///
/// # Errors
/// As [`init_data::verify`](crate::init_data::verify).
pub fn verify(
    raw: &str,
    bot_id: BotId,
    key: PublicKey,
    now: Timestamp,
    max_age_ms: i64,
) -> Result<Verified<InitData>, InitDataError> {
    let pairs = Pairs::parse(raw)?;
    let text = pairs.get("signature").ok_or(MalformedReason::SignatureMissing)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| MalformedReason::SignatureNotBase64)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| MalformedReason::SignatureNotBase64)?;

    let signed = pairs.check_string(|key| key != "hash" && key != "signature");
    let message = format!("{}:WebAppData\n{signed}", bot_id.0);
    VerifyingKey::from_bytes(&key.0)
        .and_then(|key| key.verify_strict(message.as_bytes(), &signature))
        .map_err(|_| InvalidReason::Signature)?;

    let auth_date = check_age(&pairs, now, max_age_ms)?;
    Ok(Verified::vouch(InitData::read(&pairs, bot_id, auth_date, [0; 32])?))
}
