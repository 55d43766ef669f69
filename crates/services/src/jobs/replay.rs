//! Doing jobs after all that were given up.

use bus::signals::Signal;
use storage::{StoreError, job::JobKind};

use crate::Services;

/// The most jobs that one call replays.
pub const REPLAY_MAX: u32 = 1000;

/// Lets jobs that were given up run at once; of `kind` and `key` alone, when given. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn replay_dead(
    services: &Services,
    kind: Option<JobKind>,
    key: Option<&str>,
) -> Result<u64, StoreError> {
    let mut tx = services.store().begin_write().await?;
    let count = tx.jobs().replay_dead(kind, key, services.now(), REPLAY_MAX).await?;
    tx.save().await?;
    services.signals().publish(Signal::Jobs);
    Ok(count)
}
