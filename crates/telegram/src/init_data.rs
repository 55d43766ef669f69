//! Init data: what Telegram hands a Mini App so that a server can tell who opened it.
//!
//! A query string whose pairs are signed by a key derived from the bot's token
//! (<https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app>). The rules here are stricter
//! than the page's, because what is ambiguous can be forged: a key stands once, a key is a plain name, no key and no
//! value has a control character (a line break would let one pair pose as two), and everything has a size.
//!
//! The order of the checks is part of the contract: form, signature, age, and only then the JSON inside.

mod error;
mod fields;
mod pairs;
mod sign;
pub mod third_party;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

use domain::Timestamp;
use hmac::Mac as _;

pub(crate) use crate::init_data::fields::{USER_ID_END, digits};
pub use crate::init_data::{
    error::{InitDataError, InvalidReason, MalformedReason},
    fields::{ChatType, InitData, WebAppChat, WebAppUser},
    sign::sign,
};
use crate::{init_data::pairs::Pairs, token::BotToken, verified::Verified};

/// The longest init data that is looked at, in bytes.
pub const LEN_MAX: usize = 8 * 1024;

/// The most pairs that init data may have.
pub const PAIRS_MAX: usize = 32;

/// How far `auth_date` may lie in the future, for clocks that disagree.
pub const FUTURE_SKEW_MS: i64 = 300_000;

/// Checks init data against the bot's tokens (two of them while a token is being replaced) and reads it.
///
/// # Errors
/// [`InitDataError::Malformed`] when it can't be understood without doubt, [`InitDataError::Invalid`] when none of the
/// tokens signed it or it is from the future, [`InitDataError::Stale`] when it is genuine but older than `max_age_ms`.
pub fn verify(
    raw: &str,
    tokens: &[BotToken],
    now: Timestamp,
    max_age_ms: i64,
) -> Result<Verified<InitData>, InitDataError> {
    let pairs = Pairs::parse(raw)?;
    let hash = pairs.get("hash").ok_or(MalformedReason::HashMissing)?;
    let mut expected = [0; 32];
    hex::decode_to_slice(hash, &mut expected).map_err(|_| MalformedReason::HashNotHex)?;

    // Only `hash` is left out; `signature` and keys that nobody knows yet are signed too.
    let message = pairs.check_string(|key| key != "hash");
    let signer = tokens.iter().find(|token| {
        let mut mac = sign::keyed_by(token);
        mac.update(message.as_bytes());
        mac.verify_slice(&expected).is_ok()
    });
    let Some(signer) = signer else { return Err(InvalidReason::Signature.into()) };

    let auth_date = check_age(&pairs, now, max_age_ms)?;
    Ok(Verified::vouch(InitData::read(&pairs, signer.bot_id(), auth_date, expected)?))
}

/// The time of signing, when it is neither in the future nor too long ago.
fn check_age(pairs: &Pairs<'_>, now: Timestamp, max_age_ms: i64) -> Result<Timestamp, InitDataError> {
    let text = pairs.get("auth_date").ok_or(MalformedReason::AuthDate)?;
    let seconds = fields::digits(text).ok_or(MalformedReason::AuthDate)?;
    let auth_date = Timestamp::from_secs(seconds);
    let age_ms = now.millis_since(auth_date);
    if age_ms < -FUTURE_SKEW_MS {
        return Err(InvalidReason::Future.into());
    }
    if age_ms > max_age_ms {
        return Err(InitDataError::Stale);
    }
    Ok(auth_date)
}
