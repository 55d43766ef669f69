//! Standings.
//!
//! There is an index on versions, for here other nodes ask for what changed; SQLite has none. Ranks are counted from rows that no index orders: right, but slow on a large board. They answer while the rank index
//! is being built.

use async_trait::async_trait;
use domain::{Order, Score, Standing, Timestamp, TournamentId, UserId, ranking::RankKey};
use sqlx::FromRow;
use storage::{
    BoardRepository, StoreError,
    board::{RankedKey, ScoreEvent},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "board_entries";
const USERS_MAX: usize = 1000;

pub(crate) struct Boards<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct KeyRow {
    user_id: Uuid,
    score: i64,
    achieved_at: i64,
}

impl TryFrom<KeyRow> for RankKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            score: stored::score(row.score, TABLE, "score")?,
            achieved_at: Timestamp::from_millis(row.achieved_at),
            user_id: UserId::from_uuid(row.user_id),
        })
    }
}

/// Gives rows in the order of the board their ranks, the first one `first_rank`.
fn ranked(rows: Vec<KeyRow>, first_rank: u64) -> Result<Vec<RankedKey>, StoreError> {
    (first_rank..).zip(rows).map(|(rank, row)| Ok(RankedKey { rank, key: RankKey::try_from(row)? })).collect()
}

impl Boards<'_> {
    /// How many rows stand above `key`, which is itself counted when `inclusive`.
    async fn count_above(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        key: RankKey,
        inclusive: bool,
        operation: &'static str,
    ) -> Result<u64, StoreError> {
        let sign = stored::order_sign(order);
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*)
             FROM board_entries
             WHERE tournament_id = $1
               AND ((score * $2, achieved_at, user_id) < ($3, $4, $5)
                 OR $6 AND score * $2 = $3 AND achieved_at = $4 AND user_id = $5)",
        )
        .bind(tournament_id.as_str())
        .bind(sign)
        .bind(key.score.points() * sign)
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
        tournament_id: &TournamentId,
        user_id: UserId,
        operation: &'static str,
    ) -> Result<Option<RankKey>, StoreError> {
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, achieved_at
             FROM board_entries
             WHERE tournament_id = $1 AND user_id = $2",
        )
        .bind(tournament_id.as_str())
        .bind(user_id.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at(operation)?;
        row.map(RankKey::try_from).transpose()
    }
}

