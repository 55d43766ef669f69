//! Updates on their way in: stored before Telegram is told "ok", claimed chat by chat, done once.
//!
//! ```text
//!            claim                complete
//! waiting ──────────▶ running ──────────────▶ done
//!    ▲                  │  │      bury
//!    └──────────────────┘  └────────────────▶ dead ── replay ──▶ waiting
//!   retry, or the lease ran out
//! ```
//! A chat's updates are claimed in the order of their ids and one at a time: while one of them is running, or waits
//! for its next try, the later ones of the same chat stay where they are. Updates without a chat wait for nobody.

use async_trait::async_trait;
use domain::{BotId, ChatId, Timestamp, UpdateId};
use uuid::Uuid;

use crate::error::StoreError;

/// An update as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUpdate {
    /// The bot it came for.
    pub bot_id: BotId,
    /// Telegram's number of it.
    pub update_id: UpdateId,
    /// The chat whose order it belongs to, where it has one.
    pub chat_id: Option<ChatId>,
    /// The raw JSON.
    pub payload: String,
    /// When it came.
    pub received_at: Timestamp,
}

impl std::fmt::Debug for NewUpdate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NewUpdate").field("update_id", &self.update_id).finish_non_exhaustive()
    }
}

/// An update that a worker holds until `lease` runs out.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimedUpdate {
    /// The bot it came for.
    pub bot_id: BotId,
    /// Telegram's number of it.
    pub update_id: UpdateId,
    /// The chat whose order it belongs to.
    pub chat_id: Option<ChatId>,
    /// The raw JSON.
    pub payload: String,
    /// When it came.
    pub received_at: Timestamp,
    /// 1 for the first try.
    pub attempt: u32,
    /// Proves that the update is still this worker's.
    pub lease: Uuid,
}

impl std::fmt::Debug for ClaimedUpdate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClaimedUpdate")
            .field("update_id", &self.update_id)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// What is not over, or needs somebody: what gauges and `/status` show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxBacklog {
    /// Waiting for a worker or for the next try.
    pub waiting: u64,
    /// Held by a worker.
    pub running: u64,
    /// Given up after too many tries.
    pub dead: u64,
    /// When the oldest update that is not handled came.
    pub oldest_open_at: Option<Timestamp>,
}

/// How much is where, what is over included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxStats {
    /// Waiting for a worker or for the next try.
    pub waiting: u64,
    /// Held by a worker.
    pub running: u64,
    /// Handled.
    pub done: u64,
    /// Given up after too many tries.
    pub dead: u64,
    /// When the oldest update that is not handled came.
    pub oldest_open_at: Option<Timestamp>,
}

/// Access to the inbox.
#[async_trait]
pub trait InboxRepository: Send {
    /// Stores updates in one statement; those that are there already (same bot and update id) are left alone. Returns
    /// how many were new.
    async fn add_many(&mut self, updates: &[NewUpdate]) -> Result<u64, StoreError>;

    /// Claims up to `limit` updates, at most one a chat, the oldest ids first, and holds them until `lease_until`
    /// under the id `lease`, which is new for each call. Updates whose lease has run out at `now` are claimed anew. Two
    /// workers never hold updates of one chat at a time.
    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedUpdate>, StoreError>;

    /// Marks an update done, and forgets its content and chat: from then on its number alone is needed. Returns `false`, changing nothing, when the lease is no longer this worker's.
    async fn complete(&mut self, update: &ClaimedUpdate, now: Timestamp) -> Result<bool, StoreError>;

    /// Lets an update wait until `run_at` for its next try. `reason` is a fixed word, never content. Returns `false`
    /// when the lease is no longer this worker's.
    async fn retry(
        &mut self,
        update: &ClaimedUpdate,
        run_at: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError>;

    /// Puts an update among the dead letters. Returns `false` when the lease is no longer this worker's.
    async fn bury(
        &mut self,
        update: &ClaimedUpdate,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError>;

    /// Lets up to `limit` dead letters wait again, the oldest first, with their tries counted from zero; only
    /// `update_id` when given. Returns how many.
    async fn replay_dead(
        &mut self,
        update_id: Option<UpdateId>,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError>;

    /// How much is open or given up. Reads no row that is done, however many are kept, so that it may be asked every
    /// other second.
    async fn backlog(&mut self) -> Result<InboxBacklog, StoreError>;

    /// How much is where. Counts every row that is kept: for an operator's question, not for a clock.
    async fn stats(&mut self) -> Result<InboxStats, StoreError>;

    /// Removes up to `limit` updates that were done before `before`. Returns how many.
    async fn remove_done(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Removes up to `limit` dead letters that were given up before `before`. Returns how many.
    async fn remove_dead(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
