//! Who stands where on a board, answered in microseconds.
//!
//! A board's index carries the version of the board in SQL that it reflects. A change is applied only when it follows
//! on that version, in the order in which the board is kept; a gap makes the caller catch up from SQL, another order
//! takes the board out. A board that is not loaded answers nothing, and the caller asks SQL: a rank is late rather than
//! wrong.

mod encoding;
mod fenwick;
pub mod in_process;
mod index;
pub mod redis;

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, UserId, ranking::RankKey};

use crate::BusError;

/// The most rows that one page has, whatever limit is asked for.
pub const PAGE_ROWS_MAX: u32 = 1_000;

/// A row with its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// 1, 2, 3 ….
    pub rank: u64,
    /// What decides it.
    pub key: RankKey,
}

/// A part of a board, all of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankPage {
    /// The board's version that this reflects.
    pub version: u64,
    /// How many players have a rank.
    pub total: u64,
    /// The rows, by rank.
    pub rows: Vec<Ranked>,
    /// The row of the player that was asked for.
    pub me: Option<Ranked>,
}

/// What part of a board is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// From rank 1.
    Top,
    /// Behind the place where this key stands or would stand.
    After(RankKey),
    /// Directly above the place where this key stands or would stand: the page that leads here.
    Before(RankKey),
    /// Around this player, who stands in the middle where there is room: half of the limit, rounded down, stands
    /// above. Near an end of the board the page is as long all the same. Empty rows without a standing.
    Around(UserId),
}

/// What has become of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The player stands here now.
    Put(RankKey),
    /// The player is not on the board any more.
    Remove(UserId),
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The index is at the new version.
    Done,
    /// The index is at this version or beyond already; nothing was changed.
    Known {
        /// The version that the index is at.
        at: u64,
    },
    /// The index is behind the version that the change follows on; nothing was changed.
    Gap {
        /// The version that the index is at.
        at: u64,
    },
    /// The board is not loaded, or was in another order: then it is not loaded any more.
    NotLoaded,
}

/// What the index holds of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// The version that it is at.
    pub version: u64,
    /// The order in which it is kept.
    pub order: BoardOrder,
}

/// A board was to be loaded with two keys of one player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two keys of one player")]
pub struct TwoKeysOfOnePlayer;

/// How many rows of a page around a player stand above the player, where there is room.
const fn rows_above(limit: usize) -> usize {
    limit / 2
}

/// The rank index of all boards.
#[async_trait]
pub trait Ranks: Send + Sync + std::fmt::Debug {
    /// Replaces a board's whole index. `keys` come in any order, one a player; two of one player are an error. An
    /// index that is at a later version already is left alone.
    async fn load(
        &self,
        board: &BoardId,
        order: BoardOrder,
        version: u64,
        keys: Vec<RankKey>,
    ) -> Result<(), BusError>;

    /// Applies what has become of players, which leads from version `from` to `version`. A catch-up over several
    /// versions is one call. Each player at most once a call. An index between the two versions takes it too: it
    /// holds every standing that changed since `from`, so whatever was applied before is only said again. `order` is
    /// the board's at `version`: an earlier index in another order is forgotten.
    ///
    /// A catch-up over more than some ten thousand players is done better by [`Ranks::load`]: this call changes a
    /// board at one go and keeps its readers waiting meanwhile.
    async fn apply(
        &self,
        board: &BoardId,
        order: BoardOrder,
        (from, version): (u64, u64),
        changes: &[Change],
    ) -> Result<Applied, BusError>;

    /// Reads a part of a board, at most [`PAGE_ROWS_MAX`] rows, and, in the same version, the row of `me`. `None`
    /// when the board is not loaded.
    async fn page(
        &self,
        board: &BoardId,
        window: Window,
        limit: u32,
        me: Option<UserId>,
    ) -> Result<Option<RankPage>, BusError>;

    /// What is loaded of a board.
    async fn loaded(&self, board: &BoardId) -> Result<Option<Loaded>, BusError>;

    /// The version that a board's index is at; `None` when it is not loaded.
    async fn version(&self, board: &BoardId) -> Result<Option<u64>, BusError> {
        Ok(self.loaded(board).await?.map(|loaded| loaded.version))
    }

    /// Whether other nodes read this index too: then no node forgets a board because it does not read it itself.
    fn is_shared(&self) -> bool;

    /// Forgets a board.
    async fn unload(&self, board: &BoardId) -> Result<(), BusError>;
}
