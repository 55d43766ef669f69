//! Dead letters: looking at an update again that was given up.

use domain::UpdateId;
use storage::StoreError;

use crate::Services;

/// The most dead letters that one call replays.
pub const REPLAY_MAX: u32 = 1000;

/// Lets dead letters wait for a worker again; only `update_id` when given. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn replay_dead(services: &Services, update_id: Option<UpdateId>) -> Result<u64, StoreError> {
    let mut tx = services.store().begin_write().await?;
    let count = tx.inbox().replay_dead(update_id, services.now(), REPLAY_MAX).await?;
    tx.save().await?;
    services.signals().publish(bus::signals::Signal::Inbox);
    Ok(count)
}
