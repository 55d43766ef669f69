//! What players have done, as the platform has told it: append-only, for a time. It explains how progress came to be, and
//! lets a new mission be tried on what has happened.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{ActivityName, EventId, EventSource, FieldName, Timestamp, UserId, mission::FieldValue};

use crate::error::StoreError;

/// The most activities that a call adds.
pub const ACTIVITIES_MAX: usize = 1000;

/// An activity of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Whose.
    pub user_id: UserId,
    /// The event's source.
    pub source: EventSource,
    /// The event's id.
    pub event_id: EventId,
    /// What was done.
    pub activity: ActivityName,
    /// With what values, the amount among them.
    pub fields: BTreeMap<FieldName, FieldValue>,
    /// The event's time.
    pub happened_at: Timestamp,
}

/// A place in the order of time: behind it the next page begins.
pub type ActivityCursor = (Timestamp, UserId, EventSource, EventId);

impl ActivityRow {
    /// Its place in the order of time.
    pub fn cursor(&self) -> ActivityCursor {
        (self.happened_at, self.user_id, self.source.clone(), self.event_id.clone())
    }
}

/// Access to activities.
#[async_trait]
pub trait ActivityRepository: Send {
    /// Adds activities, in one statement; those that are there already are left out. At most [`ACTIVITIES_MAX`].
    async fn add_many(&mut self, activities: &[ActivityRow]) -> Result<(), StoreError>;

    /// What a player did between two times (the first counts, the last does not), the newest first: at most `limit`.
    async fn of_player(
        &mut self,
        user_id: UserId,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ActivityRow>, StoreError>;

    /// What all players did of one kind from `from` on, the oldest first, behind `after`: at most `limit`.
    async fn of_kind(
        &mut self,
        activity: &ActivityName,
        from: Timestamp,
        after: Option<&ActivityCursor>,
        limit: u32,
    ) -> Result<Vec<ActivityRow>, StoreError>;

    /// Removes up to `limit` activities from before `before`, the oldest first. Returns how many.
    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
