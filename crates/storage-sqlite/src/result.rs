//! Final ranks.

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    ResultRepository, StoreError,
    result::{PastRow, ResultRow},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

const TABLE: &str = "board_results";

/// The columns of a result.
macro_rules! result_row {
    () => {
        "SELECT rank, user_id, player, score, tie_1, tie_2, tie_3, achieved_at, prize FROM board_results "
    };
}

pub(crate) struct Results<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    rank: i64,
    user_id: Option<Uuid>,
    player: String,
    score: i64,
    tie_1: i64,
    tie_2: i64,
    tie_3: i64,
    achieved_at: i64,
    prize: Option<String>,
}

impl TryFrom<Row> for ResultRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            rank: stored::unsigned(row.rank, TABLE, "rank")?,
            user_id: row.user_id.map(UserId::from_uuid),
            player: stored::parse(row.player, TABLE, "player")?,
            score: stored::score(row.score, TABLE, "score")?,
            ties: stored::ties([row.tie_1, row.tie_2, row.tie_3], TABLE)?,
            achieved_at: Timestamp::from_millis(row.achieved_at),
            prize: row.prize,
        })
    }
}

#[derive(FromRow)]
struct Past {
    board_id: String,
    ends_at: i64,
    players: i64,
    #[sqlx(flatten)]
    result: Row,
}

impl TryFrom<Past> for PastRow {
    type Error = StoreError;

    fn try_from(row: Past) -> Result<Self, StoreError> {
        Ok(Self {
            board_id: stored::parse(row.board_id, "boards", "board_id")?,
            ended_at: Timestamp::from_millis(row.ends_at),
            players: stored::unsigned(row.players, "boards", "players")?,
            result: row.result.try_into()?,
        })
    }
}

#[async_trait]
impl ResultRepository for Results<'_> {
    async fn freeze(&mut self, board_id: &BoardId, order: BoardOrder) -> Result<u64, StoreError> {
        let [first, second, third] = stored::tie_signs(order.ties);
        let result = sqlx::query(
            "INSERT INTO board_results
               (board_id, rank, user_id, player, score, tie_1, tie_2, tie_3, achieved_at)
             SELECT entry.board_id,
               ROW_NUMBER() OVER (
                 ORDER BY entry.score * $2, entry.tie_1 * $3, entry.tie_2 * $4, entry.tie_3 * $5,
                   entry.achieved_at, entry.user_id
               ),
               entry.user_id, users.player, entry.score, entry.tie_1, entry.tie_2, entry.tie_3, entry.achieved_at
             FROM board_entries AS entry
             JOIN users ON users.user_id = entry.user_id
             WHERE entry.board_id = $1 AND entry.is_out = 0",
        )
        .bind(board_id.as_str())
        .bind(stored::order_sign(order.order))
        .bind(first)
        .bind(second)
        .bind(third)
        .execute(&mut *self.connection)
        .await
        .at("results.freeze")?;
        Ok(result.rows_affected())
    }

    async fn set_prize(
        &mut self,
        board_id: &BoardId,
        (from, to): (u32, u32),
        prize: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE board_results
             SET prize = $4
             WHERE board_id = $1 AND rank BETWEEN $2 AND $3",
        )
        .bind(board_id.as_str())
        .bind(i64::from(from))
        .bind(i64::from(to))
        .bind(prize)
        .execute(&mut *self.connection)
        .await
        .at("results.set_prize")?;
        Ok(())
    }

    async fn finish(
        &mut self,
        board_id: &BoardId,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE boards
             SET state = 'final', result_hash = $2, finalised_at = $3
             WHERE board_id = $1 AND state <> 'final'",
        )
        .bind(board_id.as_str())
        .bind(hash.as_slice())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("results.finish")?;
        Ok(result.rows_affected() == 1)
    }

    async fn page(
        &mut self,
        board_id: &BoardId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ResultRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            result_row!(),
            "WHERE board_id = $1 AND rank > $2 ORDER BY rank LIMIT $3"
        ))
        .bind(board_id.as_str())
        .bind(stored::signed(after))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("results.page")?;
        rows.into_iter().map(ResultRow::try_from).collect()
    }

    async fn of_user(
        &mut self,
        board_id: &BoardId,
        user_id: UserId,
    ) -> Result<Option<ResultRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!(result_row!(), "WHERE user_id = $1 AND board_id = $2 LIMIT 1"))
                .bind(user_id.as_uuid())
                .bind(board_id.as_str())
                .fetch_optional(&mut *self.connection)
                .await
                .at("results.of_user")?;
        row.map(ResultRow::try_from).transpose()
    }

    async fn history(
        &mut self,
        user_id: UserId,
        after: Option<(Timestamp, &BoardId)>,
        limit: u32,
    ) -> Result<Vec<PastRow>, StoreError> {
        let rows: Vec<Past> = sqlx::query_as(
            "SELECT result.rank, result.user_id, result.player, result.score, result.tie_1, result.tie_2,
               result.tie_3, result.achieved_at, result.prize,
               boards.board_id, boards.ends_at, boards.players
             FROM board_results AS result
             JOIN boards ON boards.board_id = result.board_id
             WHERE result.user_id = $1 AND boards.state = 'final'
               AND (boards.ends_at < $2 OR (boards.ends_at = $2 AND boards.board_id > $3))
             ORDER BY boards.ends_at DESC, boards.board_id
             LIMIT $4",
        )
        .bind(user_id.as_uuid())
        .bind(after.map_or(i64::MAX, |(ended_at, _)| ended_at.as_millis()))
        .bind(after.map_or("", |(_, board_id)| board_id.as_str()))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("results.history")?;
        rows.into_iter().map(PastRow::try_from).collect()
    }
}
