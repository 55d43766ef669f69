//! Standings.
//!
//! Ranks are counted from rows that no index orders: right, but slow on a large board. They answer while the rank index
//! is being built.

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, Ranking, Standing, Timestamp, TournamentId, UserId, ranking::RankKey};
use sqlx::FromRow;
use storage::{
    BoardRepository, StoreError,
    board::{BoardBump, BoardRow, NewBoard, PlayerRow, Presence, RankedKey},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

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

#[derive(FromRow)]
struct ChangedRow {
    #[sqlx(flatten)]
    key: KeyRow,
    is_out: i64,
}

#[derive(FromRow)]
struct EntryRow {
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
}

#[async_trait]
impl BoardRepository for Boards<'_> {
    async fn open(&mut self, boards: &[NewBoard]) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.open";
        let rows = list::rows(boards, OPERATION, |board| {
            (
                board.board_id.as_str(),
                board.board_id.tournament_id(),
                board.board_id.period(),
                board.board_id.cohort(),
                board.tier,
                board.starts_at.as_millis(),
                board.ends_at.as_millis(),
            )
        })?;
        sqlx::query(
            "INSERT INTO boards (board_id, tournament_id, period, cohort, tier, starts_at, ends_at, state)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, 'open'
             FROM json_each($1)
             WHERE true
             ON CONFLICT (board_id) DO UPDATE
             SET starts_at = excluded.starts_at, ends_at = excluded.ends_at",
        )
        .bind(rows)
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
        let listed: serde_json::Value = ids.iter().map(BoardId::as_str).collect();
        let rows: Vec<Row> = sqlx::query_as(concat!(
            board_row!(),
            " WHERE boards.board_id IN (SELECT value FROM json_each($1))
             ORDER BY boards.board_id
             LIMIT 1000"
        ))
        .bind(listed.to_string())
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(BoardRow::try_from).collect()
    }

    /// The only writer holds the whole file, so that nothing more has to be locked; PostgreSQL locks the rows.
    async fn lock_many(&mut self, ids: &[BoardId]) -> Result<Vec<BoardRow>, StoreError> {
        self.by_ids(ids).await
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

    async fn bump_many(&mut self, bumps: &[BoardBump]) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.bump_many";
        sqlx::query(
            "UPDATE boards
             SET version = version + (bumped.value ->> 1),
               players = players + (bumped.value ->> 2),
               scores = scores + (bumped.value ->> 3)
             FROM json_each($1) AS bumped
             WHERE boards.board_id = bumped.value ->> 0",
        )
        .bind(list::rows(bumps, OPERATION, |bump| {
            (bump.board_id.as_str(), u8::from(bump.is_changed), bump.new_players, bump.new_scores)
        })?)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn showing(&mut self, user_id: UserId, limit: u32) -> Result<Vec<BoardId>, StoreError> {
        const OPERATION: &str = "boards.showing";
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT boards.board_id
             FROM boards
             JOIN board_entries
               ON board_entries.board_id = boards.board_id AND board_entries.user_id = $1
             WHERE boards.state <> 'final' AND board_entries.is_out = 0
             ORDER BY boards.board_id
             LIMIT $2",
        )
        .bind(user_id.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(|board_id| stored::parse(board_id, "boards", "board_id")).collect()
    }

    async fn players(&mut self, keys: &[(BoardId, UserId)]) -> Result<Vec<PlayerRow>, StoreError> {
        const OPERATION: &str = "boards.players";
        stored::at_most(USERS_MAX, keys.len(), OPERATION)?;
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT entry.board_id, entry.user_id, entry.score, entry.tie_1, entry.tie_2, entry.tie_3,
               entry.achieved_at, entry.newest_at, entry.is_out, entry.attempts, entry.last_event, entry.version
             FROM json_each($1) AS wanted
             CROSS JOIN board_entries AS entry
               ON entry.board_id = wanted.value ->> 0 AND entry.user_id = unhex(wanted.value ->> 1)
             LIMIT 1000",
        )
        .bind(list::rows(keys, OPERATION, |(board_id, user_id)| {
            (board_id.as_str(), list::hex(user_id.as_uuid()))
        })?)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(PlayerRow::try_from).collect()
    }

    async fn put_players(&mut self, rows: &[PlayerRow]) -> Result<(), StoreError> {
        const OPERATION: &str = "boards.put_players";
        let rows = list::rows(rows, OPERATION, |row| {
            let (score, ties) = (row.standing.score.points(), stored::tie_columns(&row.standing.ties));
            let times = [row.standing.achieved_at.as_millis(), row.standing.newest_at.as_millis()];
            let figures = (row.presence.as_number(), row.attempts, row.last_event, row.version);
            (row.board_id.as_str(), list::hex(row.user_id.as_uuid()), score, ties, times, figures)
        })?;
        sqlx::query(
            "INSERT INTO board_entries
               (board_id, user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at, is_out, attempts, last_event,
                version)
             SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> '$[3][0]', value ->> '$[3][1]',
               value ->> '$[3][2]', value ->> '$[4][0]', value ->> '$[4][1]', value ->> '$[5][0]',
               value ->> '$[5][1]', value ->> '$[5][2]', value ->> '$[5][3]'
             FROM json_each($1)
             WHERE true
             ON CONFLICT (board_id, user_id) DO UPDATE
             SET score = excluded.score,
               tie_1 = excluded.tie_1,
               tie_2 = excluded.tie_2,
               tie_3 = excluded.tie_3,
               achieved_at = excluded.achieved_at,
               newest_at = excluded.newest_at,
               is_out = excluded.is_out,
               attempts = excluded.attempts,
               last_event = excluded.last_event,
               version = excluded.version",
        )
        .bind(rows)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn scores_of(&mut self, tournament_id: &TournamentId, period: u32) -> Result<u64, StoreError> {
        let scores: i64 = sqlx::query_scalar(
            "SELECT COALESCE(SUM(scores), 0) FROM boards WHERE tournament_id = $1 AND period = $2",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .fetch_one(&mut *self.connection)
        .await
        .at("boards.scores_of")?;
        stored::unsigned(scores, "boards", "scores")
    }

    async fn roll(
        &mut self,
        board_id: &BoardId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        // An empty BLOB stands before every id.
        let after = after.map(|id| id.as_uuid().into_bytes().to_vec()).unwrap_or_default();
        let rows: Vec<Uuid> = sqlx::query_scalar(
            "SELECT user_id
             FROM board_entries
             WHERE board_id = $1 AND user_id > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(board_id.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.roll")?;
        Ok(rows.into_iter().map(UserId::from_uuid).collect())
    }

    async fn scan(
        &mut self,
        board_id: &BoardId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError> {
        // An empty BLOB stands before every id.
        let after = after.map(|id| id.as_uuid().into_bytes().to_vec()).unwrap_or_default();
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at
             FROM board_entries
             WHERE board_id = $1 AND user_id > $2 AND is_out = 0
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(board_id.as_str())
        .bind(after)
        .bind(limit)
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
    ) -> Result<Vec<(UserId, Option<RankKey>)>, StoreError> {
        // Reads the whole board: one process hears of every change itself. PostgreSQL, where others ask, has an index.
        let rows: Vec<ChangedRow> = sqlx::query_as(
            "SELECT user_id, score, tie_1, tie_2, tie_3, achieved_at, is_out
             FROM board_entries
             WHERE board_id = $1 AND version > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(board_id.as_str())
        .bind(stored::signed(version))
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at("boards.changed_since")?;
        rows.into_iter()
            .map(|row| {
                let is_ranked = row.is_out == Presence::OnBoard.as_number();
                let key = RankKey::try_from(row.key)?;
                Ok((key.user_id, is_ranked.then_some(key)))
            })
            .collect()
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

    async fn page_before(
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
             WHERE board_id = $1 AND is_out = 0
             ORDER BY score * $2, tie_1 * $3, tie_2 * $4, tie_3 * $5, achieved_at, user_id
             LIMIT $6 OFFSET $7",
        )
        .bind(board_id.as_str())
        .bind(stored::order_sign(order.order))
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(limit)
        .bind(stored::signed(above))
        .fetch_all(&mut *self.connection)
        .await
        .at(operation)?;
        ranked(rows, above + 1)
    }
}
