//! Standings.
//!
//! There is an index on versions, for here other nodes ask for what changed; SQLite has none. Ranks are counted from rows that no index orders: right, but slow on a large board. They answer while the rank index
//! is being built.

use async_trait::async_trait;
use domain::{
    BoardId, BoardOrder, Ranking, Standing, Timestamp, UserId,
    ranking::{Played, RankKey},
};
use sqlx::FromRow;
use storage::{
    BoardRepository, StoreError,
    board::{BoardRow, NewBoard, RankedKey, ScoreEvent},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "board_entries";
const USERS_MAX: usize = 1000;
const BOARDS_MAX: usize = 1000;

pub(crate) struct Boards<'t> {
    pub(crate) connection: &'t mut Connection,
}

/// A board with how its tournament ranks.
macro_rules! board_row {
    () => {
        "SELECT boards.board_id, boards.tier, boards.starts_at, boards.ends_at, boards.version, boards.players,
           boards.state, tournaments.operator, tournaments.ranking_order, tournaments.tie_orders
         FROM boards
         JOIN tournaments ON tournaments.tournament_id = boards.tournament_id"
    };
}

#[derive(FromRow)]
struct Row {
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
struct KeyRow {
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

/// Gives rows in the order of the board their ranks, the first one `first_rank`.
fn ranked(rows: Vec<KeyRow>, first_rank: u64) -> Result<Vec<RankedKey>, StoreError> {
    (first_rank..).zip(rows).map(|(rank, row)| Ok(RankedKey { rank, key: RankKey::try_from(row)? })).collect()
}

impl Boards<'_> {
    async fn find(
        &mut self,
        board_id: &BoardId,
        operation: &'static str,
    ) -> Result<Option<BoardRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(concat!(board_row!(), " WHERE boards.board_id = $1"))
            .bind(board_id.as_str())
            .fetch_optional(&mut *self.connection)
            .await
            .at(operation)?;
        row.map(BoardRow::try_from).transpose()
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
             WHERE board_id = $1
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
             WHERE board_id = $1 AND user_id = $2",
        )
        .bind(board_id.as_str())
        .bind(user_id.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at(operation)?;
        row.map(RankKey::try_from).transpose()
    }
}

