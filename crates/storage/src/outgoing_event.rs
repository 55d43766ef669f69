//! Events on their way out to the platform: rows written with the change that they tell of, sent after its commit.
//!
//! An event is open until it was taken (`sent`) or given up (`dead`). A sender claims it for as long as its lease
//! lasts; when the sender dies, the lease runs out and another one sends the event again, under the same id: the
//! platform gets each event at least once, and tells a repeated one by its id. The events of a subject leave one at a
//! time, in the order of their ids; a dead one holds nobody up.

use async_trait::async_trait;
use domain::{OutgoingEventId, Timestamp};
use uuid::Uuid;

use crate::error::StoreError;

/// An event to send.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOutgoingEvent {
    /// Its id; grows with time, and stays the same however often it is sent.
    pub event_id: OutgoingEventId,
    /// Its type, e.g. `podium.link.created`.
    pub kind: String,
    /// What it is about; events of one subject keep their order.
    pub subject: String,
    /// Its data as a JSON object.
    pub data: String,
    /// When it happened.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for NewOutgoingEvent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewOutgoingEvent")
            .field("event_id", &self.event_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// An event that a sender holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedOutgoingEvent {
    /// The event.
    pub event: NewOutgoingEvent,
    /// 1 for the first try.
    pub attempt: u32,
    /// Proves that the event is still this sender's.
    pub lease: Uuid,
}

/// How the life of an event ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The platform took it.
    Sent,
    /// It was tried for too long.
    Dead,
}

impl Ending {
    /// The stored outcome and metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }
}

/// What is not over, or was given up: what gauges show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutgoingEventBacklog {
    /// Waiting for a sender or for the next try.
    pub waiting: u64,
    /// Held by a sender.
    pub sending: u64,
    /// Given up.
    pub dead: u64,
    /// When the oldest open event happened.
    pub oldest_open_at: Option<Timestamp>,
}

/// Access to events on their way out.
#[async_trait]
pub trait OutgoingEventRepository: Send {
    /// Writes an event, due at once.
    async fn add(&mut self, event: &NewOutgoingEvent) -> Result<(), StoreError>;

    /// Claims up to `limit` due events until `lease_until`, those that are due the longest first: at most one a
    /// subject, and none of a subject with an older open event. An event whose sender's lease ran out is due again.
    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedOutgoingEvent>, StoreError>;

    /// Ends an event. Returns `false`, changing nothing, when the lease is no longer this sender's.
    async fn finish(
        &mut self,
        event: &ClaimedOutgoingEvent,
        ending: Ending,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Lets an event wait until `due_at`. Returns `false` when the lease is no longer this sender's.
    async fn retry(&mut self, event: &ClaimedOutgoingEvent, due_at: Timestamp) -> Result<bool, StoreError>;

    /// Lets up to `limit` dead events, the oldest first, be sent anew from their first try on. Returns how many.
    async fn replay_dead(&mut self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// How much is open or was given up. Reads no event that was sent.
    async fn backlog(&mut self) -> Result<OutgoingEventBacklog, StoreError>;

    /// Removes up to `limit` events that ended in `ending` before `before`. Returns how many.
    async fn remove_ended(
        &mut self,
        ending: Ending,
        before: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError>;
}
