//! Tournaments.

use async_trait::async_trait;
use domain::{
    Owner, Timestamp, Tournament, TournamentId,
    tournament::{lifecycle::State, view::ListFilter},
};
use sqlx::FromRow;
use storage::{
    StoreError, TournamentRepository, stored,
    tournament::{Audience, Glance, TournamentRow, TournamentSearch, TournamentStatus},
};

use crate::{connection::Connection, error::At};

/// A tournament with what the boards of its latest period have come to.
macro_rules! tournament_row {
    () => {
        "SELECT tournament_id, title, starts_at, ends_at, operator, ranking_order, tie_orders,
           owner, state, is_frozen, is_private, rules, asks_entries, reminded_for, revision,
           told_ends_at, told_at, thawed_at,
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
    owner: String,
    state: String,
    is_frozen: bool,
    rules: String,
    asks_entries: bool,
    reminded_for: Option<i64>,
    revision: i64,
    told_ends_at: Option<i64>,
    told_at: Option<i64>,
    thawed_at: Option<i64>,
}

impl TryFrom<Row> for TournamentRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        const TABLE: &str = "tournaments";
        let broken = |column: &'static str| StoreError::Inconsistent { table: TABLE, column };
        let title = serde_json::from_str(&row.title).map_err(|_| broken("title"))?;
        Ok(Self {
            status: TournamentStatus {
                owner: Owner::from_text(&row.owner).ok_or(broken("owner"))?,
                state: State::from_text(&row.state).ok_or(broken("state"))?,
                is_frozen: row.is_frozen,
                rules: serde_json::from_str(&row.rules).map_err(|_| broken("rules"))?,
                asks_entries: row.asks_entries,
                reminded_for: row.reminded_for.map(Timestamp::from_millis),
                revision: stored::unsigned(row.revision, TABLE, "revision")?,
                told_ends_at: row.told_ends_at.map(Timestamp::from_millis),
                told_at: row.told_at.map(Timestamp::from_millis),
                thawed_at: row.thawed_at.map(Timestamp::from_millis),
            },
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

    async fn glance(&mut self, tournament_id: &TournamentId) -> Result<Option<Glance>, StoreError> {
        const TABLE: &str = "tournaments";
        let row: Option<(String, bool, String)> = sqlx::query_as(
            "SELECT state, is_private, ranking_order FROM tournaments WHERE tournament_id = $1",
        )
        .bind(tournament_id.as_str())
        .fetch_optional(&mut *self.connection)
        .await
        .at("tournaments.glance")?;
        let Some((state, is_private, order)) = row else { return Ok(None) };
        let state =
            State::from_text(&state).ok_or(StoreError::Inconsistent { table: TABLE, column: "state" })?;
        let order = stored::order(&order, TABLE, "ranking_order")?;
        Ok(Some(Glance { audience: Audience::of(state, is_private), order }))
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

    async fn set_status(
        &mut self,
        tournament_id: &TournamentId,
        status: &TournamentStatus,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "tournaments.set_status";
        let rules = serde_json::to_string(&status.rules)
            .map_err(|error| StoreError::failed(OPERATION, error.to_string()))?;
        let result = sqlx::query(
            "UPDATE tournaments
             SET owner = $2, state = $3, is_frozen = $4, is_private = $5, rules = $6, asks_entries = $7,
               reminded_for = $8, revision = $9, told_ends_at = $10, told_at = $11, thawed_at = $12,
               updated_at = $13
             WHERE tournament_id = $1",
        )
        .bind(tournament_id.as_str())
        .bind(status.owner.as_str())
        .bind(status.state.as_str())
        .bind(status.is_frozen)
        .bind(status.rules.is_private)
        .bind(rules)
        .bind(status.asks_entries)
        .bind(status.reminded_for.map(Timestamp::as_millis))
        .bind(stored::signed(status.revision))
        .bind(status.told_ends_at.map(Timestamp::as_millis))
        .bind(status.told_at.map(Timestamp::as_millis))
        .bind(status.thawed_at.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        if result.rows_affected() == 0 {
            return Err(StoreError::failed(OPERATION, "there is no such tournament"));
        }
        Ok(())
    }

    async fn page(
        &mut self,
        filter: ListFilter,
        now: Timestamp,
        after: Option<(Timestamp, &TournamentId)>,
        limit: u32,
    ) -> Result<Vec<TournamentRow>, StoreError> {
        let statement = match filter {
            ListFilter::Live => concat!(
                tournament_row!(),
                " WHERE state NOT IN ('draft', 'canceled') AND NOT is_private
                    AND starts_at <= $1 AND ends_at > $1 AND (ends_at, tournament_id) > ($2, $3)
                  ORDER BY ends_at, tournament_id
                  LIMIT $4"
            ),
            ListFilter::Upcoming => concat!(
                tournament_row!(),
                " WHERE state NOT IN ('draft', 'canceled') AND NOT is_private
                    AND starts_at > $1 AND (starts_at, tournament_id) > ($2, $3)
                  ORDER BY starts_at, tournament_id
                  LIMIT $4"
            ),
            // From the latest end back, and of one end by id: the comparison can't be one of rows.
            ListFilter::Past => concat!(
                tournament_row!(),
                " WHERE (state = 'canceled' OR state <> 'draft' AND ends_at <= $1) AND NOT is_private
                    AND (ends_at < $2 OR ends_at = $2 AND tournament_id > $3)
                  ORDER BY ends_at DESC, tournament_id
                  LIMIT $4"
            ),
        };
        let (at, id) = match (after, filter) {
            (Some((at, id)), _) => (at.as_millis(), id.as_str()),
            (None, ListFilter::Past) => (i64::MAX, ""),
            (None, ListFilter::Live | ListFilter::Upcoming) => (i64::MIN, ""),
        };
        let rows: Vec<Row> = sqlx::query_as(statement)
            .bind(now.as_millis())
            .bind(at)
            .bind(id)
            .bind(i64::from(limit))
            .fetch_all(&mut *self.connection)
            .await
            .at("tournaments.page")?;
        rows.into_iter().map(TournamentRow::try_from).collect()
    }

    async fn list(&mut self, now: Timestamp, limit: u32) -> Result<Vec<TournamentRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT * FROM (",
            tournament_row!(),
            ") AS listed
                WHERE state <> 'draft' AND NOT is_private
                ORDER BY
                  CASE
                    WHEN state = 'canceled' THEN 2 WHEN starts_at > $1 THEN 1 WHEN ends_at > $1 THEN 0 ELSE 2
                  END,
                  CASE
                    WHEN state = 'canceled' THEN -ends_at
                    WHEN starts_at > $1 THEN starts_at WHEN ends_at > $1 THEN -players ELSE -ends_at
                  END,
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

    async fn search(
        &mut self,
        search: &TournamentSearch,
        after: Option<(Timestamp, &TournamentId)>,
        limit: u32,
    ) -> Result<Vec<TournamentRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, ""), |(at, id)| (at.as_millis(), id.as_str()));
        let rows: Vec<Row> = sqlx::query_as(concat!(
            tournament_row!(),
            " WHERE ($1 = '' OR state = $1) AND ($2 = '' OR owner = $2)
                AND ($3 = '' OR instr(lower(tournament_id), lower($3)) > 0 OR instr(lower(title), lower($3)) > 0)
                AND (starts_at < $4 OR starts_at = $4 AND tournament_id > $5)
              ORDER BY starts_at DESC, tournament_id
              LIMIT $6"
        ))
        .bind(search.state.map_or("", State::as_str))
        .bind(search.owner.map_or("", Owner::as_str))
        .bind(search.text.as_str())
        .bind(at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("tournaments.search")?;
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
