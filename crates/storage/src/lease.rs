//! What only one process may do at a time, such as polling Telegram for updates.

use async_trait::async_trait;
use domain::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;

/// Access to leases.
#[async_trait]
pub trait LeaseRepository: Send {
    /// Takes or extends the lease `name` for `owner` until `until`. Returns `false` when another holds it at `now`.
    async fn acquire(
        &mut self,
        name: &'static str,
        owner: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives the lease up, if `owner` holds it.
    async fn release(&mut self, name: &'static str, owner: Uuid) -> Result<(), StoreError>;
}
