//! What goes on in tournaments, minute by minute: for charts, and for nothing that has to be exact.
//!
//! Each node writes rows of its own, so that nodes never wait for each other; readers add them up.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId};

use crate::error::StoreError;

/// The most rows that one call adds.
pub const ROWS_MAX: usize = 1000;

/// What a node has seen of a tournament within a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulseRow {
    /// Which tournament.
    pub tournament_id: TournamentId,
    /// When the minute began.
    pub minute: Timestamp,
    /// Scores that this node has taken since its last row.
    pub scores: u64,
    /// Viewers that this node has now.
    pub viewers: u64,
    /// Players who have entered the period that is played.
    pub entries: u64,
}

/// A minute, of all nodes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PulseMinute {
    /// When it began.
    pub minute: Timestamp,
    /// Scores.
    pub scores: u64,
    /// The most viewers.
    pub viewers: u64,
    /// Players who have entered.
    pub entries: u64,
}

/// Access to what goes on.
#[async_trait]
pub trait PulseRepository: Send {
    /// Adds what a node has seen. Of one minute scores add up; of viewers and entries the most is kept. At most
    /// [`ROWS_MAX`].
    async fn add(&mut self, node: i64, rows: &[PulseRow]) -> Result<(), StoreError>;

    /// The minutes of a tournament from `from` on, the first one first; at most `limit`.
    async fn since(
        &mut self,
        tournament_id: &TournamentId,
        from: Timestamp,
        limit: u32,
    ) -> Result<Vec<PulseMinute>, StoreError>;

    /// Removes up to `limit` rows of minutes that began before `before`. Returns how many.
    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
