//! Ranks, counted in SQL from rows that no index orders: right, but slow on a large board. They answer while the rank
//! index is being built.

use domain::{BoardId, BoardOrder, UserId, ranking::RankKey};
use storage::{StoreError, board::RankedKey, stored};

use super::{Boards, TABLE, rows::KeyRow};
use crate::error::At;

/// Gives rows in the order of the board their ranks, the first one `first_rank`.
fn ranked(rows: Vec<KeyRow>, first_rank: u64) -> Result<Vec<RankedKey>, StoreError> {
    (first_rank..).zip(rows).map(|(rank, row)| Ok(RankedKey { rank, key: RankKey::try_from(row)? })).collect()
}

impl Boards<'_> {
    /// Up to `limit` rows behind `after`.
    pub(super) async fn ranks_behind(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        after: Option<RankKey>,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.page";
        let above = match after {
            Some(key) => self.count_above(board_id, order, key, true, OPERATION).await?,
            None => 0,
        };
        self.rows_from(board_id, order, above, limit, OPERATION).await
    }

    /// The up to `limit` rows directly above `before`.
    pub(super) async fn ranks_before(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        before: RankKey,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.page_before";
        let above = self.count_above(board_id, order, before, false, OPERATION).await?;
        let limit = limit.min(u32::try_from(above).unwrap_or(u32::MAX));
        self.rows_from(board_id, order, above - u64::from(limit), limit, OPERATION).await
    }

    /// Where a player stands.
    pub(super) async fn rank_of(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        user_id: UserId,
    ) -> Result<Option<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.place";
        let Some(key) = self.key_of(board_id, user_id, OPERATION).await? else {
            return Ok(None);
        };
        let above = self.count_above(board_id, order, key, false, OPERATION).await?;
        Ok(Some(RankedKey { rank: above + 1, key }))
    }

    /// Up to `limit` rows around a player's own.
    pub(super) async fn ranks_around(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.around";
        let Some(key) = self.key_of(board_id, user_id, OPERATION).await? else {
            return Ok(Vec::new());
        };
        let above = self.count_above(board_id, order, key, false, OPERATION).await?;
        let total: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM board_entries WHERE board_id = $1 AND is_out = 0")
                .bind(board_id.as_str())
                .fetch_one(&mut *self.connection)
                .await
                .at(OPERATION)?;
        let total: u64 = stored::unsigned(total, TABLE, "board_id")?;
        let last_start = total.saturating_sub(u64::from(limit));
        let start = above.saturating_sub(u64::from(limit / 2)).min(last_start);
        self.rows_from(board_id, order, start, limit, OPERATION).await
    }

    /// How many rows stand above `key`, which is itself counted when `inclusive`.
    async fn count_above(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        key: RankKey,
        inclusive: bool,
        operation: &'static str,
    ) -> Result<u64, StoreError> {
        let sign = stored::order_sign(order.order);
        let [first, second, third] = stored::tie_signs(order.ties);
        let [tie_1, tie_2, tie_3] = stored::tie_columns(&key.ties);
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*)
             FROM board_entries
             WHERE board_id = $1 AND is_out = 0
               AND ((score * $2, tie_1 * $3, tie_2 * $4, tie_3 * $5, achieved_at, user_id)
                   < ($6, $7, $8, $9, $10, $11)
                 OR $12 AND score * $2 = $6 AND tie_1 * $3 = $7 AND tie_2 * $4 = $8 AND tie_3 * $5 = $9
                   AND achieved_at = $10 AND user_id = $11)",
        )
        .bind(board_id.as_str())
        .bind(sign)
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(key.score.points() * sign)
        .bind(tie_1 * first)
        .bind(tie_2 * second)
        .bind(tie_3 * third)
        .bind(key.achieved_at.as_millis())
        .bind(key.user_id.as_uuid())
        .bind(inclusive)
        .fetch_one(&mut *self.connection)
        .await
        .at(operation)?;
        stored::unsigned(count, TABLE, "score")
    }

    async fn key_of(
        &mut self,
        board_id: &BoardId,
        user_id: UserId,
        operation: &'static str,
    ) -> Result<Option<RankKey>, StoreError> {
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at
             FROM board_entries
             WHERE board_id = $1 AND user_id = $2 AND is_out = 0",
        )
        .bind(board_id.as_str())
        .bind(user_id.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at(operation)?;
        row.map(RankKey::try_from).transpose()
    }

    /// Up to `limit` rows behind the first `above` rows of the board.
    async fn rows_from(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        above: u64,
        limit: u32,
        operation: &'static str,
    ) -> Result<Vec<RankedKey>, StoreError> {
        let [first, second, third] = stored::tie_signs(order.ties);
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at
             FROM board_entries
             WHERE board_id = $1 AND is_out = 0
             ORDER BY score * $2, tie_1 * $3, tie_2 * $4, tie_3 * $5, achieved_at, user_id
             LIMIT $6 OFFSET $7",
        )
        .bind(board_id.as_str())
        .bind(stored::order_sign(order.order))
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(i64::from(limit))
        .bind(stored::signed(above))
        .fetch_all(&mut *self.connection)
        .await
        .at(operation)?;
        ranked(rows, above + 1)
    }
}
