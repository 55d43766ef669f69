//! Messages on their way out.

use async_trait::async_trait;
use domain::{BotId, ChatId, OutgoingId, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    OutboxRepository, StoreError,
    outbox::{ClaimedOutgoing, NewOutgoing, OutboxBacklog, OutboxStats, Outcome, OutgoingClass},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

const TABLE: &str = "outgoing_messages";

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
    attempt: i64,
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
            attempt: stored::unsigned(self.attempt, TABLE, "attempt")?,
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
        let rows = list::rows(rows, OPERATION, |row| {
            (
                list::hex(row.outgoing_id.as_uuid()),
                row.bot_id.0,
                row.chat_id.0,
                row.class.priority(),
                i64::from(row.repeatable),
                row.method.as_str(),
                row.payload.as_str(),
                row.cause.map(|cause| cause.update_id.0),
                row.cause.map(|cause| cause.ordinal),
                row.run_at.as_millis(),
                row.created_at.as_millis(),
                row.user_id.map(|id| list::hex(id.as_uuid())),
            )
        })?;
        sqlx::query(
            "INSERT INTO outgoing_messages
               (outgoing_id, bot_id, chat_id, class, repeatable, method, payload,
                cause_update_id, cause_ordinal, run_at, created_at, user_id, state, attempt)
             SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
               value ->> 7, value ->> 8, value ->> 9, value ->> 10,
               unhex(value ->> 11), 'waiting', 0
             FROM json_each($1)
             WHERE true
             ON CONFLICT (bot_id, cause_update_id, cause_ordinal) WHERE cause_update_id IS NOT NULL DO NOTHING",
        )
        .bind(rows)
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
        let mut rows: Vec<ClaimedRow> = sqlx::query_as(
            "UPDATE outgoing_messages
             SET state = 'sending', attempt = attempt + 1, lease = $3, lease_until = $4
             WHERE outgoing_id IN (
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
             )
             RETURNING outgoing_id, bot_id, chat_id, user_id, repeatable, method, payload, created_at, run_at,
               attempt",
        )
        .bind(class.priority())
        .bind(now.as_millis())
        .bind(lease)
        .bind(lease_until.as_millis())
        .bind(limit)
        .bind(bot_id.0)
        .fetch_all(&mut *self.connection)
        .await
        .at("outbox.claim")?;
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
            "UPDATE outgoing_messages
             SET state = CASE WHEN repeatable THEN 'waiting' ELSE 'ambiguous' END,
               finished_at = CASE WHEN repeatable THEN NULL ELSE $1 END,
               run_at = CASE WHEN repeatable THEN $1 ELSE run_at END,
               lease = NULL,
               lease_until = NULL
             WHERE state = 'sending' AND lease_until <= $1
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
            "DELETE FROM outgoing_messages
             WHERE outgoing_id IN (
               SELECT outgoing_id
               FROM outgoing_messages
               WHERE finished_at IS NOT NULL AND finished_at < $1
               ORDER BY finished_at, outgoing_id
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("outbox.remove_ended")?;
        Ok(result.rows_affected())
    }
}
