//! Where players stood now and then: the line on their card.
//!
//! Invariant: of one player and board there are at most [`KEPT`] samples, no two of them less than [`GAP_MS`] apart, and
//! each differs from the one before. So what is kept does not grow with how often somebody looks.

use async_trait::async_trait;
use domain::{BoardId, Timestamp, UserId};

use crate::error::StoreError;

/// The most samples of a player on a board.
pub const KEPT: u32 = 48;
/// The least time between two of them.
pub const GAP_MS: i64 = 5 * 60_000;
/// The most samples that one call adds.
pub const ROWS_MAX: usize = 200;

/// Where a player stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSampleRow {
    /// On which board.
    pub board_id: BoardId,
    /// Who.
    pub user_id: UserId,
    /// When.
    pub at: Timestamp,
    /// 1, 2, 3 …
    pub rank: u64,
}

/// Access to rank samples.
#[async_trait]
pub trait RankSampleRepository: Send {
    /// Adds samples, but those that come too soon behind the player's last one or say the same as it, and those of users
    /// who are not there or were erased; removes each player's oldest ones beyond [`KEPT`]. At most [`ROWS_MAX`].
    /// Returns how many were added.
    async fn add(&mut self, samples: &[RankSampleRow]) -> Result<u64, StoreError>;

    /// The samples of a player on a board, the oldest first; at most [`KEPT`].
    async fn of_player(
        &mut self,
        board_id: &BoardId,
        user_id: UserId,
    ) -> Result<Vec<RankSampleRow>, StoreError>;

    /// Removes up to `limit` samples from before `before`, the oldest first. Returns how many.
    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
