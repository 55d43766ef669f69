//! Updates on their way in.
//!
//! The order of a chat is found without an index on chats, which would cost a fifth of the rate of inserts: a claim looks
//! at a window of the oldest open rows. A window is a prefix of the order, so the first row of a chat in it is the first
//! row of the chat. Only when a window holds nothing to claim, because one chat fills it, is it widened.
//!
//! Unlike on SQLite, several workers may claim at once, and an update with a lower id may be committed after a later one
//! of its chat was claimed. So claims wait for each other on an advisory lock, which makes the next one see all that the
//! last one took; and a chat with a running row is left alone whatever its other rows are.

use async_trait::async_trait;
use domain::{BotId, ChatId, Timestamp, UpdateId};
use sqlx::FromRow;
use storage::{
    InboxRepository, StoreError,
    inbox::{ClaimedUpdate, InboxBacklog, InboxStats, NewUpdate},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "inbox_updates";

/// What is open or given up. Each figure comes from a partial index; none reads the rows that are done.
pub(crate) const BACKLOG: &str = "SELECT
  (SELECT COUNT(*) FROM inbox_updates WHERE finished_at IS NULL),
  (SELECT COUNT(*) FROM inbox_updates WHERE state = 'running'),
  (SELECT COUNT(*) FROM inbox_updates WHERE state = 'dead' AND finished_at IS NOT NULL),
  (SELECT MIN(received_at) FROM inbox_updates WHERE finished_at IS NULL)";

pub(crate) struct Inbox<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct ClaimedRow {
    bot_id: i64,
    update_id: i64,
    chat_id: Option<i64>,
    payload: String,
    received_at: i64,
    attempt: i32,
}

impl ClaimedRow {
    fn into_update(self, lease: Uuid) -> Result<ClaimedUpdate, StoreError> {
        Ok(ClaimedUpdate {
            bot_id: BotId(self.bot_id),
            update_id: UpdateId(self.update_id),
            chat_id: self.chat_id.map(ChatId),
            payload: self.payload,
            received_at: Timestamp::from_millis(self.received_at),
            attempt: stored::unsigned(self.attempt.into(), TABLE, "attempt")?,
            lease,
        })
    }
}

/// The advisory lock under which updates are claimed; any number that no other lock has.
const CLAIM_LOCK: i64 = 0x1b0c;

/// The width of the first window, for a claim of `limit` updates.
fn first_window(limit: u32) -> i64 {
    i64::from(limit).saturating_mul(8).saturating_add(64)
}

impl Inbox<'_> {
    async fn claim_within(
        &mut self,
        window: i64,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        sqlx::query_as(
            "WITH
               open_rows AS (
                 SELECT bot_id, update_id, chat_id, state, run_at
                 FROM inbox_updates
                 WHERE finished_at IS NULL
                 ORDER BY update_id, bot_id
                 LIMIT $5
               ),
               placed AS (
                 SELECT bot_id, update_id, chat_id, state, run_at,
                   ROW_NUMBER() OVER (PARTITION BY bot_id, chat_id ORDER BY update_id) AS place
                 FROM open_rows
               ),
               claimable AS (
                 SELECT bot_id, update_id
                 FROM placed
                 WHERE state = 'waiting' AND run_at <= $1
                   AND (
                     chat_id IS NULL
                     OR place = 1 AND NOT EXISTS (
                       SELECT 1
                       FROM inbox_updates AS held
                       WHERE held.bot_id = placed.bot_id AND held.chat_id = placed.chat_id
                         AND held.state = 'running' AND held.chat_id IS NOT NULL
                     )
                   )
                 UNION ALL
                 SELECT bot_id, update_id
                 FROM inbox_updates
                 WHERE state = 'running' AND lease_until <= $1
                 ORDER BY 2, 1
                 LIMIT $4
               ),
               locked AS (
                 -- A row that its worker is just completing is passed over; the condition is checked anew after the
                 -- lock, on the row as it is then.
                 SELECT bot_id, update_id
                 FROM inbox_updates
                 WHERE (bot_id, update_id) IN (SELECT bot_id, update_id FROM claimable)
                   AND (state = 'waiting' AND run_at <= $1 OR state = 'running' AND lease_until <= $1)
                 ORDER BY bot_id, update_id
                 FOR UPDATE SKIP LOCKED
               )
             UPDATE inbox_updates AS claimed
             SET state = 'running', attempt = claimed.attempt + 1, lease = $2, lease_until = $3
             FROM locked
             WHERE claimed.bot_id = locked.bot_id AND claimed.update_id = locked.update_id
             RETURNING claimed.bot_id, claimed.update_id, claimed.chat_id, claimed.payload, claimed.received_at,
               claimed.attempt",
        )
        .bind(now.as_millis())
        .bind(lease)
        .bind(lease_until.as_millis())
        .bind(limit)
        .bind(window)
        .fetch_all(&mut *self.connection)
        .await
        .at("inbox.claim")
    }

    async fn has_more_open_than(&mut self, window: i64) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (
               SELECT 1
               FROM inbox_updates
               WHERE finished_at IS NULL
               ORDER BY update_id, bot_id
               LIMIT 1 OFFSET $1
             )",
        )
        .bind(window)
        .fetch_one(&mut *self.connection)
        .await
        .at("inbox.claim")
    }

    /// Removes rows that came to their end, as `state`, before `before`.
    async fn remove(
        &mut self,
        state: &'static str,
        before: Timestamp,
        limit: u32,
        operation: &'static str,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH over AS (
               SELECT bot_id, update_id
               FROM inbox_updates
               WHERE state = $1 AND finished_at IS NOT NULL AND finished_at < $2
               ORDER BY finished_at, update_id, bot_id
               LIMIT $3
               FOR UPDATE SKIP LOCKED
             )
             DELETE FROM inbox_updates
             WHERE (bot_id, update_id) IN (SELECT bot_id, update_id FROM over)",
        )
        .bind(state)
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at(operation)?;
        Ok(result.rows_affected())
    }
}

