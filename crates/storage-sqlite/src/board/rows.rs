//! Rows of boards and of the players on them, as they are read.

use domain::{BoardOrder, Ranking, Standing, Timestamp, UserId, ranking::RankKey};
use sqlx::FromRow;
use storage::{
    StoreError,
    board::{BoardRow, PlayerRow},
    stored,
};
use uuid::Uuid;

use super::TABLE;

#[derive(FromRow)]
pub(super) struct Row {
    board_id: String,
    tier: i64,
    starts_at: i64,
    ends_at: i64,
    version: i64,
    players: i64,
    state: String,
    operator: String,
    ranking_order: String,
    tie_orders: String,
}

impl TryFrom<Row> for BoardRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        const BOARDS: &str = "boards";
        const TOURNAMENTS: &str = "tournaments";
        Ok(Self {
            board_id: stored::parse(row.board_id, BOARDS, "board_id")?,
            tier: stored::unsigned(row.tier, BOARDS, "tier")?,
            starts_at: Timestamp::from_millis(row.starts_at),
            ends_at: Timestamp::from_millis(row.ends_at),
            version: stored::unsigned(row.version, BOARDS, "version")?,
            players: stored::unsigned(row.players, BOARDS, "players")?,
            state: stored::board_state(&row.state, BOARDS, "state")?,
            ranking: Ranking {
                operator: stored::operator(&row.operator, TOURNAMENTS, "operator")?,
                order: BoardOrder {
                    order: stored::order(&row.ranking_order, TOURNAMENTS, "ranking_order")?,
                    ties: stored::tie_orders(&row.tie_orders, TOURNAMENTS, "tie_orders")?,
                },
            },
        })
    }
}

#[derive(FromRow)]
pub(super) struct KeyRow {
    user_id: Uuid,
    score: i64,
    tie_1: i64,
    tie_2: i64,
    tie_3: i64,
    achieved_at: i64,
}

impl TryFrom<KeyRow> for RankKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            score: stored::score(row.score, TABLE, "score")?,
            ties: stored::ties([row.tie_1, row.tie_2, row.tie_3], TABLE)?,
            achieved_at: Timestamp::from_millis(row.achieved_at),
            user_id: UserId::from_uuid(row.user_id),
        })
    }
}

#[derive(FromRow)]
pub(super) struct ChangedRow {
    #[sqlx(flatten)]
    pub(super) key: KeyRow,
    pub(super) is_out: i64,
}

#[derive(FromRow)]
pub(super) struct EntryRow {
    board_id: String,
    user_id: Uuid,
    score: i64,
    tie_1: i64,
    tie_2: i64,
    tie_3: i64,
    achieved_at: i64,
    newest_at: i64,
    is_out: i64,
    attempts: i64,
    last_event: Option<i64>,
    version: i64,
}

impl TryFrom<EntryRow> for PlayerRow {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        Ok(Self {
            board_id: stored::parse(row.board_id, TABLE, "board_id")?,
            user_id: UserId::from_uuid(row.user_id),
            standing: Standing {
                score: stored::score(row.score, TABLE, "score")?,
                ties: stored::ties([row.tie_1, row.tie_2, row.tie_3], TABLE)?,
                achieved_at: Timestamp::from_millis(row.achieved_at),
                newest_at: Timestamp::from_millis(row.newest_at),
            },
            presence: stored::presence(row.is_out, TABLE, "is_out")?,
            attempts: stored::unsigned(row.attempts, TABLE, "attempts")?,
            last_event: row.last_event,
            version: stored::unsigned(row.version, TABLE, "version")?,
        })
    }
}