#[async_trait]
impl BoardRepository for Boards<'_> {
    async fn standings(
        &mut self,
        tournament_id: &TournamentId,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Standing)>, StoreError> {
        const OPERATION: &str = "boards.standings";
        stored::at_most(USERS_MAX, users.len(), OPERATION)?;
        let rows: Vec<(Uuid, i64, i64, i64)> = sqlx::query_as(
            "SELECT user_id, score, achieved_at, newest_at
             FROM board_entries
             WHERE tournament_id = $1 AND user_id = ANY($2)
             ORDER BY user_id
             LIMIT 1000",
        )
        .bind(tournament_id.as_str())
        .bind(column(users, |id| id.as_uuid()))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter()
            .map(|(user_id, score, achieved_at, newest_at)| {
                let standing = Standing {
                    score: stored::score(score, TABLE, "score")?,
                    achieved_at: Timestamp::from_millis(achieved_at),
                    newest_at: Timestamp::from_millis(newest_at),
                };
                Ok((UserId::from_uuid(user_id), standing))
            })
            .collect()
    }

    async fn put_many(
        &mut self,
        tournament_id: &TournamentId,
        version: u64,
        standings: &[(UserId, Standing)],
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.put_many";
        sqlx::query(
            "INSERT INTO board_entries (tournament_id, user_id, score, achieved_at, newest_at, version)
             SELECT $1, user_id, score, achieved_at, newest_at, $2
             FROM UNNEST($3::UUID[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[])
               AS standing (user_id, score, achieved_at, newest_at)
             ORDER BY user_id
             ON CONFLICT (tournament_id, user_id) DO UPDATE
             SET score = excluded.score,
               achieved_at = excluded.achieved_at,
               newest_at = excluded.newest_at,
               version = excluded.version",
        )
        .bind(tournament_id.as_str())
        .bind(stored::signed(version))
        .bind(column(standings, |(user_id, _)| user_id.as_uuid()))
        .bind(column(standings, |(_, standing)| standing.score.points()))
        .bind(column(standings, |(_, standing)| standing.achieved_at.as_millis()))
        .bind(column(standings, |(_, standing)| standing.newest_at.as_millis()))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn add_history(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.add_history";
        sqlx::query(
            "INSERT INTO board_history (tournament_id, user_id, source, event_id, score, happened_at)
             SELECT tournament_id, user_id, source, event_id, score, happened_at
             FROM UNNEST($1::TEXT[], $2::UUID[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[])
               AS event (tournament_id, user_id, source, event_id, score, happened_at)
             ORDER BY tournament_id, user_id, source, event_id
             ON CONFLICT (tournament_id, user_id, source, event_id) DO NOTHING",
        )
        .bind(column(events, |event| event.tournament_id.as_str()))
        .bind(column(events, |event| event.user_id.as_uuid()))
        .bind(column(events, |event| event.source.as_str()))
        .bind(column(events, |event| event.event_id.as_str()))
        .bind(column(events, |event| event.score.points()))
        .bind(column(events, |event| event.at.as_millis()))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn history(
        &mut self,
        tournament_id: &TournamentId,
        user_id: UserId,
    ) -> Result<Vec<(Timestamp, Score)>, StoreError> {
        let mut rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT happened_at, score
             FROM board_history
             WHERE tournament_id = $1 AND user_id = $2
             ORDER BY happened_at DESC, source DESC, event_id DESC
             LIMIT 10000",
        )
        .bind(tournament_id.as_str())
        .bind(user_id.as_uuid())
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.history")?;
        rows.reverse();
        rows.into_iter()
            .map(|(at, score)| {
                Ok((Timestamp::from_millis(at), stored::score(score, "board_history", "score")?))
            })
            .collect()
    }

    async fn remove_history(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH over AS (
               SELECT tournament_id, user_id, source, event_id
               FROM board_history
               WHERE tournament_id IN (SELECT tournament_id FROM tournaments WHERE ends_at < $1)
               LIMIT $2
               FOR UPDATE SKIP LOCKED
             )
             DELETE FROM board_history
             WHERE (tournament_id, user_id, source, event_id)
               IN (SELECT tournament_id, user_id, source, event_id FROM over)",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("boards.remove_history")?;
        Ok(result.rows_affected())
    }

    async fn scan(
        &mut self,
        tournament_id: &TournamentId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError> {
        // The nil UUID stands before every id, none of which is nil: SQLite takes an empty BLOB.
        let after = after.map(UserId::as_uuid).unwrap_or_default();
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, achieved_at
             FROM board_entries
             WHERE tournament_id = $1 AND user_id > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.scan")?;
        rows.into_iter().map(RankKey::try_from).collect()
    }

    async fn changed_since(
        &mut self,
        tournament_id: &TournamentId,
        version: u64,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, achieved_at
             FROM board_entries
             WHERE tournament_id = $1 AND version > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(stored::signed(version))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.changed_since")?;
        rows.into_iter().map(RankKey::try_from).collect()
    }

    async fn page(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        after: Option<RankKey>,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.page";
        let above = match after {
            Some(key) => self.count_above(tournament_id, order, key, true, OPERATION).await?,
            None => 0,
        };
        self.rows_from(tournament_id, order, above, limit, OPERATION).await
    }

    async fn place(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        user_id: UserId,
    ) -> Result<Option<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.place";
        let Some(key) = self.key_of(tournament_id, user_id, OPERATION).await? else {
            return Ok(None);
        };
        let above = self.count_above(tournament_id, order, key, false, OPERATION).await?;
        Ok(Some(RankedKey { rank: above + 1, key }))
    }

    async fn around(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        const OPERATION: &str = "boards.around";
        let Some(key) = self.key_of(tournament_id, user_id, OPERATION).await? else {
            return Ok(Vec::new());
        };
        let above = self.count_above(tournament_id, order, key, false, OPERATION).await?;
        let total: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM board_entries WHERE tournament_id = $1")
            .bind(tournament_id.as_str())
            .fetch_one(&mut *self.connection)
            .await
            .at(OPERATION)?;
        let total: u64 = stored::unsigned(total, TABLE, "tournament_id")?;
        let last_start = total.saturating_sub(u64::from(limit));
        let start = above.saturating_sub(u64::from(limit / 2)).min(last_start);
        self.rows_from(tournament_id, order, start, limit, OPERATION).await
    }
}

impl Boards<'_> {
    /// Up to `limit` rows behind the first `above` rows of the board.
    async fn rows_from(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        above: u64,
        limit: u32,
        operation: &'static str,
    ) -> Result<Vec<RankedKey>, StoreError> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, achieved_at
             FROM board_entries
             WHERE tournament_id = $1
             ORDER BY score * $2, achieved_at, user_id
             LIMIT $3 OFFSET $4",
        )
        .bind(tournament_id.as_str())
        .bind(stored::order_sign(order))
        .bind(i64::from(limit))
        .bind(stored::signed(above))
        .fetch_all(&mut *self.connection)
        .await
        .at(operation)?;
        ranked(rows, above + 1)
    }
}
