//! The log of scores: every score that was taken, and what corrected it, in the order of arrival. It explains each rank,
//! and standings are computed anew from it.

use async_trait::async_trait;
use domain::{BoardId, EventId, EventSource, Score, Ties, Timestamp, UserId};

use crate::error::StoreError;

/// A row of the log of scores. The rows of a player on a board are chained, each leading to the one before, so that the
/// log needs no index and is written at its end alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreEvent {
    /// Its place in the log, in the order of arrival.
    pub number: i64,
    /// Which board.
    pub board_id: BoardId,
    /// Whose.
    pub user_id: UserId,
    /// The event's source.
    pub source: EventSource,
    /// The event's id.
    pub event_id: EventId,
    /// What was played; `None` when this declares a score void.
    pub result: Option<(Score, Ties)>,
    /// The event's time.
    pub happened_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// The number of the score that this corrects; `None` for a score.
    pub corrects: Option<i64>,
    /// The player's row before this one.
    pub previous: Option<i64>,
}

/// Rows of the log, looked through in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSlice {
    /// Those that are old.
    pub old: Vec<i64>,
    /// Behind which row the next slice begins; `None` when the log ends here.
    pub next: Option<i64>,
}

/// Access to the log of scores.
#[async_trait]
pub trait ScoreLogRepository: Send {
    /// Numbers for so many rows of the log, ascending. They are nobody else's, also when the transaction ends without
    /// them.
    async fn reserve(&mut self, count: u32) -> Result<Vec<i64>, StoreError>;

    /// Adds rows to the log, in one statement, by reserved numbers.
    async fn add(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError>;

    /// The logs that end with the rows of these numbers, the newest row first, each log's newest `limit` rows; rows that
    /// were removed end a log. At most 1000 numbers.
    async fn chains(&mut self, heads: &[i64], limit: u32) -> Result<Vec<ScoreEvent>, StoreError>;

    /// Looks through `limit` rows of the log behind `after`, for those of boards that ended before `before`.
    async fn old(&mut self, before: Timestamp, after: i64, limit: u32) -> Result<EventSlice, StoreError>;

    /// Removes rows of the log. At most 10 000 numbers.
    async fn remove(&mut self, numbers: &[i64]) -> Result<(), StoreError>;
}