#[async_trait]
impl BoardRepository for Boards<'_> {
    async fn open(&mut self, boards: &[NewBoard]) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.open";
        sqlx::query(
            "INSERT INTO boards (board_id, tournament_id, period, cohort, tier, starts_at, ends_at, state)
             SELECT board_id, tournament_id, period, cohort, tier, starts_at, ends_at, 'open'
             FROM UNNEST($1::TEXT[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[],
                 $7::BIGINT[])
               AS board (board_id, tournament_id, period, cohort, tier, starts_at, ends_at)
             ORDER BY board_id
             ON CONFLICT (board_id) DO UPDATE
             SET starts_at = excluded.starts_at, ends_at = excluded.ends_at",
        )
        .bind(column(boards, |board| board.board_id.as_str()))
        .bind(column(boards, |board| board.board_id.tournament_id().to_string()))
        .bind(column(boards, |board| i64::from(board.board_id.period())))
        .bind(column(boards, |board| i64::from(board.board_id.cohort())))
        .bind(column(boards, |board| i64::from(board.tier)))
        .bind(column(boards, |board| board.starts_at.as_millis()))
        .bind(column(boards, |board| board.ends_at.as_millis()))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn by_id(&mut self, board_id: &BoardId) -> Result<Option<BoardRow>, StoreError> {
        self.find(board_id, "boards.by_id").await
    }

    async fn by_ids(&mut self, ids: &[BoardId]) -> Result<Vec<BoardRow>, StoreError> {
        const OPERATION: &str = "boards.by_ids";
        stored::at_most(BOARDS_MAX, ids.len(), OPERATION)?;
        let listed: Vec<&str> = ids.iter().map(BoardId::as_str).collect();
        let rows: Vec<Row> = sqlx::query_as(concat!(
            board_row!(),
            " WHERE boards.board_id = ANY($1)
             ORDER BY boards.board_id
             LIMIT 1000"
        ))
        .bind(listed)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(BoardRow::try_from).collect()
    }

    async fn lock(&mut self, board_id: &BoardId) -> Result<Option<BoardRow>, StoreError> {
        const OPERATION: &str = "boards.lock";
        // Read by a statement of its own: one that waits for a lock sees what it joins as it was before.
        let locked = sqlx::query("SELECT 1 FROM boards WHERE board_id = $1 FOR UPDATE")
            .bind(board_id.as_str())
            .fetch_optional(&mut *self.connection)
            .await
            .at(OPERATION)?;
        if locked.is_none() {
            return Ok(None);
        }
        self.find(board_id, OPERATION).await
    }

    async fn bump(&mut self, board_id: &BoardId, new_players: i64) -> Result<u64, StoreError> {
        const OPERATION: &str = "boards.bump";
        let version: Option<i64> = sqlx::query_scalar(
            "UPDATE boards
             SET version = version + 1, players = players + $2
             WHERE board_id = $1
             RETURNING version",
        )
        .bind(board_id.as_str())
        .bind(new_players)
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let version = version.ok_or_else(|| StoreError::failed(OPERATION, "there is no such board"))?;
        stored::unsigned(version, "boards", "version")
    }

    async fn standings(
        &mut self,
        board_id: &BoardId,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Standing)>, StoreError> {
        const OPERATION: &str = "boards.standings";
        stored::at_most(USERS_MAX, users.len(), OPERATION)?;
        let rows: Vec<(Uuid, i64, i64, i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at
             FROM board_entries
             WHERE board_id = $1 AND user_id = ANY($2)
             ORDER BY user_id
             LIMIT 1000",
        )
        .bind(board_id.as_str())
        .bind(column(users, |id| id.as_uuid()))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter()
            .map(|(user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at)| {
                let standing = Standing {
                    score: stored::score(score, TABLE, "score")?,
                    ties: stored::ties([tie_1, tie_2, tie_3], TABLE)?,
                    achieved_at: Timestamp::from_millis(achieved_at),
                    newest_at: Timestamp::from_millis(newest_at),
                };
                Ok((UserId::from_uuid(user_id), standing))
            })
            .collect()
    }

    async fn put_many(
        &mut self,
        board_id: &BoardId,
        version: u64,
        standings: &[(UserId, Standing)],
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.put_many";
        sqlx::query(
            "INSERT INTO board_entries
               (board_id, user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at, version)
             SELECT $1, user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at, $2
             FROM UNNEST($3::UUID[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[], $7::BIGINT[], $8::BIGINT[],
                 $9::BIGINT[])
               AS standing (user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at)
             ORDER BY user_id
             ON CONFLICT (board_id, user_id) DO UPDATE
             SET score = excluded.score,
               tie_1 = excluded.tie_1,
               tie_2 = excluded.tie_2,
               tie_3 = excluded.tie_3,
               achieved_at = excluded.achieved_at,
               newest_at = excluded.newest_at,
               version = excluded.version",
        )
        .bind(board_id.as_str())
        .bind(stored::signed(version))
        .bind(column(standings, |(user_id, _)| user_id.as_uuid()))
        .bind(column(standings, |(_, standing)| standing.score.points()))
        .bind(column(standings, |(_, standing)| stored::tie_columns(&standing.ties)[0]))
        .bind(column(standings, |(_, standing)| stored::tie_columns(&standing.ties)[1]))
        .bind(column(standings, |(_, standing)| stored::tie_columns(&standing.ties)[2]))
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
            "INSERT INTO board_history
               (board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at)
             SELECT board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at
             FROM UNNEST($1::TEXT[], $2::UUID[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[],
                 $7::BIGINT[], $8::BIGINT[], $9::BIGINT[])
               AS event (board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at)
             ORDER BY board_id, user_id, source, event_id
             ON CONFLICT (board_id, user_id, source, event_id) DO NOTHING",
        )
        .bind(column(events, |event| event.board_id.as_str()))
        .bind(column(events, |event| event.user_id.as_uuid()))
        .bind(column(events, |event| event.source.as_str()))
        .bind(column(events, |event| event.event_id.as_str()))
        .bind(column(events, |event| event.score.points()))
        .bind(column(events, |event| stored::tie_columns(&event.ties)[0]))
        .bind(column(events, |event| stored::tie_columns(&event.ties)[1]))
        .bind(column(events, |event| stored::tie_columns(&event.ties)[2]))
        .bind(column(events, |event| event.at.as_millis()))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn history(&mut self, board_id: &BoardId, user_id: UserId) -> Result<Vec<Played>, StoreError> {
        const HISTORY: &str = "board_history";
        let mut rows: Vec<(i64, i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT happened_at, score, tie_1, tie_2, tie_3
             FROM board_history
             WHERE board_id = $1 AND user_id = $2
             ORDER BY happened_at DESC, source DESC, event_id DESC
             LIMIT 10000",
        )
        .bind(board_id.as_str())
        .bind(user_id.as_uuid())
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.history")?;
        rows.reverse();
        rows.into_iter()
            .map(|(at, score, tie_1, tie_2, tie_3)| {
                Ok(Played {
                    score: stored::score(score, HISTORY, "score")?,
                    ties: stored::ties([tie_1, tie_2, tie_3], HISTORY)?,
                    at: Timestamp::from_millis(at),
                })
            })
            .collect()
    }

    async fn remove_history(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH over AS (
               SELECT board_id, user_id, source, event_id
               FROM board_history
               WHERE board_id IN (SELECT board_id FROM boards WHERE ends_at < $1)
               LIMIT $2
               FOR UPDATE SKIP LOCKED
             )
             DELETE FROM board_history
             WHERE (board_id, user_id, source, event_id)
               IN (SELECT board_id, user_id, source, event_id FROM over)",
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
        board_id: &BoardId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError> {
        // The nil UUID stands before every id, none of which is nil: SQLite takes an empty BLOB.
        let after = after.map(UserId::as_uuid).unwrap_or_default();
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at
             FROM board_entries
             WHERE board_id = $1 AND user_id > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(board_id.as_str())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.scan")?;
        rows.into_iter().map(RankKey::try_from).collect()
    }

    async fn changed_since(
        &mut self,
        board_id: &BoardId,
        version: u64,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at
             FROM board_entries
             WHERE board_id = $1 AND version > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(board_id.as_str())
        .bind(stored::signed(version))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.changed_since")?;
        rows.into_iter().map(RankKey::try_from).collect()
    }

    async fn page(
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

    async fn place(
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

    async fn around(
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
        let total: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM board_entries WHERE board_id = $1")
            .bind(board_id.as_str())
            .fetch_one(&mut *self.connection)
            .await
            .at(OPERATION)?;
        let total: u64 = stored::unsigned(total, TABLE, "board_id")?;
        let last_start = total.saturating_sub(u64::from(limit));
        let start = above.saturating_sub(u64::from(limit / 2)).min(last_start);
        self.rows_from(board_id, order, start, limit, OPERATION).await
    }
}

impl Boards<'_> {
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
             WHERE board_id = $1
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
