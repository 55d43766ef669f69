//! Events of the platform that were seen: what makes a repeated event change nothing.

use async_trait::async_trait;
use domain::{EventId, EventSource, Timestamp};

use crate::error::StoreError;

/// Access to seen events.
#[async_trait]
pub trait EventRepository: Send {
    /// Marks events as seen, in one statement, and returns for each whether it is new. An event that stands twice in
    /// the call is new once.
    async fn mark_seen(
        &mut self,
        events: &[(EventSource, EventId)],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError>;

    /// Forgets events, so that they may be sent again: for those that were rejected after they were marked.
    async fn forget(&mut self, events: &[(EventSource, EventId)]) -> Result<(), StoreError>;
}
