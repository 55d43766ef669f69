//! What a player wants to be told: asked for, kept as proof, obeyed.
//!
//! Invariant: every answer is a row of its own that says when, where and to which text it was given, written in the
//! transaction that acts on it. What is required (security, answers of support, identity checks) is no kind of consent
//! and can't be switched off here.

pub mod texts;

use domain::{ConsentChanges, ConsentChannel, ConsentState, Locale, UserId};
use storage::{StoreError, Transaction, consent::ConsentProof};

use crate::{
    Services,
    consents::texts::TEXT_VERSION,
    identity::{AuthError, Session, devices},
    limits::{self, Action, Subject},
};

/// What the caller has said.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn state(services: &Services, session: &Session) -> Result<ConsentState, AuthError> {
    let mut tx = services.store().begin_read().await.map_err(AuthError::store("reading consents"))?;
    let live = devices::live(services, &mut *tx, session).await?;
    read(&mut *tx, live.user_id).await.map_err(AuthError::store("reading consents"))
}

/// Notes what the caller says and answers the whole state. What is left out is unchanged; what is said already leaves
/// no second proof.
///
/// # Errors
/// As [`state`], and [`AuthError::Limited`] when it is said too often.
pub async fn change(
    services: &Services,
    session: &Session,
    changes: &ConsentChanges,
) -> Result<ConsentState, AuthError> {
    const DOING: &str = "noting consents";
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let live = devices::live(services, &mut *tx, session).await?;
    let user = tx.users().by_id(live.user_id).await.map_err(AuthError::store(DOING))?;
    let locale = user.ok_or(AuthError::Unauthorized)?.locale;
    let channel = if live.method == "init_data" { ConsentChannel::MiniApp } else { ConsentChannel::Web };
    record(services, &mut *tx, live.user_id, changes, (channel, locale))
        .await
        .map_err(AuthError::store(DOING))?;
    let state = read(&mut *tx, live.user_id).await.map_err(AuthError::store(DOING))?;
    tx.save().await.map_err(AuthError::store(DOING))?;
    Ok(state)
}

/// Writes the proofs of what is new in `changes`. Returns whether anything is.
///
/// # Errors
/// When the database fails.
pub(crate) async fn record(
    services: &Services,
    tx: &mut dyn Transaction,
    user_id: UserId,
    changes: &ConsentChanges,
    (channel, locale): (ConsentChannel, Locale),
) -> Result<bool, StoreError> {
    let mut has_changed = false;
    for (kind, is_given) in changes.iter() {
        let proof = ConsentProof {
            user_id,
            kind,
            is_given,
            text_version: TEXT_VERSION,
            locale,
            channel,
            recorded_at: services.now(),
        };
        has_changed |= tx.consents().record(&proof).await?;
    }
    Ok(has_changed)
}

async fn read(tx: &mut dyn Transaction, user_id: UserId) -> Result<ConsentState, StoreError> {
    Ok(ConsentState { consents: tx.consents().state(user_id).await?, text_version: TEXT_VERSION.to_string() })
}
