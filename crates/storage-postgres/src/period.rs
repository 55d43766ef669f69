//! Periods of tournaments.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId};
use sqlx::FromRow;
use storage::{
    PeriodRepository, StoreError,
    period::{PeriodBoard, PeriodRow, PeriodState},
    stored,
};

use crate::{connection::Connection, error::At};

const TABLE: &str = "periods";

/// The columns of a period.
macro_rules! period_row {
    () => {
        "SELECT tournament_id, period, starts_at, ends_at, state, entries, cohorts FROM periods "
    };
}

pub(crate) struct Periods<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    tournament_id: String,
    period: i64,
    starts_at: i64,
    ends_at: i64,
    state: String,
    entries: i64,
    cohorts: i64,
}

impl TryFrom<Row> for PeriodRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            tournament_id: stored::parse(row.tournament_id, TABLE, "tournament_id")?,
            period: stored::unsigned(row.period, TABLE, "period")?,
            starts_at: Timestamp::from_millis(row.starts_at),
            ends_at: Timestamp::from_millis(row.ends_at),
            state: PeriodState::from_text(&row.state)
                .ok_or(StoreError::Inconsistent { table: TABLE, column: "state" })?,
            entries: stored::unsigned(row.entries, TABLE, "entries")?,
            cohorts: stored::unsigned(row.cohorts, TABLE, "cohorts")?,
        })
    }
}

