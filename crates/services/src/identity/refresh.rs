//! Staying signed in: each refresh token is good once and yields the next.
//!
//! A client that lost the answer may come again with the token it used, as long as the next one was not used. Whoever
//! comes with an older one has a copy: the session ends, for the thief and for the owner, who signs in anew.

use domain::session::SignedIn;
use storage::session::Session;
use subtle::ConstantTimeEq;

use crate::{
    Services,
    identity::{AuthError, SESSION_IDLE_MS, me::describe, refresh_token::RefreshToken},
    limits::{self, Action, Subject},
    telemetry,
    tokens::{ACCESS_TOKEN_SECONDS, jwt},
};

#[derive(Debug, PartialEq, Eq)]
enum Presented {
    /// The token that is good now.
    Current,
    /// The one before it, whose successor is unused: the answer was lost.
    Previous,
    /// Used before.
    Used,
}

/// Gives the next pair of tokens for a refresh token.
///
/// # Errors
/// [`AuthError::RefreshInvalid`] when the token is unknown, expired, ended or was used before.
pub async fn refresh(services: &Services, refresh_token: &str) -> Result<SignedIn, AuthError> {
    let count = |result: &'static str| {
        metrics::counter!(telemetry::AUTH_VERIFICATIONS_TOTAL, "method" => "refresh", "result" => result)
            .increment(1);
    };
    let Some(presented) = RefreshToken::parse(refresh_token, services.secrets()) else {
        count("invalid");
        return Err(AuthError::RefreshInvalid);
    };
    let session_id = presented.session_id();
    limits::take(services, Action::Refresh, Subject::Person(&session_id.to_string()))
        .await
        .map_err(AuthError::Limited)?;

    let now = services.now();
    let store_error = AuthError::store("refreshing a session");
    let mut tx = match services.store().begin_write().await {
        Ok(tx) => tx,
        Err(error) => return Err(store_error(error)),
    };
    let session = tx.sessions().lock(session_id).await.map_err(AuthError::store("locking a session"))?;
    let Some(session) = session.filter(|session| session.ended.is_none() && session.expires_at > now) else {
        count("invalid");
        return Err(AuthError::RefreshInvalid);
    };
    let which = compare(&session, &presented);
    if which == Presented::Used {
        tx.sessions().end(session_id, now, "reuse").await.map_err(AuthError::store("ending a session"))?;
        tx.save().await.map_err(AuthError::store("ending a session"))?;
        count("reuse");
        metrics::counter!(telemetry::REFRESH_REUSE_TOTAL).increment(1);
        tracing::warn!(session.id = %session_id, "a refresh token was used twice; its session is ended");
        return Err(AuthError::RefreshInvalid);
    }
    let next = RefreshToken::new(session_id, services.secrets(), services.rng());
    tx.sessions()
        .rotate(session_id, next.hash(), presented.hash(), now, now.plus_ms(SESSION_IDLE_MS))
        .await
        .map_err(AuthError::store("rotating a session"))?;
    let user = tx.users().by_id(session.user_id).await.map_err(AuthError::store("reading a user"))?;
    let Some((user, telegram_user_id)) = user.and_then(|user| user.telegram_user_id.map(|id| (user, id)))
    else {
        count("invalid");
        return Err(AuthError::RefreshInvalid);
    };
    tx.save().await.map_err(AuthError::store("rotating a session"))?;
    count("ok");
    let jwt = jwt::issue(services, user.user_id, session_id).await?;
    Ok(SignedIn {
        jwt: jwt.into_text(),
        expires_in: ACCESS_TOKEN_SECONDS,
        refresh_token: next.to_text(),
        user: describe(services, user, telegram_user_id),
    })
}

fn compare(session: &Session, presented: &RefreshToken) -> Presented {
    let hash = presented.hash();
    if bool::from(hash.ct_eq(&session.refresh_hash)) {
        Presented::Current
    } else if session.previous_hash.is_some_and(|previous| bool::from(hash.ct_eq(&previous))) {
        Presented::Previous
    } else {
        Presented::Used
    }
}
