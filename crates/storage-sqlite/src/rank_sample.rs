//! Where players stood now and then.

use async_trait::async_trait;
use domain::{BoardId, Timestamp, UserId};
use storage::{
    RankSampleRepository, StoreError,
    rank_sample::{GAP_MS, KEPT, ROWS_MAX, RankSampleRow},
    stored,
};

use crate::{connection::Connection, error::At};

pub(crate) struct RankSamples<'t> {
    pub(crate) connection: &'t mut Connection,
}

impl RankSamples<'_> {
    async fn add_one(&mut self, sample: &RankSampleRow) -> Result<bool, StoreError> {
        const OPERATION: &str = "rank_samples.add";
        let result = sqlx::query(
            "INSERT INTO rank_samples (board_id, user_id, at, rank)
             SELECT $1, $2, $3, $4
             WHERE EXISTS (SELECT 1 FROM users WHERE user_id = $2 AND erased_at IS NULL)
               AND NOT EXISTS (SELECT 1 FROM rank_samples WHERE board_id = $1 AND user_id = $2 AND at > $5)
               AND (
                 SELECT rank FROM rank_samples WHERE board_id = $1 AND user_id = $2 ORDER BY at DESC LIMIT 1
               ) IS DISTINCT FROM $4",
        )
        .bind(sample.board_id.as_str())
        .bind(sample.user_id.as_uuid())
        .bind(sample.at.as_millis())
        .bind(stored::signed(sample.rank))
        .bind(sample.at.plus_ms(-GAP_MS).as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        if result.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "DELETE FROM rank_samples
             WHERE board_id = $1 AND user_id = $2 AND at <= (
               SELECT at
               FROM rank_samples
               WHERE board_id = $1 AND user_id = $2
               ORDER BY at DESC
               LIMIT 1 OFFSET $3
             )",
        )
        .bind(sample.board_id.as_str())
        .bind(sample.user_id.as_uuid())
        .bind(i64::from(KEPT))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(true)
    }
}

#[async_trait]
impl RankSampleRepository for RankSamples<'_> {
    async fn add(&mut self, samples: &[RankSampleRow]) -> Result<u64, StoreError> {
        stored::at_most(ROWS_MAX, samples.len(), "rank_samples.add")?;
        let mut added = 0;
        for sample in samples {
            added += u64::from(self.add_one(sample).await?);
        }
        Ok(added)
    }

    async fn of_player(
        &mut self,
        board_id: &BoardId,
        user_id: UserId,
    ) -> Result<Vec<RankSampleRow>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT at, rank
             FROM rank_samples
             WHERE board_id = $1 AND user_id = $2
             ORDER BY at
             LIMIT $3",
        )
        .bind(board_id.as_str())
        .bind(user_id.as_uuid())
        .bind(i64::from(KEPT))
        .fetch_all(&mut *self.connection)
        .await
        .at("rank_samples.of_player")?;
        rows.into_iter()
            .map(|(at, rank)| {
                Ok(RankSampleRow {
                    board_id: board_id.clone(),
                    user_id,
                    at: Timestamp::from_millis(at),
                    rank: stored::unsigned(rank, "rank_samples", "rank")?,
                })
            })
            .collect()
    }

    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM rank_samples
             WHERE (board_id, user_id, at) IN (
               SELECT board_id, user_id, at
               FROM rank_samples
               WHERE at < $1
               ORDER BY at
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("rank_samples.remove_old")?;
        Ok(result.rows_affected())
    }
}