#[async_trait]
impl PeriodRepository for Periods<'_> {
    async fn put(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        (starts_at, ends_at): (Timestamp, Timestamp),
        state: PeriodState,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "periods.put";
        sqlx::query(
            "INSERT INTO periods (tournament_id, period, starts_at, ends_at, state)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tournament_id, period) DO UPDATE
             SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, state = excluded.state",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(starts_at.as_millis())
        .bind(ends_at.as_millis())
        .bind(state.as_str())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        sqlx::query(
            "UPDATE boards
             SET starts_at = $3, ends_at = $4
             WHERE tournament_id = $1 AND period = $2 AND (starts_at <> $3 OR ends_at <> $4)",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(starts_at.as_millis())
        .bind(ends_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn by_number(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
    ) -> Result<Option<PeriodRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!(period_row!(), "WHERE tournament_id = $1 AND period = $2"))
                .bind(tournament_id.as_str())
                .bind(i64::from(period))
                .fetch_optional(&mut *self.connection)
                .await
                .at("periods.by_number")?;
        row.map(PeriodRow::try_from).transpose()
    }

    async fn latest(&mut self, tournament_id: &TournamentId) -> Result<Option<PeriodRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!(period_row!(), "WHERE tournament_id = $1 ORDER BY period DESC LIMIT 1"))
                .bind(tournament_id.as_str())
                .fetch_optional(&mut *self.connection)
                .await
                .at("periods.latest")?;
        row.map(PeriodRow::try_from).transpose()
    }

    async fn at(
        &mut self,
        tournament_id: &TournamentId,
        moment: Timestamp,
    ) -> Result<Option<PeriodRow>, StoreError> {
        // From the latest one back: what scores ask for stands at the end.
        let row: Option<Row> = sqlx::query_as(concat!(
            period_row!(),
            "WHERE tournament_id = $1 AND starts_at <= $2 AND ends_at > $2
             ORDER BY period DESC
             LIMIT 1"
        ))
        .bind(tournament_id.as_str())
        .bind(moment.as_millis())
        .fetch_optional(&mut *self.connection)
        .await
        .at("periods.at")?;
        row.map(PeriodRow::try_from).transpose()
    }

    async fn current(
        &mut self,
        tournament_id: &TournamentId,
        moment: Timestamp,
    ) -> Result<Option<PeriodRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(concat!(
            period_row!(),
            "WHERE tournament_id = $1 AND (starts_at <= $2 OR period = 0)
             ORDER BY period DESC
             LIMIT 1"
        ))
        .bind(tournament_id.as_str())
        .bind(moment.as_millis())
        .fetch_optional(&mut *self.connection)
        .await
        .at("periods.current")?;
        row.map(PeriodRow::try_from).transpose()
    }

    async fn oldest_open(&mut self, tournament_id: &TournamentId) -> Result<Option<PeriodRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(concat!(
            period_row!(),
            "WHERE tournament_id = $1 AND state = 'open' ORDER BY period LIMIT 1"
        ))
        .bind(tournament_id.as_str())
        .fetch_optional(&mut *self.connection)
        .await
        .at("periods.oldest_open")?;
        row.map(PeriodRow::try_from).transpose()
    }

    async fn list(
        &mut self,
        tournament_id: &TournamentId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<PeriodRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            period_row!(),
            "WHERE tournament_id = $1 AND period < $2 ORDER BY period DESC LIMIT $3"
        ))
        .bind(tournament_id.as_str())
        .bind(before.map_or(i64::MAX, i64::from))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("periods.list")?;
        rows.into_iter().map(PeriodRow::try_from).collect()
    }

    async fn count_in(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        players: u32,
        size_max: Option<u32>,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE periods
             SET entries = entries + $3
             WHERE tournament_id = $1 AND period = $2 AND entries + $3 <= $4",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(i64::from(players))
        .bind(size_max.map_or(i64::MAX, i64::from))
        .execute(&mut *self.connection)
        .await
        .at("periods.count_in")?;
        Ok(result.rows_affected() == 1)
    }

    async fn take_cohort(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        tier: u32,
        size: u32,
    ) -> Result<(u32, bool), StoreError> {
        const OPERATION: &str = "periods.take_cohort";
        let place: Option<i64> = sqlx::query_scalar(
            "UPDATE cohort_fill
             SET members = members + 1
             WHERE tournament_id = $1 AND period = $2 AND tier = $3 AND members < $4
             RETURNING cohort",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(i64::from(tier))
        .bind(i64::from(size))
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        if let Some(cohort) = place {
            return Ok((stored::unsigned(cohort, "cohort_fill", "cohort")?, false));
        }
        let cohort: i64 = sqlx::query_scalar(
            "UPDATE periods
             SET cohorts = cohorts + 1
             WHERE tournament_id = $1 AND period = $2
             RETURNING cohorts",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .fetch_one(&mut *self.connection)
        .await
        .at(OPERATION)?;
        sqlx::query(
            "INSERT INTO cohort_fill (tournament_id, period, tier, cohort, members)
             VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (tournament_id, period, tier) DO UPDATE
             SET cohort = excluded.cohort, members = 1",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(i64::from(tier))
        .bind(cohort)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok((stored::unsigned(cohort, TABLE, "cohorts")?, true))
    }

    async fn boards(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<PeriodBoard>, StoreError> {
        let rows: Vec<(String, i64, String, i64, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT board_id, tier, state, players, result_hash
             FROM boards
             WHERE tournament_id = $1 AND period = $2 AND cohort > $3
             ORDER BY cohort
             LIMIT $4",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(after.map_or(-1, i64::from))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("periods.boards")?;
        rows.into_iter()
            .map(|(board_id, tier, state, players, hash)| {
                Ok(PeriodBoard {
                    board_id: stored::parse(board_id, "boards", "board_id")?,
                    tier: stored::unsigned(tier, "boards", "tier")?,
                    is_final: state == "final",
                    players: stored::unsigned(players, "boards", "players")?,
                    result_hash: hash
                        .map(|hash| stored::token_hash(hash, "boards", "result_hash"))
                        .transpose()?,
                })
            })
            .collect()
    }

    async fn boards_left(&mut self, tournament_id: &TournamentId, period: u32) -> Result<u64, StoreError> {
        let left: i64 = sqlx::query_scalar(
            "SELECT COUNT(*)
             FROM boards
             WHERE tournament_id = $1 AND period = $2 AND state <> 'final'",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .fetch_one(&mut *self.connection)
        .await
        .at("periods.boards_left")?;
        stored::unsigned(left, "boards", "state")
    }

    async fn not_final(&mut self, tournament_id: &TournamentId) -> Result<Vec<PeriodRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            period_row!(),
            "WHERE tournament_id = $1 AND state <> 'final' ORDER BY period LIMIT 1000"
        ))
        .bind(tournament_id.as_str())
        .fetch_all(&mut *self.connection)
        .await
        .at("periods.not_final")?;
        rows.into_iter().map(PeriodRow::try_from).collect()
    }

    async fn unfinished(&mut self, tournament_id: &TournamentId) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*)
             FROM periods
             WHERE tournament_id = $1 AND state <> 'final'",
        )
        .bind(tournament_id.as_str())
        .fetch_one(&mut *self.connection)
        .await
        .at("periods.unfinished")?;
        stored::unsigned(count, TABLE, "state")
    }
}
