//! The devices on which a person is signed in: seen, and ended one by one or all but this one.
//!
//! An access token outlives its session by up to a quarter of an hour. Whoever was thrown out must not throw others
//! out in that time, so everything here looks into the database whether the caller's own session still stands.

use domain::{
    SessionId,
    session::{Device, Devices},
};
use storage::Transaction;

use crate::{
    Services,
    identity::{AuthError, Session},
    limits::{self, Action, Subject},
};

/// The devices that are shown.
const SHOWN_MAX: u32 = 100;
/// Why a session ended that its owner ended from another device.
const ENDED_BY_OWNER: &str = "ended_by_owner";

/// The stored session behind an access token. Its user is who the caller is now: a light profile may have been taken
/// over since the token was made.
///
/// # Errors
/// [`AuthError::Unauthorized`] when it is over.
pub(crate) async fn live(
    services: &Services,
    tx: &mut dyn Transaction,
    session: &Session,
) -> Result<storage::session::Session, AuthError> {
    let stored =
        tx.sessions().by_id(session.session_id()).await.map_err(AuthError::store("reading a session"))?;
    stored
        .filter(|stored| stored.ended.is_none() && stored.expires_at > services.now())
        .ok_or(AuthError::Unauthorized)
}

/// The caller's devices, the one used last first.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn list(services: &Services, session: &Session) -> Result<Devices, AuthError> {
    let mut tx = services.store().begin_read().await.map_err(AuthError::store("listing sessions"))?;
    let own = live(services, &mut *tx, session).await?;
    let sessions = tx
        .sessions()
        .live_of(own.user_id, services.now(), SHOWN_MAX)
        .await
        .map_err(AuthError::store("listing sessions"))?;
    let sessions = sessions.into_iter().map(|listed| Device {
        id: listed.session_id,
        method: listed.method,
        created_at: listed.created_at,
        last_used_at: listed.refreshed_at,
        device: listed.device,
        current: listed.session_id == own.session_id,
    });
    Ok(Devices { sessions: sessions.collect() })
}

/// Ends one of the caller's sessions, be it this one. One that is over already is no error: the wish is fulfilled.
///
/// # Errors
/// [`AuthError::SessionUnknown`] when the caller has no such session, also when somebody else has it.
pub async fn end(services: &Services, session: &Session, ended: SessionId) -> Result<(), AuthError> {
    const DOING: &str = "ending a session";
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let own = live(services, &mut *tx, session).await?;
    let found = tx.sessions().by_id(ended).await.map_err(AuthError::store(DOING))?;
    found.filter(|found| found.user_id == own.user_id).ok_or(AuthError::SessionUnknown)?;
    tx.sessions().end(ended, services.now(), ENDED_BY_OWNER).await.map_err(AuthError::store(DOING))?;
    tx.save().await.map_err(AuthError::store(DOING))
}

/// Ends all of the caller's sessions but this one.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn end_others(services: &Services, session: &Session) -> Result<(), AuthError> {
    const DOING: &str = "ending sessions";
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let own = live(services, &mut *tx, session).await?;
    tx.sessions()
        .end_others(own.user_id, own.session_id, services.now(), ENDED_BY_OWNER)
        .await
        .map_err(AuthError::store(DOING))?;
    tx.save().await.map_err(AuthError::store(DOING))
}

async fn limit(services: &Services, session: &Session) -> Result<(), AuthError> {
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)
}
