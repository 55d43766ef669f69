//! Entries: who takes part.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId, UserId};
use sqlx::FromRow;
use storage::{
    EntryRepository, StoreError,
    entry::{ENTRIES_MAX, EntryOrigin, EntryRow},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "entries";

/// The columns of an entry.
macro_rules! entry_row {
    () => {
        "SELECT tournament_id, period, user_id, joined_at, origin, cohort, tier, entries, attempts_granted,
           disqualified_at, disqualified_reason
         FROM entries "
    };
}

pub(crate) struct Entries<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    tournament_id: String,
    period: i64,
    user_id: Uuid,
    joined_at: i64,
    origin: String,
    cohort: i64,
    tier: i64,
    entries: i64,
    attempts_granted: i64,
    disqualified_at: Option<i64>,
    disqualified_reason: Option<String>,
}

impl TryFrom<Row> for EntryRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            tournament_id: stored::parse(row.tournament_id, TABLE, "tournament_id")?,
            period: stored::unsigned(row.period, TABLE, "period")?,
            user_id: UserId::from_uuid(row.user_id),
            joined_at: Timestamp::from_millis(row.joined_at),
            origin: EntryOrigin::from_text(&row.origin)
                .ok_or(StoreError::Inconsistent { table: TABLE, column: "origin" })?,
            cohort: stored::unsigned(row.cohort, TABLE, "cohort")?,
            tier: stored::unsigned(row.tier, TABLE, "tier")?,
            entries: stored::unsigned(row.entries, TABLE, "entries")?,
            attempts_granted: stored::unsigned(row.attempts_granted, TABLE, "attempts_granted")?,
            disqualified: row.disqualified_at.map(Timestamp::from_millis).zip(row.disqualified_reason),
        })
    }
}

