//! Messages on their way out.
//!
//! Unlike on SQLite, several senders may claim at once: claims wait for each other on an advisory lock, which makes the
//! next one see all that the last one took.

use async_trait::async_trait;
use domain::{BotId, ChatId, OutgoingId, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    OutboxRepository, StoreError,
    outbox::{ClaimedOutgoing, NewOutgoing, OutboxBacklog, OutboxStats, Outcome, OutgoingClass},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "outgoing_messages";

/// The advisory lock under which messages are claimed; any number that no other lock has.
const CLAIM_LOCK: i64 = 0x07b0;

pub(crate) struct Outbox<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct ClaimedRow {
    outgoing_id: Uuid,
    bot_id: i64,
    chat_id: i64,
    user_id: Option<Uuid>,
    repeatable: bool,
    method: String,
    payload: String,
    created_at: i64,
    run_at: i64,
    attempt: i32,
}

impl ClaimedRow {
    fn into_outgoing(self, class: OutgoingClass, lease: Uuid) -> Result<ClaimedOutgoing, StoreError> {
        Ok(ClaimedOutgoing {
            outgoing_id: OutgoingId::from_uuid(self.outgoing_id),
            bot_id: BotId(self.bot_id),
            chat_id: ChatId(self.chat_id),
            user_id: self.user_id.map(UserId::from_uuid),
            class,
            repeatable: self.repeatable,
            method: self.method,
            payload: self.payload,
            created_at: Timestamp::from_millis(self.created_at),
            attempt: stored::unsigned(self.attempt.into(), TABLE, "attempt")?,
            lease,
        })
    }
}

/// What is open or ended badly. Each figure comes from a partial index; none reads the rows that were sent.
pub(crate) const BACKLOG: &str = "SELECT
  (SELECT COUNT(*) FROM outgoing_messages WHERE state = 'waiting'),
  (SELECT COUNT(*) FROM outgoing_messages WHERE state = 'sending'),
  (SELECT COUNT(*) FROM outgoing_messages WHERE state IN ('failed', 'ambiguous') AND state = 'failed'),
  (SELECT COUNT(*) FROM outgoing_messages WHERE state IN ('failed', 'ambiguous') AND state = 'ambiguous'),
  (SELECT MIN(run_at) FROM outgoing_messages WHERE state = 'waiting')";

#[async_trait]
impl OutboxRepository for Outbox<'_> {
    async fn add_many(&mut self, rows: &[NewOutgoing]) -> Result<(), StoreError> {
        const OPERATION: &str = "outbox.add_many";
        sqlx::query(
            "INSERT INTO outgoing_messages
               (outgoing_id, bot_id, chat_id, class, repeatable, method, payload,
                cause_update_id, cause_ordinal, run_at, created_at, user_id, state, attempt)
             SELECT outgoing_id, bot_id, chat_id, class, repeatable, method, payload, cause_update_id, cause_ordinal,
               run_at, created_at, user_id, 'waiting', 0
             FROM UNNEST($1::UUID[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BOOLEAN[], $6::TEXT[], $7::TEXT[],
                 $8::BIGINT[], $9::INTEGER[], $10::BIGINT[], $11::BIGINT[], $12::UUID[])
               AS fresh (outgoing_id, bot_id, chat_id, class, repeatable, method, payload, cause_update_id,
                 cause_ordinal, run_at, created_at, user_id)
             ORDER BY bot_id, cause_update_id, cause_ordinal, outgoing_id
             ON CONFLICT (bot_id, cause_update_id, cause_ordinal) WHERE cause_update_id IS NOT NULL DO NOTHING",
        )
        .bind(column(rows, |row| row.outgoing_id.as_uuid()))
        .bind(column(rows, |row| row.bot_id.0))
        .bind(column(rows, |row| row.chat_id.0))
        .bind(column(rows, |row| row.class.priority()))
        .bind(column(rows, |row| row.repeatable))
        .bind(column(rows, |row| row.method.as_str()))
        .bind(column(rows, |row| row.payload.as_str()))
        .bind(column(rows, |row| row.cause.map(|cause| cause.update_id.0)))
        .bind(column(rows, |row| row.cause.map(|cause| cause.ordinal)))
        .bind(column(rows, |row| row.run_at.as_millis()))
        .bind(column(rows, |row| row.created_at.as_millis()))
        .bind(column(rows, |row| row.user_id.map(UserId::as_uuid)))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn claim(
        &mut self,
        bot_id: BotId,
        class: OutgoingClass,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedOutgoing>, StoreError> {
        const OPERATION: &str = "outbox.claim";
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(CLAIM_LOCK)
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        let mut rows: Vec<ClaimedRow> = sqlx::query_as(
            "WITH due AS (
               SELECT outgoing_id
               FROM outgoing_messages AS candidate
               WHERE state = 'waiting' AND bot_id = $6 AND class = $1 AND run_at <= $2
                 AND NOT EXISTS (
                   SELECT 1
                   FROM outgoing_messages AS held
                   WHERE held.bot_id = candidate.bot_id AND held.chat_id = candidate.chat_id
                     AND held.state = 'sending'
                 )
                 AND NOT EXISTS (
                   SELECT 1
                   FROM outgoing_messages AS older
                   WHERE older.bot_id = candidate.bot_id AND older.chat_id = candidate.chat_id
                     AND older.finished_at IS NULL
                     AND older.outgoing_id < candidate.outgoing_id
                     AND older.class <= candidate.class
                 )
               ORDER BY run_at, outgoing_id
               LIMIT $5
               FOR UPDATE SKIP LOCKED
             )
             UPDATE outgoing_messages
             SET state = 'sending', attempt = attempt + 1, lease = $3, lease_until = $4
             WHERE outgoing_id IN (SELECT outgoing_id FROM due)
             RETURNING outgoing_id, bot_id, chat_id, user_id, repeatable, method, payload, created_at, run_at,
               attempt",
        )
        .bind(class.priority())
        .bind(now.as_millis())
        .bind(lease)
        .bind(lease_until.as_millis())
        .bind(i64::from(limit))
        .bind(bot_id.0)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.sort_by_key(|row| (row.run_at, row.outgoing_id));
        rows.into_iter().map(|row| row.into_outgoing(class, lease)).collect()
    }

    async fn finish(
        &mut self,
        row: &ClaimedOutgoing,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let message_id = match outcome {
            Outcome::Sent { message_id } => message_id,
            Outcome::Blocked | Outcome::Failed | Outcome::Ambiguous => None,
        };
        let result = sqlx::query(
            "UPDATE outgoing_messages
             SET state = $3, message_id = $4, finished_at = $5, lease = NULL, lease_until = NULL
             WHERE outgoing_id = $1 AND state = 'sending' AND lease = $2",
        )
        .bind(row.outgoing_id.as_uuid())
        .bind(row.lease)
        .bind(outcome.label())
        .bind(message_id)
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("outbox.finish")?;
        Ok(result.rows_affected() == 1)
    }

    async fn retry(
        &mut self,
        row: &ClaimedOutgoing,
        run_at: Timestamp,
        flood: bool,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "outbox.retry";
        let result = sqlx::query(
            "UPDATE outgoing_messages
             SET state = 'waiting', attempt = attempt - $4, run_at = $3, lease = NULL, lease_until = NULL
             WHERE outgoing_id = $1 AND state = 'sending' AND lease = $2",
        )
        .bind(row.outgoing_id.as_uuid())
        .bind(row.lease)
        .bind(run_at.as_millis())
        .bind(i32::from(flood))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let is_ours = result.rows_affected() == 1;
        if is_ours && flood {
            sqlx::query(
                "INSERT INTO counters (name, value)
                 VALUES ('flood_waits', 1)
                 ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
            )
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        }
        Ok(is_ours)
    }

    async fn give_back(&mut self, row: &ClaimedOutgoing, run_at: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE outgoing_messages
             SET state = 'waiting', attempt = attempt - 1, run_at = $3, lease = NULL, lease_until = NULL
             WHERE outgoing_id = $1 AND state = 'sending' AND lease = $2",
        )
        .bind(row.outgoing_id.as_uuid())
        .bind(row.lease)
        .bind(run_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("outbox.give_back")?;
        Ok(result.rows_affected() == 1)
    }

    async fn end_expired(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let became: Vec<String> = sqlx::query_scalar(
            "WITH expired AS (
               SELECT outgoing_id
               FROM outgoing_messages
               WHERE state = 'sending' AND lease_until <= $1
               ORDER BY outgoing_id
               FOR UPDATE SKIP LOCKED
             )
             UPDATE outgoing_messages
             SET state = CASE WHEN repeatable THEN 'waiting' ELSE 'ambiguous' END,
               finished_at = CASE WHEN repeatable THEN NULL ELSE $1 END,
               run_at = CASE WHEN repeatable THEN $1 ELSE run_at END,
               lease = NULL,
               lease_until = NULL
             WHERE outgoing_id IN (SELECT outgoing_id FROM expired)
             RETURNING state",
        )
        .bind(now.as_millis())
        .fetch_all(&mut *self.connection)
        .await
        .at("outbox.end_expired")?;
        Ok(became.iter().filter(|state| *state == "ambiguous").count() as u64)
    }

    async fn backlog(&mut self) -> Result<OutboxBacklog, StoreError> {
        let (waiting, sending, failed, ambiguous, oldest_due_at): (i64, i64, i64, i64, Option<i64>) =
            sqlx::query_as(BACKLOG).fetch_one(&mut *self.connection).await.at("outbox.backlog")?;
        let count = |number| stored::unsigned(number, TABLE, "state");
        Ok(OutboxBacklog {
            waiting: count(waiting)?,
            sending: count(sending)?,
            failed: count(failed)?,
            ambiguous: count(ambiguous)?,
            oldest_due_at: oldest_due_at.map(Timestamp::from_millis),
        })
    }

    async fn stats(&mut self) -> Result<OutboxStats, StoreError> {
        let OutboxBacklog { waiting, sending, failed, ambiguous, oldest_due_at } = self.backlog().await?;
        let (sent, blocked, flood_waits): (i64, i64, i64) = sqlx::query_as(
            "SELECT
               COUNT(*) FILTER (WHERE state = 'sent'),
               COUNT(*) FILTER (WHERE state = 'blocked'),
               COALESCE((SELECT value FROM counters WHERE name = 'flood_waits'), 0)
             FROM outgoing_messages
             WHERE finished_at IS NOT NULL",
        )
        .fetch_one(&mut *self.connection)
        .await
        .at("outbox.stats")?;
        Ok(OutboxStats {
            waiting,
            sending,
            sent: stored::unsigned(sent, TABLE, "state")?,
            blocked: stored::unsigned(blocked, TABLE, "state")?,
            failed,
            ambiguous,
            flood_waits: stored::unsigned(flood_waits, "counters", "value")?,
            oldest_due_at,
        })
    }

    async fn cancel_waiting(&mut self, user_id: UserId) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM outgoing_messages
             WHERE user_id = $1 AND finished_at IS NULL AND state = 'waiting'",
        )
        .bind(user_id.as_uuid())
        .execute(&mut *self.connection)
        .await
        .at("outbox.cancel_waiting")?;
        Ok(result.rows_affected())
    }

    async fn remove_ended(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH ended AS (
               SELECT outgoing_id
               FROM outgoing_messages
               WHERE finished_at IS NOT NULL AND finished_at < $1
               ORDER BY finished_at, outgoing_id
               LIMIT $2
               FOR UPDATE SKIP LOCKED
             )
             DELETE FROM outgoing_messages
             WHERE outgoing_id IN (SELECT outgoing_id FROM ended)",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("outbox.remove_ended")?;
        Ok(result.rows_affected())
    }
}
