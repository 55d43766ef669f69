//! Boards: what each player has reached. SQL is the truth; the rank index is rebuilt from it and answers faster.

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, Ranking, Standing, Timestamp, TournamentId, UserId, ranking::RankKey};

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
    /// How the tournament ranks; of a final board, how it did.
    pub ranking: Ranking,
}

/// What rows of players have brought to a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardBump {
    /// Which.
    pub board_id: BoardId,
    /// Whether somebody sees a difference: its version grows by one.
    pub is_changed: bool,
    /// How many more players have a rank.
    pub new_players: i64,
    /// How many more scores are taken.
    pub new_scores: i64,
}

/// Whether a player's row has a rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The player is on the board.
    OnBoard,
    /// The player was taken off it, whatever their scores come to.
    Disqualified,
    /// No score of the player is left: all were declared void.
    Empty,
}

impl Presence {
    /// Every presence.
    pub const ALL: [Self; 3] = [Self::OnBoard, Self::Disqualified, Self::Empty];

    /// The stored form, which is 0 for whoever has a rank.
    pub const fn as_number(self) -> i64 {
        match self {
            Self::OnBoard => 0,
            Self::Disqualified => 1,
            Self::Empty => 2,
        }
    }
}

/// A player's row on a board. A row of somebody who is not on the board any more stays: its version tells whoever caught
/// up to an earlier one, and it leads to the player's scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerRow {
    /// Which board.
    pub board_id: BoardId,
    /// Whose.
    pub user_id: UserId,
    /// What the scores come to. Without a score left it is of no meaning.
    pub standing: Standing,
    /// Whether the row has a rank.
    pub presence: Presence,
    /// How many scores were taken, those declared void not counted.
    pub attempts: u64,
    /// The newest row of the player's log; `None` when the log was removed.
    pub last_event: Option<i64>,
    /// The board's version at which this row changed last.
    pub version: u64,
}

impl PlayerRow {
    /// The standing of a player who has a rank.
    pub fn ranked(&self) -> Option<Standing> {
        (self.presence == Presence::OnBoard).then_some(self.standing)
    }
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
    /// reading them, so that two batches of scores can't overwrite each other.
    async fn lock(&mut self, board_id: &BoardId) -> Result<Option<BoardRow>, StoreError> {
        Ok(self.lock_many(std::slice::from_ref(board_id)).await?.pop())
    }

    /// The same for several boards, by id; unknown ones are left out. They are locked in the order of their ids, so
    /// that two callers never wait for each other in a circle. At most 1000 ids.
    async fn lock_many(&mut self, ids: &[BoardId]) -> Result<Vec<BoardRow>, StoreError>;

    /// Raises a board's version by one and the number of its players by `new_players`, and returns the new version.
    /// The row stays locked until the transaction ends, so that versions are committed in their order.
    async fn bump(&mut self, board_id: &BoardId, new_players: i64) -> Result<u64, StoreError>;

    /// Counts what rows of players have brought to several boards, each named at most once, in one statement; they are
    /// locked already.
    async fn bump_many(&mut self, bumps: &[BoardBump]) -> Result<(), StoreError>;

    /// Up to `limit` boards, by id, on which a user has a rank and whose ranks are not results yet, of whatever
    /// tournaments. No index leads from a user to boards, so it looks at each board that is not final.
    async fn showing(&mut self, user_id: UserId, limit: u32) -> Result<Vec<BoardId>, StoreError>;

    /// The rows of some players, in no order; who has none is left out. At most 1000 players.
    async fn players(&mut self, keys: &[(BoardId, UserId)]) -> Result<Vec<PlayerRow>, StoreError>;

    /// Stores rows of players, in one statement; each player of a board at most once in a call.
    async fn put_players(&mut self, rows: &[PlayerRow]) -> Result<(), StoreError>;

    /// How many scores the players of a period's boards have had taken, those declared void not counted. Reads each
    /// board of the period, and no player's row.
    async fn scores_of(&mut self, tournament_id: &TournamentId, period: u32) -> Result<u64, StoreError>;

    /// Up to `limit` players of a board in the order of their ids, behind `after`, those without a rank included.
    async fn roll(
        &mut self,
        board_id: &BoardId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Up to `limit` standings in the order of user ids, behind `after`: the pages of a rebuild.
    async fn scan(
        &mut self,
        board_id: &BoardId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError>;

    /// Players whose rows changed behind `version`, in the order of their ids, with what ranks them; `None` for who is
    /// not on the board any more. At most `limit`.
    async fn changed_since(
        &mut self,
        board_id: &BoardId,
        version: u64,
        limit: u32,
    ) -> Result<Vec<(UserId, Option<RankKey>)>, StoreError>;

    /// Up to `limit` rows of the board behind `after`, by rank. For when the rank index is not ready.
    async fn page(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        after: Option<RankKey>,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError>;

    /// The up to `limit` rows of the board directly above `before`, by rank.
    async fn page_before(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        before: RankKey,
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
