//! The Login Widget: what Telegram hands a web site outside Telegram so that it can tell who signed in.
//!
//! The pairs are signed like init data, but by a key of their own: the SHA-256 of the bot's token
//! (<https://core.telegram.org/widgets/login-legacy>). So neither is ever good in the other's place; tests hold that. The
//! order of the checks is that of init data: form, signature, age, and only then what stands inside.

mod fields;

#[cfg(test)]
mod tests;

use domain::{BotId, TelegramUserId, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

pub use crate::login_widget::fields::LoginFields;
use crate::{
    init_data::{FUTURE_SKEW_MS, USER_ID_END, digits},
    token::BotToken,
    verified::Verified,
};

/// Fields of a login that are not accepted. Contains nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// They can't be understood without doubt.
    #[error("the login is malformed: {reason}")]
    Malformed {
        /// What exactly.
        reason: &'static str,
    },
    /// None of the bot's tokens signed them.
    #[error("the login is not signed by this bot")]
    Signature,
    /// They are from the future.
    #[error("the login is from the future")]
    Future,
    /// They are genuine, but too old.
    #[error("the login is too old")]
    Stale,
}

/// Who signed in by the widget. Worth something only inside [`Verified`]. Prints nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub struct WidgetLogin {
    /// Whose token signed it.
    pub bot_id: BotId,
    /// When the person confirmed.
    pub auth_date: Timestamp,
    /// Telegram's number of the person.
    pub id: TelegramUserId,
    /// The first name.
    pub first_name: String,
    /// The name behind the @.
    pub username: Option<String>,
    /// The signature: the same for a login that is presented again.
    pub fingerprint: [u8; 32],
}

impl std::fmt::Debug for WidgetLogin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("WidgetLogin")
            .field("bot_id", &self.bot_id)
            .field("auth_date", &self.auth_date)
            .finish_non_exhaustive()
    }
}

/// Checks a login against the bot's tokens (two of them while a token is being replaced) and reads it.
///
/// # Errors
/// [`LoginError::Malformed`] when it can't be understood without doubt, [`LoginError::Signature`] when no token signed
/// it, [`LoginError::Future`] and [`LoginError::Stale`] when its time is not now.
pub fn verify(
    fields: &LoginFields,
    tokens: &[BotToken],
    now: Timestamp,
    max_age_ms: i64,
) -> Result<Verified<WidgetLogin>, LoginError> {
    let malformed = |reason| LoginError::Malformed { reason };
    let sorted = fields.checked().map_err(malformed)?;
    let get = |key: &str| sorted.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let mut fingerprint = [0; 32];
    hex::decode_to_slice(get("hash").ok_or(malformed("it has no hash"))?, &mut fingerprint)
        .map_err(|_| malformed("its hash is not 64 hexadecimal digits"))?;

    // Only `hash` is left out; fields that nobody knows yet are signed too.
    let message = check_string(&sorted);
    let signer = tokens.iter().find(|token| {
        let mut mac = keyed_by(token);
        mac.update(message.as_bytes());
        mac.verify_slice(&fingerprint).is_ok()
    });
    let Some(signer) = signer else { return Err(LoginError::Signature) };

    let auth_date = get("auth_date").and_then(digits).ok_or(malformed("it has no readable auth_date"))?;
    let auth_date = Timestamp::from_secs(auth_date);
    let age_ms = now.millis_since(auth_date);
    if age_ms < -FUTURE_SKEW_MS {
        return Err(LoginError::Future);
    }
    if age_ms > max_age_ms {
        return Err(LoginError::Stale);
    }
    let id = get("id").and_then(digits).filter(|id| (1..USER_ID_END).contains(id));
    Ok(Verified::vouch(WidgetLogin {
        bot_id: signer.bot_id(),
        auth_date,
        id: TelegramUserId(id.ok_or(malformed("it has no readable id"))?),
        first_name: get("first_name").ok_or(malformed("it has no first_name"))?.to_owned(),
        username: get("username").map(str::to_owned),
        fingerprint,
    }))
}

/// Signs fields the way Telegram does and returns them with their hash. For tests: Podium itself never signs any.
pub fn sign(fields: &[(&str, &str)], token: &BotToken) -> LoginFields {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = keyed_by(token);
    mac.update(check_string(&sorted).as_bytes());
    let hash = hex::encode(mac.finalize().into_bytes());
    LoginFields::new(sorted.into_iter().chain([("hash", hash.as_str())]))
}

fn check_string(sorted: &[(&str, &str)]) -> String {
    let lines: Vec<String> = sorted
        .iter()
        .filter(|(key, _)| *key != "hash")
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    lines.join("\n")
}

/// The HMAC whose key is the digest of the token; that of init data is derived otherwise.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed_by(token: &BotToken) -> Hmac<Sha256> {
    let secret = Sha256::digest(token.expose().as_bytes());
    Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes keys of any length")
}
