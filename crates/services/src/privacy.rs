//! What a person may ask for: a copy of all that is kept of them, and that it is erased.
//!
//! Both need more than an access token, which may be a stolen one: init data that was signed minutes ago, of the same
//! person (see [`crate::identity::fresh`]). An erasure waits for a time of grace, in which it can be taken back,
//! and the chat is told of it at once.

pub mod download;
pub mod erase;
pub mod export;
pub mod reseal;

use domain::{Timestamp, UserId, session::PrivacyState};
use i18n::{catalog, keys};
use storage::{
    Transaction,
    audit::{Actor, AuditEntry},
    user::User,
};

use crate::{
    Services,
    identity::{AuthError, Session, devices, fresh},
    limits::{self, Action, Subject},
    outbox::Outgoing,
};

/// Whether an erasure of the caller is planned.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn state(services: &Services, session: &Session) -> Result<PrivacyState, AuthError> {
    const DOING: &str = "reading a planned erasure";
    let mut tx = services.store().begin_read().await.map_err(AuthError::store(DOING))?;
    let live = devices::live(services, &mut *tx, session).await?;
    let user = tx.users().by_id(live.user_id).await.map_err(AuthError::store(DOING))?;
    let erase_at = user.ok_or(AuthError::Unauthorized)?.erase_after;
    Ok(PrivacyState { erase_at })
}

/// Plans the erasure of the caller after the time of grace. One that is planned already keeps its time.
///
/// # Errors
/// What [`fresh::prove`] says of the init data; [`AuthError::Store`] when the database fails.
pub async fn plan_erasure(
    services: &Services,
    session: &Session,
    raw_init_data: &str,
) -> Result<PrivacyState, AuthError> {
    const DOING: &str = "planning an erasure";
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let proof = fresh::prove(services, &mut *tx, session, raw_init_data).await?;
    let user = proof.user();
    let wanted = services.now().plus_ms(services.settings().erasure_grace_ms);
    let planned = tx
        .privacy()
        .plan_erasure(user.user_id, wanted)
        .await
        .map_err(AuthError::store(DOING))?
        .ok_or(AuthError::Unauthorized)?;
    let mut is_told = false;
    if user.erase_after.is_none() {
        is_told = tell(services, &mut *tx, user, planned).await.map_err(AuthError::store(DOING))?;
        audit(services, &mut *tx, user.user_id, domain::audit::AuditAction::ErasurePlanned)
            .await
            .map_err(AuthError::store(DOING))?;
    }
    tx.save().await.map_err(AuthError::store(DOING))?;
    if is_told {
        services.signals().publish(bus::signals::Signal::Outbox);
    }
    Ok(PrivacyState { erase_at: Some(planned) })
}

/// Takes a planned erasure back. When none is planned, the wish is fulfilled already.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn cancel_erasure(services: &Services, session: &Session) -> Result<(), AuthError> {
    const DOING: &str = "taking an erasure back";
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let live = devices::live(services, &mut *tx, session).await?;
    let was_planned = tx.privacy().cancel_erasure(live.user_id).await.map_err(AuthError::store(DOING))?;
    if was_planned {
        audit(services, &mut *tx, live.user_id, domain::audit::AuditAction::ErasureCanceled)
            .await
            .map_err(AuthError::store(DOING))?;
    }
    tx.save().await.map_err(AuthError::store(DOING))
}

async fn limit(services: &Services, session: &Session) -> Result<(), AuthError> {
    limits::take(services, Action::Privacy, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)
}

/// A required notice: whoever asked may not be the one whose chat this is.
async fn tell(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    erase_at: Timestamp,
) -> Result<bool, storage::StoreError> {
    let (Some(chat_id), Some(bot_id), Some(_)) = (user.chat_id, services.bot_id(), services.bot_api()) else {
        return Ok(false);
    };
    let texts = catalog(user.locale);
    let date = erase_at.to_string();
    let text = keys::bot::notice_erasure(texts, date.get(..10).unwrap_or(&date));
    let row =
        Outgoing::notice(chat_id, &text, None).into_row(bot_id, chat_id, services.now(), services.rng());
    tx.outbox().add_many(&[row]).await?;
    Ok(true)
}

async fn audit(
    services: &Services,
    tx: &mut dyn Transaction,
    user_id: UserId,
    action: domain::audit::AuditAction,
) -> Result<(), storage::StoreError> {
    let entry = AuditEntry {
        entry_id: domain::AuditId::new(services.now(), services.rng()),
        happened_at: services.now(),
        actor: Actor::player(user_id),
        action,
        subject: Some(user_id),
        detail: "{}".to_owned(),
    };
    tx.audit().append(&[entry]).await
}
