//! Tournaments and the versions of their boards.

use async_trait::async_trait;
use domain::{Timestamp, Tournament, TournamentId};
use sqlx::FromRow;
use storage::{StoreError, TournamentRepository, stored, tournament::TournamentRow};

use crate::{connection::Connection, error::At};

const IDS_MAX: usize = 1000;

pub(crate) struct Tournaments<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    tournament_id: String,
    title: String,
    starts_at: i64,
    ends_at: i64,
    operator: String,
    ranking_order: String,
    board_version: i64,
    players: i64,
}

impl TryFrom<Row> for TournamentRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        const TABLE: &str = "tournaments";
        let title = serde_json::from_str(&row.title)
            .map_err(|_| StoreError::Inconsistent { table: TABLE, column: "title" })?;
        Ok(Self {
            tournament: Tournament {
                tournament_id: stored::parse(row.tournament_id, TABLE, "tournament_id")?,
                title,
                starts_at: Timestamp::from_millis(row.starts_at),
                ends_at: Timestamp::from_millis(row.ends_at),
                operator: stored::operator(&row.operator, TABLE, "operator")?,
                order: stored::order(&row.ranking_order, TABLE, "ranking_order")?,
            },
            board_version: stored::unsigned(row.board_version, TABLE, "board_version")?,
            players: stored::unsigned(row.players, TABLE, "players")?,
        })
    }
}

impl Tournaments<'_> {
    async fn find(
        &mut self,
        tournament_id: &TournamentId,
        operation: &'static str,
    ) -> Result<Option<TournamentRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT tournament_id, title, starts_at, ends_at, operator, ranking_order, board_version, players
             FROM tournaments
             WHERE tournament_id = $1",
        )
        .bind(tournament_id.as_str())
        .fetch_optional(&mut *self.connection)
        .await
        .at(operation)?;
        row.map(TournamentRow::try_from).transpose()
    }
}

#[async_trait]
impl TournamentRepository for Tournaments<'_> {
    async fn upsert(&mut self, tournament: &Tournament, now: Timestamp) -> Result<(), StoreError> {
        const OPERATION: &str = "tournaments.upsert";
        let title = serde_json::to_string(&tournament.title)
            .map_err(|error| StoreError::failed(OPERATION, error.to_string()))?;
        sqlx::query(
            "INSERT INTO tournaments
               (tournament_id, title, starts_at, ends_at, operator, ranking_order, board_version, players,
                created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7)
             ON CONFLICT (tournament_id) DO UPDATE
             SET title = excluded.title,
               starts_at = excluded.starts_at,
               ends_at = excluded.ends_at,
               operator = excluded.operator,
               ranking_order = excluded.ranking_order,
               updated_at = excluded.updated_at",
        )
        .bind(tournament.tournament_id.as_str())
        .bind(title)
        .bind(tournament.starts_at.as_millis())
        .bind(tournament.ends_at.as_millis())
        .bind(stored::operator_label(tournament.operator))
        .bind(stored::order_label(tournament.order))
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn by_id(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError> {
        self.find(tournament_id, "tournaments.by_id").await
    }

    async fn by_ids(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError> {
        const OPERATION: &str = "tournaments.by_ids";
        stored::at_most(IDS_MAX, ids.len(), OPERATION)?;
        let listed: serde_json::Value = ids.iter().map(TournamentId::as_str).collect();
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT tournament_id, title, starts_at, ends_at, operator, ranking_order, board_version, players
             FROM tournaments
             WHERE tournament_id IN (SELECT value FROM json_each($1))
             ORDER BY tournament_id
             LIMIT 1000",
        )
        .bind(listed.to_string())
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(TournamentRow::try_from).collect()
    }

    async fn list(&mut self, now: Timestamp, limit: u32) -> Result<Vec<TournamentRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT tournament_id, title, starts_at, ends_at, operator, ranking_order, board_version, players
             FROM tournaments
             ORDER BY
               CASE WHEN starts_at > $1 THEN 1 WHEN ends_at > $1 THEN 0 ELSE 2 END,
               CASE WHEN starts_at > $1 THEN starts_at WHEN ends_at > $1 THEN -players ELSE -ends_at END,
               tournament_id
             LIMIT $2",
        )
        .bind(now.as_millis())
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at("tournaments.list")?;
        rows.into_iter().map(TournamentRow::try_from).collect()
    }

    /// The only writer holds the whole file, so that nothing more has to be locked; PostgreSQL locks the row.
    async fn lock(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError> {
        self.find(tournament_id, "tournaments.lock").await
    }

    async fn bump_board(
        &mut self,
        tournament_id: &TournamentId,
        new_players: u64,
    ) -> Result<u64, StoreError> {
        const OPERATION: &str = "tournaments.bump_board";
        let version: Option<i64> = sqlx::query_scalar(
            "UPDATE tournaments
             SET board_version = board_version + 1, players = players + $2
             WHERE tournament_id = $1
             RETURNING board_version",
        )
        .bind(tournament_id.as_str())
        .bind(stored::signed(new_players))
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let version = version.ok_or_else(|| StoreError::failed(OPERATION, "there is no such tournament"))?;
        stored::unsigned(version, "tournaments", "board_version")
    }
}
