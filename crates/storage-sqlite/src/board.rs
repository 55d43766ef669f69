//! Standings.
//!
//! Ranks are counted from rows that no index orders: right, but slow on a large board. They answer while the rank index
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

use crate::{connection::Connection, error::At, list};

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
             WHERE tournament_id = $1 AND user_id IN (SELECT unhex(value) FROM json_each($2))
             ORDER BY user_id
             LIMIT 1000",
        )
        .bind(tournament_id.as_str())
        .bind(list::ids(users.iter().map(|id| id.as_uuid())))
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
        let rows = list::rows(standings, OPERATION, |(user_id, standing)| {
            (
                list::hex(user_id.as_uuid()),
                standing.score.points(),
                standing.achieved_at.as_millis(),
                standing.newest_at.as_millis(),
            )
        })?;
        sqlx::query(
            "INSERT INTO board_entries (tournament_id, user_id, score, achieved_at, newest_at, version)
             SELECT $1, unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, $2
             FROM json_each($3)
             WHERE true
             ON CONFLICT (tournament_id, user_id) DO UPDATE
             SET score = excluded.score,
               achieved_at = excluded.achieved_at,
               newest_at = excluded.newest_at,
               version = excluded.version",
        )
        .bind(tournament_id.as_str())
        .bind(stored::signed(version))
        .bind(rows)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn add_history(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.add_history";
        let rows = list::rows(events, OPERATION, |event| {
            (
                event.tournament_id.as_str(),
                list::hex(event.user_id.as_uuid()),
                event.source.as_str(),
                event.event_id.as_str(),
                event.score.points(),
                event.at.as_millis(),
            )
        })?;
        sqlx::query(
            "INSERT INTO board_history (tournament_id, user_id, source, event_id, score, happened_at)
             SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5
             FROM json_each($1)
             WHERE true
             ON CONFLICT (tournament_id, user_id, source, event_id) DO NOTHING",
        )
        .bind(rows)
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
            "DELETE FROM board_history
             WHERE (tournament_id, user_id, source, event_id) IN (
               SELECT tournament_id, user_id, source, event_id
               FROM board_history
               WHERE tournament_id IN (SELECT tournament_id FROM tournaments WHERE ends_at < $1)
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(limit)
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
        // An empty BLOB stands before every id.
        let after = after.map(|id| id.as_uuid().into_bytes().to_vec()).unwrap_or_default();
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, achieved_at
             FROM board_entries
             WHERE tournament_id = $1 AND user_id > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(after)
        .bind(limit)
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
        // Reads the whole board: one process hears of every change itself. PostgreSQL, where others ask, has an index.
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, achieved_at
             FROM board_entries
             WHERE tournament_id = $1 AND version > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(stored::signed(version))
        .bind(limit)
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
        .bind(limit)
        .bind(stored::signed(above))
        .fetch_all(&mut *self.connection)
        .await
        .at(operation)?;
        ranked(rows, above + 1)
    }
}
