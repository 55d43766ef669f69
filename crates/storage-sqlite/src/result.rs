//! Final ranks.

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, Ranking, Timestamp, UserId, ranking::RankKey};
use sqlx::FromRow;
use storage::{
    ResultRepository, StoreError,
    board::BoardRow,
    result::{PastRow, ResultRow, WRITE_MAX, Written},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

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

#[derive(FromRow)]
struct WrittenRow {
    operator: String,
    ranking_order: String,
    tie_orders: String,
    ranked_version: i64,
    ranks_written: i64,
}

impl TryFrom<WrittenRow> for Written {
    type Error = StoreError;

    fn try_from(row: WrittenRow) -> Result<Self, StoreError> {
        const BOARDS: &str = "boards";
        Ok(Self {
            version: stored::unsigned(row.ranked_version, BOARDS, "ranked_version")?,
            ranking: Ranking {
                operator: stored::operator(&row.operator, BOARDS, "operator")?,
                order: BoardOrder {
                    order: stored::order(&row.ranking_order, BOARDS, "ranking_order")?,
                    ties: stored::tie_orders(&row.tie_orders, BOARDS, "tie_orders")?,
                },
            },
            ranks: stored::unsigned(row.ranks_written, BOARDS, "ranks_written")?,
        })
    }
}

impl Results<'_> {
    /// Notes that ranks are written behind the `after` ones that are.
    async fn count(
        &mut self,
        board_id: &BoardId,
        after: u64,
        ranks: usize,
        operation: &'static str,
    ) -> Result<(), StoreError> {
        stored::at_most(WRITE_MAX, ranks, operation)?;
        let result = sqlx::query(
            "UPDATE boards
             SET ranks_written = $2 + $3
             WHERE board_id = $1 AND state <> 'final' AND ranked_version = version AND ranks_written = $2",
        )
        .bind(board_id.as_str())
        .bind(stored::signed(after))
        .bind(stored::signed(ranks as u64))
        .execute(&mut *self.connection)
        .await
        .at(operation)?;
        stored::ensure_one(result.rows_affected(), operation)
    }

    async fn rows(
        &mut self,
        statement: &'static str,
        board_id: &BoardId,
        after: u64,
        limit: u32,
        operation: &'static str,
    ) -> Result<Vec<ResultRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(statement)
            .bind(board_id.as_str())
            .bind(stored::signed(after))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.connection)
            .await
            .at(operation)?;
        rows.into_iter().map(ResultRow::try_from).collect()
    }
}

#[async_trait]
impl ResultRepository for Results<'_> {
    async fn written(&mut self, board_id: &BoardId) -> Result<Option<Written>, StoreError> {
        let row: Option<WrittenRow> = sqlx::query_as(
            "SELECT operator, ranking_order, tie_orders, ranked_version, ranks_written
             FROM boards
             WHERE board_id = $1 AND ranked_version IS NOT NULL",
        )
        .bind(board_id.as_str())
        .fetch_optional(&mut *self.connection)
        .await
        .at("results.written")?;
        row.map(Written::try_from).transpose()
    }

    async fn begin(&mut self, board: &BoardRow) -> Result<(), StoreError> {
        const OPERATION: &str = "results.begin";
        let Ranking { operator, order } = board.ranking;
        let result = sqlx::query(
            "UPDATE boards
             SET operator = $2, ranking_order = $3, tie_orders = $4, ranked_version = version
             WHERE board_id = $1 AND version = $5 AND state <> 'final' AND ranks_written = 0",
        )
        .bind(board.board_id.as_str())
        .bind(stored::operator_label(operator))
        .bind(stored::order_label(order.order))
        .bind(stored::tie_orders_label(order.ties))
        .bind(stored::signed(board.version))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_one(result.rows_affected(), OPERATION)
    }

    async fn write(&mut self, board_id: &BoardId, after: u64, keys: &[RankKey]) -> Result<(), StoreError> {
        const OPERATION: &str = "results.write";
        self.count(board_id, after, keys.len(), OPERATION).await?;
        let rows = list::rows(keys, OPERATION, |key| {
            let (score, ties) = (key.score.points(), stored::tie_columns(&key.ties));
            (list::hex(key.user_id.as_uuid()), score, ties, key.achieved_at.as_millis())
        })?;
        let result = sqlx::query(
            "INSERT INTO board_results
               (board_id, rank, user_id, player, score, tie_1, tie_2, tie_3, achieved_at)
             SELECT $1, $2 + 1 + ranked.key, users.user_id, users.player, ranked.value ->> 1,
               ranked.value ->> '$[2][0]', ranked.value ->> '$[2][1]', ranked.value ->> '$[2][2]', ranked.value ->> 3
             FROM json_each($3) AS ranked
             CROSS JOIN users ON users.user_id = unhex(ranked.value ->> 0)",
        )
        .bind(board_id.as_str())
        .bind(stored::signed(after))
        .bind(rows)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let missing = keys.len() as u64 - result.rows_affected();
        if missing > 0 {
            return Err(StoreError::failed(
                OPERATION,
                format!("{missing} of the ranked users are not there"),
            ));
        }
        Ok(())
    }

    async fn remove_last(&mut self, board_id: &BoardId, limit: u32) -> Result<u64, StoreError> {
        const OPERATION: &str = "results.remove_last";
        let left: Option<i64> = sqlx::query_scalar(
            "UPDATE boards
             SET ranks_written = MAX(ranks_written - $2, 0)
             WHERE board_id = $1 AND state <> 'final'
             RETURNING ranks_written",
        )
        .bind(board_id.as_str())
        .bind(i64::from(limit))
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let left =
            left.ok_or_else(|| StoreError::failed(OPERATION, "there is no such board, or it is final"))?;
        sqlx::query("DELETE FROM board_results WHERE board_id = $1 AND rank > $2")
            .bind(board_id.as_str())
            .bind(left)
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        stored::unsigned(left, "boards", "ranks_written")
    }

    async fn unseen(
        &mut self,
        board_id: &BoardId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ResultRow>, StoreError> {
        let statement = concat!(result_row!(), "WHERE board_id = $1 AND rank > $2 ORDER BY rank LIMIT $3");
        self.rows(statement, board_id, after, limit, "results.unseen").await
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
             WHERE board_id = $1 AND state <> 'final' AND ranked_version = version",
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
        let statement = concat!(
            result_row!(),
            "WHERE board_id = $1 AND rank > $2
               AND EXISTS (SELECT 1 FROM boards WHERE boards.board_id = $1 AND boards.state = 'final')
             ORDER BY rank LIMIT $3"
        );
        self.rows(statement, board_id, after, limit, "results.page").await
    }

    async fn of_user(
        &mut self,
        board_id: &BoardId,
        user_id: UserId,
    ) -> Result<Option<ResultRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(concat!(
            result_row!(),
            "WHERE user_id = $1 AND board_id = $2
               AND EXISTS (SELECT 1 FROM boards WHERE boards.board_id = $2 AND boards.state = 'final')
             LIMIT 1"
        ))
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
