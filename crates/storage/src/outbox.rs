//! Messages on their way out: rows written with the change that caused them, sent after its commit.
//!
//! ```text
//!            claim                 sent
//! waiting ──────────▶ sending ─────────────▶ sent
//!    ▲                  │ │ │  blocked, failed
//!    └──────────────────┘ │ └──────────────▶ blocked | failed
//!          retry          │ no answer, or the sender died
//!                         └────────────────▶ ambiguous
//! ```
//! A row is `sending`, durably, before its request leaves. If the sender dies then, nobody knows whether Telegram got
//! it: a [`repeatable`](NewOutgoing::repeatable) row goes back to `waiting`, every other one ends `ambiguous`.
//! The rows of a chat leave one at a time, those of one class in the order of their ids.

use async_trait::async_trait;
use domain::{BotId, ChatId, OutgoingId, Timestamp, UpdateId, UserId};
use uuid::Uuid;

use crate::error::StoreError;

/// What goes first when the budget is short. Lower numbers go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutgoingClass {
    /// The answer to something that the person just did.
    Reply,
    /// Something that the person asked to be told.
    Notice,
    /// Mail to many.
    Mass,
}

impl OutgoingClass {
    /// Every class, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Reply, Self::Notice, Self::Mass];

    /// The stored form: 0, 1, 2.
    pub const fn priority(self) -> i64 {
        match self {
            Self::Reply => 0,
            Self::Notice => 1,
            Self::Mass => 2,
        }
    }

    /// The metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Notice => "notice",
            Self::Mass => "mass",
        }
    }
}

/// The update that caused a row, and which of its rows this is: a retried update writes no row twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// The update.
    pub update_id: UpdateId,
    /// 0 for the first row of the update.
    pub ordinal: i32,
}

/// A message to send.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOutgoing {
    /// Its id; grows with time.
    pub outgoing_id: OutgoingId,
    /// The bot that sends it.
    pub bot_id: BotId,
    /// Where to.
    pub chat_id: ChatId,
    /// On whose account's behalf: it leaves only while the chat is theirs. None for what answers the person who wrote.
    pub user_id: Option<UserId>,
    /// How urgent it is.
    pub class: OutgoingClass,
    /// Whether it may be sent again when nobody knows whether it arrived.
    pub repeatable: bool,
    /// The method of the Bot API, e.g. `sendMessage`.
    pub method: String,
    /// The method's parameters as a JSON object.
    pub payload: String,
    /// What caused it. Unique for a bot.
    pub cause: Option<Cause>,
    /// Not before.
    pub run_at: Timestamp,
    /// When it was written.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for NewOutgoing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewOutgoing")
            .field("outgoing_id", &self.outgoing_id)
            .field("class", &self.class)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// A message that a sender holds.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimedOutgoing {
    /// Its id.
    pub outgoing_id: OutgoingId,
    /// The bot that sends it.
    pub bot_id: BotId,
    /// Where to.
    pub chat_id: ChatId,
    /// On whose account's behalf.
    pub user_id: Option<UserId>,
    /// How urgent it is.
    pub class: OutgoingClass,
    /// Whether it may be sent again when nobody knows whether it arrived.
    pub repeatable: bool,
    /// The method of the Bot API.
    pub method: String,
    /// The method's parameters as a JSON object.
    pub payload: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// 1 for the first try.
    pub attempt: u32,
    /// Proves that the row is still this sender's.
    pub lease: Uuid,
}

impl std::fmt::Debug for ClaimedOutgoing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClaimedOutgoing")
            .field("outgoing_id", &self.outgoing_id)
            .field("class", &self.class)
            .field("method", &self.method)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// How the life of an outgoing row ended, other than by retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Telegram took it under this message id (`None` for methods that answer `true`).
    Sent {
        /// Telegram's message id.
        message_id: Option<i64>,
    },
    /// The person blocked the bot, is deactivated, or never started it.
    Blocked,
    /// Telegram refuses it for good.
    Failed,
    /// The request left, and no answer came.
    Ambiguous,
}

impl Outcome {
    /// The stored state and metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// What is not over, or ended badly: what gauges and `/status` show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxBacklog {
    /// Waiting for the sender or for the next try.
    pub waiting: u64,
    /// On the wire.
    pub sending: u64,
    /// Refused by Telegram.
    pub failed: u64,
    /// Nobody knows.
    pub ambiguous: u64,
    /// When the oldest waiting row became due.
    pub oldest_due_at: Option<Timestamp>,
}

/// How much is where, what is over included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxStats {
    /// Waiting for the sender or for the next try.
    pub waiting: u64,
    /// On the wire.
    pub sending: u64,
    /// Taken by Telegram.
    pub sent: u64,
    /// Blocked by the person.
    pub blocked: u64,
    /// Refused by Telegram.
    pub failed: u64,
    /// Nobody knows.
    pub ambiguous: u64,
    /// How often Telegram answered 429 so far.
    pub flood_waits: u64,
    /// When the oldest waiting row became due.
    pub oldest_due_at: Option<Timestamp>,
}

/// Access to the outbox.
#[async_trait]
pub trait OutboxRepository: Send {
    /// Writes rows. A row whose cause is there already is left out.
    async fn add_many(&mut self, rows: &[NewOutgoing]) -> Result<(), StoreError>;

    /// Claims up to `limit` due rows of a bot and `class` and marks them `sending` until `lease_until`. Rows of other
    /// bots stay for senders with their tokens. Those that are due the longest go first, at most one a chat, none of a chat with a row on the wire, and none of a chat with an older row
    /// of the same or a more urgent class that is waiting, be it due later. A less urgent row holds nobody up: a reply
    /// goes before the mass mail that was written earlier. Rows whose lease ran out are not claimed: see
    /// [`end_expired`](Self::end_expired).
    async fn claim(
        &mut self,
        bot_id: BotId,
        class: OutgoingClass,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedOutgoing>, StoreError>;

    /// Ends a row. Returns `false`, changing nothing, when the lease is no longer this sender's.
    async fn finish(
        &mut self,
        row: &ClaimedOutgoing,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Lets a row wait until `run_at`. `flood` counts a 429, which says nothing about this message: it is no try of it.
    /// Returns `false` when the lease is no longer this sender's.
    async fn retry(
        &mut self,
        row: &ClaimedOutgoing,
        run_at: Timestamp,
        flood: bool,
    ) -> Result<bool, StoreError>;

    /// Gives back a row that was claimed but whose request never left: it waits again, and the try does not count.
    async fn give_back(&mut self, row: &ClaimedOutgoing, run_at: Timestamp) -> Result<bool, StoreError>;

    /// Ends what dead senders left behind: rows that are `sending` with a lease that has run out at `now` become
    /// `ambiguous`, the repeatable ones wait again. Returns how many became ambiguous.
    async fn end_expired(&mut self, now: Timestamp) -> Result<u64, StoreError>;

    /// How much is open or ended badly. Reads no row that was sent, however many are kept, so that it may be asked
    /// every other second.
    async fn backlog(&mut self) -> Result<OutboxBacklog, StoreError>;

    /// How much is where. Counts every row that is kept: for an operator's question, not for a clock.
    async fn stats(&mut self) -> Result<OutboxStats, StoreError>;

    /// Takes back what waits on behalf of an account; what is on the wire goes on. Returns how many.
    async fn cancel_waiting(&mut self, user_id: UserId) -> Result<u64, StoreError>;

    /// Removes up to `limit` rows that ended before `before`. Returns how many.
    async fn remove_ended(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
