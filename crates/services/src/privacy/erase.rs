//! The erasing itself: a job, one person a transaction.
//!
//! Invariant: what becomes of each column is said by [`storage::personal::COLUMNS`] alone.

use domain::{AuditId, PlatformUserId, PlayerKey, UserId, audit::AuditAction};
use serde_json::{Map, json};
use storage::{
    StoreError, Transaction,
    audit::{Actor, AuditEntry},
    privacy::{Erasure, ErasureOutcome},
};

use crate::{
    Services,
    events_out::{self, EventKind},
    identity::profile::made_up_alias,
};

/// Persons of one round.
const ROUND_LIMIT: u32 = 100;

/// Erases whoever is due. A person of whom something is under way is left for the next round. Returns how many were
/// erased.
///
/// # Errors
/// When the database fails; who was erased before stays erased.
pub async fn erase_due(services: &Services) -> Result<u64, StoreError> {
    let mut tx = services.store().begin_read().await?;
    let due = tx.privacy().due_erasures(services.now(), ROUND_LIMIT).await?;
    drop(tx);
    let mut erased = 0;
    for user_id in due {
        match erase(services, user_id).await? {
            ErasureOutcome::Erased => erased += 1,
            ErasureOutcome::Busy => tracing::debug!("an erasure waits for what is under way"),
            ErasureOutcome::NotDue => {}
        }
    }
    if erased > 0 {
        tracing::info!(persons = erased, "persons who asked for it were erased");
    }
    Ok(erased)
}

async fn erase(services: &Services, user_id: UserId) -> Result<ErasureOutcome, StoreError> {
    let player = PlayerKey::new(services.rng());
    let erasure = Erasure { user_id, alias: made_up_alias(&player), player, erased_at: services.now() };
    let mut tx = services.store().begin_write().await?;
    // Who it is at the platform is forgotten by what follows.
    let account = tx.users().by_id(user_id).await?.and_then(|user| user.platform_user_id);
    let outcome = tx.privacy().erase(&erasure).await?;
    if outcome != ErasureOutcome::Erased {
        return Ok(outcome);
    }
    let entry = AuditEntry {
        entry_id: AuditId::new(services.now(), services.rng()),
        happened_at: services.now(),
        actor: Actor::system(),
        action: AuditAction::PersonErased,
        subject: Some(user_id),
        detail: "{}".to_owned(),
    };
    tx.audit().append(&[entry]).await?;
    tell_platform(services, &mut *tx, &erasure, account).await?;
    tx.save().await?;
    // A node that does not hear of it forgets the name within a minute.
    services.names().renamed(services, &[user_id]);
    Ok(outcome)
}

/// The platform is told after the erasure, which removes what it has not been told yet: this is the last of the person.
async fn tell_platform(
    services: &Services,
    tx: &mut dyn Transaction,
    erasure: &Erasure,
    account: Option<PlatformUserId>,
) -> Result<(), StoreError> {
    let user_id = erasure.user_id;
    let mut data = Map::from_iter([
        ("user_id".to_owned(), json!(user_id)),
        ("erased_at".to_owned(), json!(erasure.erased_at)),
    ]);
    if let Some(account) = account {
        data.insert("platform_user_id".to_owned(), json!(account));
    }
    events_out::enqueue(services, tx, EventKind::UserErased, &user_id.to_string(), data).await
}