#[async_trait]
impl EntryRepository for Entries<'_> {
    async fn add_many(&mut self, entries: &[EntryRow]) -> Result<Vec<UserId>, StoreError> {
        const OPERATION: &str = "entries.add_many";
        stored::at_most(ENTRIES_MAX, entries.len(), OPERATION)?;
        let new: Vec<Uuid> = sqlx::query_scalar(
            "INSERT INTO entries
               (tournament_id, period, user_id, joined_at, origin, cohort, tier, entries, attempts_granted,
                disqualified_at, disqualified_reason)
             SELECT *
             FROM UNNEST($1::text[], $2::bigint[], $3::uuid[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[],
               $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])
               AS new (tournament_id, period, user_id, joined_at, origin, cohort, tier, entries, attempts_granted,
                 disqualified_at, disqualified_reason)
             ORDER BY new.tournament_id COLLATE \"C\", new.period, new.user_id
             ON CONFLICT (tournament_id, period, user_id) DO UPDATE
             SET joined_at = excluded.joined_at,
               origin = excluded.origin,
               cohort = excluded.cohort,
               tier = excluded.tier,
               entries = excluded.entries
             WHERE entries.entries = 0 AND excluded.entries > 0
             RETURNING user_id",
        )
        .bind(column(entries, |entry| entry.tournament_id.as_str()))
        .bind(column(entries, |entry| i64::from(entry.period)))
        .bind(column(entries, |entry| entry.user_id.as_uuid()))
        .bind(column(entries, |entry| entry.joined_at.as_millis()))
        .bind(column(entries, |entry| entry.origin.as_str()))
        .bind(column(entries, |entry| i64::from(entry.cohort)))
        .bind(column(entries, |entry| i64::from(entry.tier)))
        .bind(column(entries, |entry| i64::from(entry.entries)))
        .bind(column(entries, |entry| i64::from(entry.attempts_granted)))
        .bind(column(entries, |entry| entry.disqualified.as_ref().map(|(at, _)| at.as_millis())))
        .bind(column(entries, |entry| entry.disqualified.as_ref().map(|(_, reason)| reason.as_str())))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(new.into_iter().map(UserId::from_uuid).collect())
    }

    async fn of_users(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        users: &[UserId],
    ) -> Result<Vec<EntryRow>, StoreError> {
        const OPERATION: &str = "entries.of_users";
        stored::at_most(ENTRIES_MAX, users.len(), OPERATION)?;
        let rows: Vec<Row> = sqlx::query_as(concat!(
            entry_row!(),
            "WHERE tournament_id = $1 AND period = $2 AND user_id = ANY($3)
             ORDER BY user_id
             LIMIT 1000"
        ))
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(column(users, |id| id.as_uuid()))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(EntryRow::try_from).collect()
    }

    async fn latest(
        &mut self,
        tournament_id: &TournamentId,
        user_id: UserId,
        before: Option<u32>,
    ) -> Result<Option<EntryRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(concat!(
            entry_row!(),
            "WHERE user_id = $1 AND tournament_id = $2 AND period < $3
             ORDER BY period DESC
             LIMIT 1"
        ))
        .bind(user_id.as_uuid())
        .bind(tournament_id.as_str())
        .bind(before.map_or(i64::MAX, i64::from))
        .fetch_optional(&mut *self.connection)
        .await
        .at("entries.latest")?;
        row.map(EntryRow::try_from).transpose()
    }

    async fn of_user(
        &mut self,
        user_id: UserId,
        after: Option<(&TournamentId, u32)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let (tournament_id, period) = after.map_or(("", 0), |(id, period)| (id.as_str(), period));
        let rows: Vec<Row> = sqlx::query_as(concat!(
            entry_row!(),
            "WHERE user_id = $1 AND (tournament_id, period) > ($2, $3)
             ORDER BY tournament_id, period
             LIMIT $4"
        ))
        .bind(user_id.as_uuid())
        .bind(tournament_id)
        .bind(i64::from(period))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("entries.of_user")?;
        rows.into_iter().map(EntryRow::try_from).collect()
    }

    async fn enter_again(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
        entries_max: u32,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE entries
             SET entries = entries + 1
             WHERE tournament_id = $1 AND period = $2 AND user_id = $3 AND entries > 0 AND entries < $4",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(user_id.as_uuid())
        .bind(i64::from(entries_max))
        .execute(&mut *self.connection)
        .await
        .at("entries.enter_again")?;
        Ok(result.rows_affected() == 1)
    }

    async fn grant_attempts(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
        attempts: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO entries
               (tournament_id, period, user_id, joined_at, origin, cohort, tier, entries, attempts_granted)
             VALUES ($1, $2, $3, $4, 'platform', 0, 0, 0, $5)
             ON CONFLICT (tournament_id, period, user_id) DO UPDATE
             SET attempts_granted = entries.attempts_granted + excluded.attempts_granted",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .bind(i64::from(attempts))
        .execute(&mut *self.connection)
        .await
        .at("entries.grant_attempts")?;
        Ok(())
    }

    async fn disqualify(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
        now: Timestamp,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "INSERT INTO entries
               (tournament_id, period, user_id, joined_at, origin, cohort, tier, entries, disqualified_at,
                disqualified_reason)
             VALUES ($1, $2, $3, $4, 'platform', 0, 0, 0, $4, $5)
             ON CONFLICT (tournament_id, period, user_id) DO UPDATE
             SET disqualified_at = excluded.disqualified_at, disqualified_reason = excluded.disqualified_reason
             WHERE entries.disqualified_at IS NULL",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at("entries.disqualify")?;
        Ok(result.rows_affected() == 1)
    }

    async fn disqualified(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            entry_row!(),
            "WHERE tournament_id = $1 AND period = $2 AND disqualified_at IS NOT NULL
             ORDER BY disqualified_at DESC, user_id
             LIMIT $3"
        ))
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("entries.disqualified")?;
        rows.into_iter().map(EntryRow::try_from).collect()
    }

    async fn reinstate(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE entries
             SET disqualified_at = NULL, disqualified_reason = NULL
             WHERE tournament_id = $1 AND period = $2 AND user_id = $3 AND disqualified_at IS NOT NULL",
        )
        .bind(tournament_id.as_str())
        .bind(i64::from(period))
        .bind(user_id.as_uuid())
        .execute(&mut *self.connection)
        .await
        .at("entries.reinstate")?;
        Ok(result.rows_affected() == 1)
    }
}
