//! Tournaments.

use async_trait::async_trait;
use domain::{Timestamp, Tournament, TournamentId};
use sqlx::FromRow;
use storage::{StoreError, TournamentRepository, stored, tournament::TournamentRow};

use crate::{connection::Connection, error::At};

/// A tournament with what the boards of its latest period have come to.
macro_rules! tournament_row {
    () => {
        "SELECT tournament_id, title, starts_at, ends_at, operator, ranking_order, tie_orders,
           COALESCE((
             SELECT SUM(boards.players)
             FROM boards
             WHERE boards.tournament_id = tournaments.tournament_id
               AND boards.period = (
                 SELECT MAX(latest.period) FROM boards AS latest
                 WHERE latest.tournament_id = tournaments.tournament_id
               )
           ), 0) AS players,
           EXISTS (
             SELECT 1 FROM boards
             WHERE boards.tournament_id = tournaments.tournament_id AND boards.version > 0
           ) AS has_scores
         FROM tournaments"
    };
}

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
    tie_orders: String,
    players: i64,
    has_scores: bool,
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
                ties: stored::tie_orders(&row.tie_orders, TABLE, "tie_orders")?,
            },
            players: stored::unsigned(row.players, "boards", "players")?,
            has_scores: row.has_scores,
        })
    }
}

impl Tournaments<'_> {
    async fn find(
        &mut self,
        tournament_id: &TournamentId,
        operation: &'static str,
    ) -> Result<Option<TournamentRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(concat!(tournament_row!(), " WHERE tournament_id = $1"))
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
               (tournament_id, title, starts_at, ends_at, operator, ranking_order, tie_orders, created_at,
                updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
             ON CONFLICT (tournament_id) DO UPDATE
             SET title = excluded.title,
               starts_at = excluded.starts_at,
               ends_at = excluded.ends_at,
               operator = excluded.operator,
               ranking_order = excluded.ranking_order,
               tie_orders = excluded.tie_orders,
               updated_at = excluded.updated_at",
        )
        .bind(tournament.tournament_id.as_str())
        .bind(title)
        .bind(tournament.starts_at.as_millis())
        .bind(tournament.ends_at.as_millis())
        .bind(stored::operator_label(tournament.operator))
        .bind(stored::order_label(tournament.order))
        .bind(stored::tie_orders_label(tournament.ties))
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
        let rows: Vec<Row> = sqlx::query_as(concat!(
            tournament_row!(),
            " WHERE tournament_id IN (SELECT value FROM json_each($1))
                  ORDER BY tournament_id
                  LIMIT 1000"
        ))
        .bind(listed.to_string())
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(TournamentRow::try_from).collect()
    }

    async fn list(&mut self, now: Timestamp, limit: u32) -> Result<Vec<TournamentRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT * FROM (",
            tournament_row!(),
            ") AS listed
                ORDER BY
                  CASE WHEN starts_at > $1 THEN 1 WHEN ends_at > $1 THEN 0 ELSE 2 END,
                  CASE WHEN starts_at > $1 THEN starts_at WHEN ends_at > $1 THEN -players ELSE -ends_at END,
                  tournament_id
                LIMIT $2"
        ))
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

    /// The only writer holds the whole file; PostgreSQL locks the rows against changes.
    async fn hold(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError> {
        self.by_ids(ids).await
    }
}
