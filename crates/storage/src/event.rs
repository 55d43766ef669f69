//! Events of the platform that were seen: what makes a repeated event change nothing.

use async_trait::async_trait;
use domain::{EventId, EventSource, Timestamp};

use crate::error::StoreError;

/// An event's source and id, which together make it unique.
pub type EventKey = (EventSource, EventId);

/// Some of the seen events, in the order of source and id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenSlice {
    /// Those that were seen long enough ago.
    pub old: Vec<EventKey>,
    /// The last one that was looked at, behind which the next slice begins; `None` at the end.
    pub next: Option<EventKey>,
}

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

    /// Looks at `limit` events behind `after`, and returns those of them that were seen before `before`. There is no
    /// index on the time, which each event would have to pay for: old events are met in passing.
    async fn seen_before(
        &mut self,
        before: Timestamp,
        after: Option<&EventKey>,
        limit: u32,
    ) -> Result<SeenSlice, StoreError>;
}
