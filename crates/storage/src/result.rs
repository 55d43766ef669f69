//! Final ranks: what a board has come to, frozen.
//!
//! Invariant: a board's results are written once, in the transaction that makes the board final, and its hash is that of
//! the rows. Nothing changes them afterwards but an erasure, which takes the user's id and leaves what is hashed.

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, PlayerKey, Score, Ties, Timestamp, UserId};

use crate::error::StoreError;

/// A final rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// 1, 2, 3 ….
    pub rank: u64,
    /// Who; `None` once they were erased.
    pub user_id: Option<UserId>,
    /// The key under which the board showed them then.
    pub player: PlayerKey,
    /// What counted.
    pub score: Score,
    /// The values in the tie columns.
    pub ties: Ties,
    /// When it was reached.
    pub achieved_at: Timestamp,
    /// The prize as JSON.
    pub prize: Option<String>,
}

/// A player's final rank and the board that it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRow {
    /// Which board.
    pub board_id: BoardId,
    /// When its period ended.
    pub ended_at: Timestamp,
    /// How many players have a rank on it.
    pub players: u64,
    /// The rank.
    pub result: ResultRow,
}

/// Access to final ranks.
#[async_trait]
pub trait ResultRepository: Send {
    /// Writes the ranks of a board that is locked by this transaction, as they stand now, in one statement. Returns how
    /// many there are.
    async fn freeze(&mut self, board_id: &BoardId, order: BoardOrder) -> Result<u64, StoreError>;

    /// Gives the ranks `from` to `to` a prize.
    async fn set_prize(
        &mut self,
        board_id: &BoardId,
        (from, to): (u32, u32),
        prize: &str,
    ) -> Result<(), StoreError>;

    /// Makes a board final. Returns `false`, changing nothing, when it is already.
    async fn finish(
        &mut self,
        board_id: &BoardId,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` results by rank, behind `after`; 0 for the first.
    async fn page(
        &mut self,
        board_id: &BoardId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ResultRow>, StoreError>;

    /// The result of a player.
    async fn of_user(&mut self, board_id: &BoardId, user_id: UserId)
    -> Result<Option<ResultRow>, StoreError>;

    /// Up to `limit` results of a player on final boards, the one that ended last first, behind `after`.
    async fn history(
        &mut self,
        user_id: UserId,
        after: Option<(Timestamp, &BoardId)>,
        limit: u32,
    ) -> Result<Vec<PastRow>, StoreError>;
}
