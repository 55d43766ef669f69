//! What goes on in tournaments.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId};
use sqlx::FromRow;
use storage::{
    PulseRepository, StoreError,
    pulse::{PulseMinute, PulseRow, ROWS_MAX},
    stored,
};

use crate::{connection::Connection, error::At};

const TABLE: &str = "tournament_minutes";

pub(crate) struct Pulse<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    minute: i64,
    scores: i64,
    viewers: i64,
    entries: i64,
}

impl TryFrom<Row> for PulseMinute {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            minute: Timestamp::from_millis(row.minute),
            scores: stored::unsigned(row.scores, TABLE, "scores")?,
            viewers: stored::unsigned(row.viewers, TABLE, "viewers")?,
            entries: stored::unsigned(row.entries, TABLE, "entries")?,
        })
    }
}

#[async_trait]
impl PulseRepository for Pulse<'_> {
    async fn add(&mut self, node: i64, rows: &[PulseRow]) -> Result<(), StoreError> {
        const OPERATION: &str = "pulse.add";
        stored::at_most(ROWS_MAX, rows.len(), OPERATION)?;
        for row in rows {
            sqlx::query(
                "INSERT INTO tournament_minutes (tournament_id, minute, node, scores, viewers, entries)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (tournament_id, minute, node) DO UPDATE
                 SET scores = tournament_minutes.scores + excluded.scores,
                   viewers = GREATEST(tournament_minutes.viewers, excluded.viewers),
                   entries = GREATEST(tournament_minutes.entries, excluded.entries)",
            )
            .bind(row.tournament_id.as_str())
            .bind(row.minute.as_millis())
            .bind(node)
            .bind(stored::signed(row.scores))
            .bind(stored::signed(row.viewers))
            .bind(stored::signed(row.entries))
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        }
        Ok(())
    }

    async fn since(
        &mut self,
        tournament_id: &TournamentId,
        from: Timestamp,
        limit: u32,
    ) -> Result<Vec<PulseMinute>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT minute, SUM(scores)::BIGINT AS scores, SUM(viewers)::BIGINT AS viewers, MAX(entries) AS entries
             FROM tournament_minutes
             WHERE tournament_id = $1 AND minute >= $2
             GROUP BY minute
             ORDER BY minute
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(from.as_millis())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("pulse.since")?;
        rows.into_iter().map(PulseMinute::try_from).collect()
    }

    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM tournament_minutes
             WHERE (tournament_id, minute, node) IN (
               SELECT tournament_id, minute, node
               FROM tournament_minutes
               WHERE minute < $1
               ORDER BY minute
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("pulse.remove_old")?;
        Ok(result.rows_affected())
    }
}
