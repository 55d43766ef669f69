//! Standings: what each player has reached. SQL is the truth; the rank index is rebuilt from it and answers faster.

use async_trait::async_trait;
use domain::{
    BoardId, BoardOrder, EventId, EventSource, Ranking, Score, Standing, Ties, Timestamp, UserId,
    ranking::{Played, RankKey},
};

use crate::error::StoreError;

/// Whether a board still changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardState {
    /// Scores change it.
    Open,
    /// Its time is over; late scores change it still.
    Closed,
    /// Its ranks are results.
    Final,
}

impl BoardState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Final];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Final => "final",
        }
    }
}

/// A board that is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBoard {
    /// Which; its text says of which tournament, period and cohort.
    pub board_id: BoardId,
    /// The tier that the cohort belongs to; 0 when there are none.
    pub tier: u32,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// Which.
    pub board_id: BoardId,
    /// The tier that the cohort belongs to; 0 when there are none.
    pub tier: u32,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
    /// Grows by one with each change of the board.
    pub version: u64,
    /// How many players have a rank.
    pub players: u64,
    /// Whether it still changes.
    pub state: BoardState,
    /// How the tournament ranks.
    pub ranking: Ranking,
}

/// A past score, for boards whose standing follows from history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreEvent {
    /// Where.
    pub board_id: BoardId,
    /// Whose.
    pub user_id: UserId,
    /// The event's source.
    pub source: EventSource,
    /// The event's id.
    pub event_id: EventId,
    /// The points.
    pub score: Score,
    /// The values in the tie columns.
    pub ties: Ties,
    /// The event's time.
    pub at: Timestamp,
}

/// A ranked standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankedKey {
    /// 1, 2, 3 ….
    pub rank: u64,
    /// What decides the rank.
    pub key: RankKey,
}

/// Access to standings.
#[async_trait]
pub trait BoardRepository: Send {
    /// Adds boards; one that is there already is given the new window and stays as it is otherwise. Their tournaments
    /// are there.
    async fn open(&mut self, boards: &[NewBoard]) -> Result<(), StoreError>;

    /// The board with an id.
    async fn by_id(&mut self, board_id: &BoardId) -> Result<Option<BoardRow>, StoreError>;

    /// The boards with these ids, by id; unknown ones are left out. At most 1000 ids.
    async fn by_ids(&mut self, ids: &[BoardId]) -> Result<Vec<BoardRow>, StoreError>;

    /// The board with an id, locked until the transaction ends: whoever changes a board's standings does this before
    /// reading them, so that two batches of scores can't overwrite each other. Who locks several does so in the order
    /// of their ids.
    async fn lock(&mut self, board_id: &BoardId) -> Result<Option<BoardRow>, StoreError>;

    /// Raises a board's version by one and the number of its players by `new_players`, and returns the new version.
    /// The row stays locked until the transaction ends, so that versions are committed in their order.
    async fn bump(&mut self, board_id: &BoardId, new_players: i64) -> Result<u64, StoreError>;

    /// The standings of some players; those without one are left out. At most 1000 players.
    async fn standings(
        &mut self,
        board_id: &BoardId,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Standing)>, StoreError>;

    /// Stores standings as of `version`, in one statement; each player at most once in a call.
    async fn put_many(
        &mut self,
        board_id: &BoardId,
        version: u64,
        standings: &[(UserId, Standing)],
    ) -> Result<(), StoreError>;

    /// Stores past scores, in one statement; those that are there already are left out.
    async fn add_history(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError>;

    /// Every past score of a player on a board, the oldest first; of more than 10 000 the newest 10 000.
    async fn history(&mut self, board_id: &BoardId, user_id: UserId) -> Result<Vec<Played>, StoreError>;

    /// Removes up to `limit` past scores of boards that ended before `before`: nothing of theirs is judged by
    /// history any more. Returns how many.
    async fn remove_history(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Up to `limit` standings in the order of user ids, behind `after`: the pages of a rebuild.
    async fn scan(
        &mut self,
        board_id: &BoardId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError>;

    /// Standings that changed behind `version`, in the order of user ids. At most `limit`.
    async fn changed_since(
        &mut self,
        board_id: &BoardId,
        version: u64,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError>;

    /// Up to `limit` rows of the board behind `after`, by rank. For when the rank index is not ready.
    async fn page(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        after: Option<RankKey>,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError>;

    /// A player's place on the board; `None` without a standing.
    async fn place(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        user_id: UserId,
    ) -> Result<Option<RankedKey>, StoreError>;

    /// Up to `limit` rows around a player's own, which stands in the middle where there is room; empty without a
    /// standing.
    async fn around(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError>;
}
