//! Standings.

mod ranks;
mod rows;

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, TournamentId, UserId, ranking::RankKey};
use storage::{
    BoardRepository, StoreError,
    board::{BoardBump, BoardRow, NewBoard, PlayerRow, Presence, RankedKey},
    stored,
};
use uuid::Uuid;

use crate::{
    board::rows::{ChangedRow, EntryRow, KeyRow, Row},
    connection::Connection,
    error::At,
    list,
};

const TABLE: &str = "board_entries";
const USERS_MAX: usize = 1000;
const BOARDS_MAX: usize = 1000;

pub(crate) struct Boards<'t> {
    pub(crate) connection: &'t mut Connection,
}

/// A board with how its tournament ranks; a final one with how it ranked.
macro_rules! board_row {
    () => {
        "SELECT boards.board_id, boards.tier, boards.starts_at, boards.ends_at, boards.version, boards.players,
           boards.state,
           COALESCE(CASE boards.state WHEN 'final' THEN boards.operator END, tournaments.operator) AS operator,
           COALESCE(CASE boards.state WHEN 'final' THEN boards.ranking_order END, tournaments.ranking_order)
             AS ranking_order,
           COALESCE(CASE boards.state WHEN 'final' THEN boards.tie_orders END, tournaments.tie_orders) AS tie_orders
         FROM boards
         JOIN tournaments ON tournaments.tournament_id = boards.tournament_id"
    };
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
            "WITH told (item) AS MATERIALIZED (SELECT value FROM json_each($1))
             INSERT INTO board_entries
               (board_id, user_id, score, tie_1, tie_2, tie_3, achieved_at, newest_at, is_out, attempts, last_event,
                version)
             SELECT item ->> 0, unhex(item ->> 1), item ->> 2, item ->> '$[3][0]', item ->> '$[3][1]',
               item ->> '$[3][2]', item ->> '$[4][0]', item ->> '$[4][1]', item ->> '$[5][0]',
               item ->> '$[5][1]', item ->> '$[5][2]', item ->> '$[5][3]'
             FROM told
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
        self.ranks_behind(board_id, order, after, limit).await
    }

    async fn page_before(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        before: RankKey,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        self.ranks_before(board_id, order, before, limit).await
    }

    async fn place(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        user_id: UserId,
    ) -> Result<Option<RankedKey>, StoreError> {
        self.rank_of(board_id, order, user_id).await
    }

    async fn around(
        &mut self,
        board_id: &BoardId,
        order: BoardOrder,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError> {
        self.ranks_around(board_id, order, user_id, limit).await
    }
}
