//! Sending events after all that were given up.

use storage::StoreError;

use crate::Services;

/// The most events that one call replays.
pub const REPLAY_MAX: u32 = 1000;

/// Lets dead events be sent again, under their ids. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn replay_dead(services: &Services) -> Result<u64, StoreError> {
    let mut tx = services.store().begin_write().await?;
    let count = tx.outgoing_events().replay_dead(services.now(), REPLAY_MAX).await?;
    tx.save().await?;
    Ok(count)
}
