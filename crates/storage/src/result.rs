//! Final ranks: what a board has come to, frozen.
//!
//! The ranks of a board are written in slices, from one version of it, while others go on writing; a transaction that is
//! short whatever the board's size makes them its results.
//!
//! Invariants: nobody reads a rank before its board is final, apart from who makes it so; a board becomes final only
//! with ranks of the version that it is at, and its hash is that of the rows. Nothing changes them afterwards but an
//! erasure, which takes the user's id and leaves what is hashed.

use async_trait::async_trait;
use domain::{BoardId, PlayerKey, Ranking, Score, Ties, Timestamp, UserId, ranking::RankKey};

use crate::{board::BoardRow, error::StoreError};

/// The most ranks that one call writes.
pub const WRITE_MAX: usize = 20_000;

/// How far the writing of a board's ranks has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The version of the board that they are made from.
    pub version: u64,
    /// How the board ranked then.
    pub ranking: Ranking,
    /// How many are written: those from 1 on.
    pub ranks: u64,
}

impl Written {
    /// Whether the ranks are those of a board as it stands.
    pub fn fits(&self, board: &BoardRow) -> bool {
        self.version == board.version && self.ranking == board.ranking
    }
}

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
    /// How far the writing of a board's ranks has come; `None` when it has not begun.
    async fn written(&mut self, board_id: &BoardId) -> Result<Option<Written>, StoreError>;

    /// Begins to write the ranks of a board that is locked by this transaction, as it stands. An error when it is final,
    /// or ranks are left that were written before.
    async fn begin(&mut self, board: &BoardRow) -> Result<(), StoreError>;

    /// Writes the ranks of the players who follow on the `after` ones that are written, at most [`WRITE_MAX`]. An error
    /// when another number is written, or the board is final or has changed since [`Self::begin`].
    async fn write(&mut self, board_id: &BoardId, after: u64, keys: &[RankKey]) -> Result<(), StoreError>;

    /// Removes up to `limit` ranks of a board that is not final, the last ones first. Returns how many are left.
    async fn remove_last(&mut self, board_id: &BoardId, limit: u32) -> Result<u64, StoreError>;

    /// As [`Self::page`], of ranks that are written and that nobody else sees yet.
    async fn unseen(
        &mut self,
        board_id: &BoardId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ResultRow>, StoreError>;

    /// Gives the ranks `from` to `to` a prize.
    async fn set_prize(
        &mut self,
        board_id: &BoardId,
        (from, to): (u32, u32),
        prize: &str,
    ) -> Result<(), StoreError>;

    /// Makes a board final, with the ranks that are written. Returns `false`, changing nothing, when it is already, or
    /// the ranks are those of an earlier version.
    async fn finish(
        &mut self,
        board_id: &BoardId,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` results of a final board by rank, behind `after`; 0 for the first.
    async fn page(
        &mut self,
        board_id: &BoardId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ResultRow>, StoreError>;

    /// The result of a player on a final board.
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
