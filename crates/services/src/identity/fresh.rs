//! Proof that a signed-in person has just opened the app: what a link, its end and an erasure ask for, because an access
//! token alone may be a stolen one.
//!
//! Invariant: only [`prove`] makes a [`FreshProof`].

use storage::{Transaction, user::User};
use telegram::{
    Verified,
    init_data::{self, InitData, InitDataError},
};

use crate::{
    Services,
    identity::{AuthError, Session, current},
    telemetry,
};

/// Milliseconds after which init data is no fresh proof any more.
pub const FRESH_MS: i64 = 300_000;

/// A person who has just opened the app, and whose session it is.
#[derive(Debug, Clone)]
pub struct FreshProof {
    user: User,
    data: Verified<InitData>,
}

impl FreshProof {
    /// Who, as the database knows them within the transaction of the proof.
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// Who, as Telegram has just told.
    pub const fn data(&self) -> &Verified<InitData> {
        &self.data
    }
}

/// Proves that the person of `session` opened the app at most [`FRESH_MS`] ago.
///
/// # Errors
/// [`AuthError::Malformed`], [`AuthError::Invalid`] and [`AuthError::Stale`] as at sign-in;
/// [`AuthError::Foreign`] when the init data is of somebody else than the session; [`AuthError::Unauthorized`] when the
/// session is over.
pub async fn prove(
    services: &Services,
    tx: &mut dyn Transaction,
    session: &Session,
    raw_init_data: &str,
) -> Result<FreshProof, AuthError> {
    let proof = check(services, tx, session, raw_init_data).await;
    let result = match &proof {
        Ok(_) => Some("ok"),
        Err(AuthError::Malformed) => Some("malformed"),
        Err(AuthError::Invalid) => Some("invalid"),
        Err(AuthError::Stale) => Some("stale"),
        Err(AuthError::Foreign) => Some("foreign"),
        // Nothing was verified.
        Err(_) => None,
    };
    if let Some(result) = result {
        metrics::counter!(telemetry::AUTH_VERIFICATIONS_TOTAL, "method" => "fresh", "result" => result)
            .increment(1);
    }
    proof
}

async fn check(
    services: &Services,
    tx: &mut dyn Transaction,
    session: &Session,
    raw_init_data: &str,
) -> Result<FreshProof, AuthError> {
    let tokens = &services.settings().bot_tokens;
    let data =
        init_data::verify(raw_init_data, tokens, services.now(), FRESH_MS).map_err(|error| match error {
            InitDataError::Malformed { .. } => AuthError::Malformed,
            InitDataError::Invalid { .. } => AuthError::Invalid,
            InitDataError::Stale => AuthError::Stale,
        })?;
    let user = current::user_of(tx, session).await?;
    if user.telegram_user_id != Some(data.user.id) {
        return Err(AuthError::Foreign);
    }
    Ok(FreshProof { user, data })
}