#[async_trait]
impl InboxRepository for Inbox<'_> {
    async fn add_many(&mut self, updates: &[NewUpdate]) -> Result<u64, StoreError> {
        const OPERATION: &str = "inbox.add_many";
        let result = sqlx::query(
            "INSERT INTO inbox_updates
               (bot_id, update_id, chat_id, payload, received_at, state, attempt, run_at)
             SELECT bot_id, update_id, chat_id, payload, received_at, 'waiting', 0, received_at
             FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::TEXT[], $5::BIGINT[])
               AS fresh (bot_id, update_id, chat_id, payload, received_at)
             ORDER BY bot_id, update_id
             ON CONFLICT (bot_id, update_id) DO NOTHING",
        )
        .bind(column(updates, |update| update.bot_id.0))
        .bind(column(updates, |update| update.update_id.0))
        .bind(column(updates, |update| update.chat_id.map(|chat| chat.0)))
        .bind(column(updates, |update| update.payload.as_str()))
        .bind(column(updates, |update| update.received_at.as_millis()))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(result.rows_affected())
    }

    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedUpdate>, StoreError> {
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(CLAIM_LOCK)
            .execute(&mut *self.connection)
            .await
            .at("inbox.claim")?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut window = first_window(limit);
        let mut claimed = Vec::new();
        loop {
            let left = i64::from(limit) - i64::try_from(claimed.len()).unwrap_or(i64::MAX);
            claimed.extend(self.claim_within(window, now, lease, lease_until, left).await?);
            if claimed.len() >= wanted || !self.has_more_open_than(window).await? {
                break;
            }
            window = window.saturating_mul(8);
        }
        claimed.sort_by_key(|row| (row.update_id, row.bot_id));
        claimed.into_iter().map(|row| row.into_update(lease)).collect()
    }

    async fn complete(&mut self, update: &ClaimedUpdate, now: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE inbox_updates
             SET state = 'done', payload = '', chat_id = NULL, lease = NULL, lease_until = NULL, finished_at = $4
             WHERE bot_id = $1 AND update_id = $2 AND state = 'running' AND lease = $3",
        )
        .bind(update.bot_id.0)
        .bind(update.update_id.0)
        .bind(update.lease)
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("inbox.complete")?;
        Ok(result.rows_affected() == 1)
    }

    async fn retry(
        &mut self,
        update: &ClaimedUpdate,
        run_at: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE inbox_updates
             SET state = 'waiting', lease = NULL, lease_until = NULL, run_at = $4, reason = $5
             WHERE bot_id = $1 AND update_id = $2 AND state = 'running' AND lease = $3",
        )
        .bind(update.bot_id.0)
        .bind(update.update_id.0)
        .bind(update.lease)
        .bind(run_at.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at("inbox.retry")?;
        Ok(result.rows_affected() == 1)
    }

    async fn bury(
        &mut self,
        update: &ClaimedUpdate,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE inbox_updates
             SET state = 'dead', lease = NULL, lease_until = NULL, finished_at = $4, reason = $5
             WHERE bot_id = $1 AND update_id = $2 AND state = 'running' AND lease = $3",
        )
        .bind(update.bot_id.0)
        .bind(update.update_id.0)
        .bind(update.lease)
        .bind(now.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at("inbox.bury")?;
        Ok(result.rows_affected() == 1)
    }

    async fn replay_dead(
        &mut self,
        update_id: Option<UpdateId>,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH dead AS (
               SELECT bot_id, update_id
               FROM inbox_updates
               WHERE state = 'dead' AND finished_at IS NOT NULL AND ($1 IS NULL OR update_id = $1)
               ORDER BY update_id, bot_id
               LIMIT $3
               FOR UPDATE SKIP LOCKED
             )
             UPDATE inbox_updates
             SET state = 'waiting', attempt = 0, run_at = $2, finished_at = NULL
             WHERE (bot_id, update_id) IN (SELECT bot_id, update_id FROM dead)",
        )
        .bind(update_id.map(|id| id.0))
        .bind(now.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("inbox.replay_dead")?;
        Ok(result.rows_affected())
    }

    async fn backlog(&mut self) -> Result<InboxBacklog, StoreError> {
        let (open, running, dead, oldest_open_at): (i64, i64, i64, Option<i64>) =
            sqlx::query_as(BACKLOG).fetch_one(&mut *self.connection).await.at("inbox.backlog")?;
        let count = |number| stored::unsigned(number, TABLE, "state");
        Ok(InboxBacklog {
            waiting: count(open - running)?,
            running: count(running)?,
            dead: count(dead)?,
            oldest_open_at: oldest_open_at.map(Timestamp::from_millis),
        })
    }

    async fn stats(&mut self) -> Result<InboxStats, StoreError> {
        let InboxBacklog { waiting, running, dead, oldest_open_at } = self.backlog().await?;
        let done: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM inbox_updates WHERE state = 'done' AND finished_at IS NOT NULL",
        )
        .fetch_one(&mut *self.connection)
        .await
        .at("inbox.stats")?;
        Ok(InboxStats {
            waiting,
            running,
            done: stored::unsigned(done, TABLE, "state")?,
            dead,
            oldest_open_at,
        })
    }

    async fn remove_done(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.remove("done", before, limit, "inbox.remove_done").await
    }

    async fn remove_dead(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.remove("dead", before, limit, "inbox.remove_dead").await
    }
}
