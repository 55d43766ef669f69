//! Events on their way out to the platform.

use async_trait::async_trait;
use domain::{OutgoingEventId, Timestamp};
use sqlx::FromRow;
use storage::{
    OutgoingEventRepository, StoreError,
    outgoing_event::{ClaimedOutgoingEvent, Ending, NewOutgoingEvent, OutgoingEventBacklog},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

const TABLE: &str = "outgoing_events";

pub(crate) struct OutgoingEvents<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct ClaimedRow {
    event_id: Uuid,
    kind: String,
    subject: String,
    data: String,
    created_at: i64,
    attempt: i64,
}

impl ClaimedRow {
    fn into_event(self, lease: Uuid) -> Result<ClaimedOutgoingEvent, StoreError> {
        Ok(ClaimedOutgoingEvent {
            event: NewOutgoingEvent {
                event_id: OutgoingEventId::from_uuid(self.event_id),
                kind: self.kind,
                subject: self.subject,
                data: self.data,
                created_at: Timestamp::from_millis(self.created_at),
            },
            attempt: stored::unsigned(self.attempt, TABLE, "attempt")?,
            lease,
        })
    }
}

/// What is open or was given up. Each figure comes from a partial index; none reads the events that were sent.
pub(crate) const BACKLOG: &str = "SELECT
  (SELECT COUNT(*) FROM outgoing_events WHERE finished_at IS NULL AND lease IS NULL),
  (SELECT COUNT(*) FROM outgoing_events WHERE finished_at IS NULL AND lease IS NOT NULL),
  (SELECT COUNT(*) FROM outgoing_events WHERE finished_at IS NOT NULL AND outcome = 'dead'),
  (SELECT MIN(created_at) FROM outgoing_events WHERE finished_at IS NULL)";

#[async_trait]
impl OutgoingEventRepository for OutgoingEvents<'_> {
    async fn add(&mut self, event: &NewOutgoingEvent) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO outgoing_events (event_id, kind, subject, data, created_at, due_at, attempt)
             VALUES ($1, $2, $3, $4, $5, $5, 0)",
        )
        .bind(event.event_id.as_uuid())
        .bind(&event.kind)
        .bind(&event.subject)
        .bind(&event.data)
        .bind(event.created_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("outgoing_events.add")?;
        Ok(())
    }

    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedOutgoingEvent>, StoreError> {
        const OPERATION: &str = "outgoing_events.claim";
        let mut rows: Vec<ClaimedRow> = sqlx::query_as(
            "UPDATE outgoing_events
             SET attempt = attempt + 1, lease = $2, due_at = $3
             WHERE event_id IN (
               SELECT event_id
               FROM outgoing_events AS candidate
               WHERE finished_at IS NULL AND due_at <= $1
                 AND NOT EXISTS (
                   SELECT 1
                   FROM outgoing_events AS older
                   WHERE older.subject = candidate.subject
                     AND older.finished_at IS NULL
                     AND older.event_id < candidate.event_id
                 )
               ORDER BY due_at, event_id
               LIMIT $4
             )
               AND finished_at IS NULL AND due_at <= $1
             RETURNING event_id, kind, subject, data, created_at, attempt",
        )
        .bind(now.as_millis())
        .bind(lease)
        .bind(lease_until.as_millis())
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.sort_by_key(|row| row.event_id);
        rows.into_iter().map(|row| row.into_event(lease)).collect()
    }

    async fn finish(
        &mut self,
        event: &ClaimedOutgoingEvent,
        ending: Ending,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE outgoing_events
             SET outcome = $3, finished_at = $4, lease = NULL
             WHERE event_id = $1 AND lease = $2",
        )
        .bind(event.event.event_id.as_uuid())
        .bind(event.lease)
        .bind(ending.label())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("outgoing_events.finish")?;
        Ok(result.rows_affected() == 1)
    }

    async fn retry(&mut self, event: &ClaimedOutgoingEvent, due_at: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE outgoing_events
             SET due_at = $3, lease = NULL
             WHERE event_id = $1 AND lease = $2",
        )
        .bind(event.event.event_id.as_uuid())
        .bind(event.lease)
        .bind(due_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("outgoing_events.retry")?;
        Ok(result.rows_affected() == 1)
    }

    async fn replay_dead(&mut self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "UPDATE outgoing_events
             SET outcome = NULL, finished_at = NULL, attempt = 0, due_at = $1
             WHERE event_id IN (
               SELECT event_id
               FROM outgoing_events
               WHERE finished_at IS NOT NULL AND outcome = 'dead'
               ORDER BY event_id
               LIMIT $2
             )",
        )
        .bind(now.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("outgoing_events.replay_dead")?;
        Ok(result.rows_affected())
    }

    async fn backlog(&mut self) -> Result<OutgoingEventBacklog, StoreError> {
        let (waiting, sending, dead, oldest_open_at): (i64, i64, i64, Option<i64>) =
            sqlx::query_as(BACKLOG).fetch_one(&mut *self.connection).await.at("outgoing_events.backlog")?;
        let count = |number| stored::unsigned(number, TABLE, "outcome");
        Ok(OutgoingEventBacklog {
            waiting: count(waiting)?,
            sending: count(sending)?,
            dead: count(dead)?,
            oldest_open_at: oldest_open_at.map(Timestamp::from_millis),
        })
    }

    async fn remove_ended(
        &mut self,
        ending: Ending,
        before: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM outgoing_events
             WHERE event_id IN (
               SELECT event_id
               FROM outgoing_events
               WHERE finished_at IS NOT NULL AND outcome = $1 AND finished_at < $2
               ORDER BY finished_at, event_id
               LIMIT $3
             )",
        )
        .bind(ending.label())
        .bind(before.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("outgoing_events.remove_ended")?;
        Ok(result.rows_affected())
    }
}
