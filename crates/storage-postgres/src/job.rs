//! Jobs: what is to be done at a time, once.
//!
//! Unlike on SQLite, several workers claim at once: each passes over the rows that another is just taking or ending. No
//! job waits for another one, so that claims need no order among themselves.

use async_trait::async_trait;
use domain::Timestamp;
use sqlx::FromRow;
use storage::{
    JobRepository, StoreError,
    job::{ClaimedJob, Hold, JobBacklog, JobKind, JobRow, JobState, NewJob, last_of_each},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "jobs";

pub(crate) struct Jobs<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct ClaimedRow {
    kind: String,
    key: String,
    run_at: i64,
    payload: String,
    attempt: i32,
}

impl ClaimedRow {
    fn into_job(self, lease: Uuid) -> Result<ClaimedJob, StoreError> {
        Ok(ClaimedJob {
            kind: kind(&self.kind)?,
            key: self.key,
            run_at: Timestamp::from_millis(self.run_at),
            payload: self.payload,
            attempt: stored::unsigned(self.attempt.into(), TABLE, "attempt")?,
            lease,
        })
    }
}

#[derive(FromRow)]
struct Row {
    kind: String,
    key: String,
    run_at: i64,
    payload: String,
    state: String,
    attempt: i32,
    reason: Option<String>,
    finished_at: Option<i64>,
}

impl Row {
    fn into_job(self) -> Result<JobRow, StoreError> {
        Ok(JobRow {
            kind: kind(&self.kind)?,
            key: self.key,
            run_at: Timestamp::from_millis(self.run_at),
            payload: self.payload,
            state: JobState::from_text(&self.state)
                .ok_or(StoreError::Inconsistent { table: TABLE, column: "state" })?,
            attempt: stored::unsigned(self.attempt.into(), TABLE, "attempt")?,
            reason: self.reason,
            finished_at: self.finished_at.map(Timestamp::from_millis),
        })
    }
}

fn kind(text: &str) -> Result<JobKind, StoreError> {
    JobKind::from_text(text).ok_or(StoreError::Inconsistent { table: TABLE, column: "kind" })
}

/// The names of kinds: a worker passes over jobs of kinds that it does not know.
fn kinds(kinds: &[JobKind]) -> Vec<&'static str> {
    column(kinds, |kind| kind.as_str())
}

/// What is open or was given up. Each figure comes from a partial index; none reads the jobs that are done.
pub(crate) const BACKLOG: &str = "SELECT
  (SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL),
  (SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL AND due_at <= $1 AND state = 'waiting'),
  (SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL AND state = 'running'),
  (SELECT COUNT(*) FROM jobs WHERE finished_at IS NOT NULL AND state = 'dead'),
  (SELECT MIN(run_at) FROM jobs WHERE finished_at IS NULL)";

/// When the next job may be claimed: the head of an index.
pub(crate) const NEXT_DUE: &str = "SELECT due_at
  FROM jobs
  WHERE finished_at IS NULL AND kind = ANY($1)
  ORDER BY due_at, kind, key
  LIMIT 1";

impl Jobs<'_> {
    /// Ends a run: what was planned meanwhile goes before `state`, and so does a cancellation before another try.
    async fn end_run(
        &mut self,
        job: &ClaimedJob,
        state: JobState,
        due_at: Option<Timestamp>,
        now: Timestamp,
        reason: Option<&'static str>,
        operation: &'static str,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE jobs
             SET state = CASE WHEN again_at IS NOT NULL THEN 'waiting' WHEN is_canceled THEN 'done' ELSE $4::TEXT END,
               run_at = COALESCE(again_at, run_at),
               due_at = COALESCE(again_at, $5::BIGINT, due_at),
               payload = COALESCE(again_payload, payload),
               attempt = CASE WHEN again_at IS NULL THEN attempt ELSE 0 END,
               reason = CASE WHEN again_at IS NULL THEN $7::TEXT END,
               finished_at = CASE WHEN again_at IS NULL AND (is_canceled OR $4::TEXT <> 'waiting') THEN $6::BIGINT END,
               lease = NULL, again_at = NULL, again_payload = NULL, is_canceled = FALSE
             WHERE kind = $1 AND key = $2 AND state = 'running' AND lease = $3",
        )
        .bind(job.kind.as_str())
        .bind(&job.key)
        .bind(job.lease)
        .bind(state.as_str())
        .bind(due_at.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at(operation)?;
        Ok(result.rows_affected() == 1)
    }

    /// Removes jobs that came to their end, as `state`, before `before`.
    async fn remove(
        &mut self,
        state: JobState,
        before: Timestamp,
        limit: u32,
        operation: &'static str,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH over AS (
               SELECT kind, key
               FROM jobs
               WHERE state = $1 AND finished_at IS NOT NULL AND finished_at < $2
               ORDER BY finished_at, kind, key
               LIMIT $3
               FOR UPDATE SKIP LOCKED
             )
             DELETE FROM jobs
             WHERE (kind, key) IN (SELECT kind, key FROM over)",
        )
        .bind(state.as_str())
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at(operation)?;
        Ok(result.rows_affected())
    }
}

#[async_trait]
impl JobRepository for Jobs<'_> {
    async fn plan_many(&mut self, jobs: &[NewJob]) -> Result<(), StoreError> {
        const OPERATION: &str = "jobs.plan";
        let jobs = last_of_each(jobs, OPERATION)?;
        sqlx::query(
            "INSERT INTO jobs (kind, key, payload, run_at, due_at, state, attempt, is_canceled, planned_at)
             SELECT kind, key, payload, run_at, run_at, 'waiting', 0, FALSE, planned_at
             FROM UNNEST($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], $5::BIGINT[])
               AS planned (kind, key, payload, run_at, planned_at)
             ORDER BY kind COLLATE \"C\", key COLLATE \"C\"
             ON CONFLICT (kind, key) DO UPDATE
             SET again_at = CASE WHEN jobs.state = 'running' THEN excluded.run_at END,
               again_payload = CASE WHEN jobs.state = 'running' THEN excluded.payload END,
               run_at = CASE WHEN jobs.state = 'running' THEN jobs.run_at ELSE excluded.run_at END,
               due_at = CASE WHEN jobs.state = 'running' THEN jobs.due_at ELSE excluded.due_at END,
               payload = CASE WHEN jobs.state = 'running' THEN jobs.payload ELSE excluded.payload END,
               attempt = CASE WHEN jobs.state = 'running' THEN jobs.attempt ELSE 0 END,
               state = CASE WHEN jobs.state = 'running' THEN 'running' ELSE 'waiting' END,
               is_canceled = FALSE, reason = NULL, finished_at = NULL, planned_at = excluded.planned_at",
        )
        .bind(column(&jobs, |job| job.kind.as_str()))
        .bind(column(&jobs, |job| job.key.as_str()))
        .bind(column(&jobs, |job| job.payload.as_str()))
        .bind(column(&jobs, |job| job.run_at.as_millis()))
        .bind(column(&jobs, |job| job.planned_at.as_millis()))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn cancel(&mut self, kind: JobKind, key: &str) -> Result<bool, StoreError> {
        const OPERATION: &str = "jobs.cancel";
        let removed = sqlx::query("DELETE FROM jobs WHERE kind = $1 AND key = $2 AND state = 'waiting'")
            .bind(kind.as_str())
            .bind(key)
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        if removed.rows_affected() == 1 {
            return Ok(true);
        }
        sqlx::query(
            "UPDATE jobs
             SET is_canceled = TRUE, again_at = NULL, again_payload = NULL
             WHERE kind = $1 AND key = $2 AND state = 'running'",
        )
        .bind(kind.as_str())
        .bind(key)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(false)
    }

    async fn get(&mut self, kind: JobKind, key: &str) -> Result<Option<JobRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT kind, key, COALESCE(again_at, run_at) AS run_at, COALESCE(again_payload, payload) AS payload,
               state, attempt, reason, finished_at
             FROM jobs
             WHERE kind = $1 AND key = $2",
        )
        .bind(kind.as_str())
        .bind(key)
        .fetch_optional(&mut *self.connection)
        .await
        .at("jobs.get")?;
        row.map(Row::into_job).transpose()
    }

    async fn claim(
        &mut self,
        of_kinds: &[JobKind],
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let mut rows: Vec<ClaimedRow> = sqlx::query_as(
            "WITH due AS (
               SELECT kind, key
               FROM jobs
               WHERE finished_at IS NULL AND due_at <= $1 AND kind = ANY($5)
               ORDER BY due_at, kind, key
               LIMIT $4
               FOR UPDATE SKIP LOCKED
             )
             UPDATE jobs AS claimed
             SET state = 'running', attempt = claimed.attempt + 1, lease = $2, due_at = $3
             FROM due
             WHERE claimed.kind = due.kind AND claimed.key = due.key
             RETURNING claimed.kind, claimed.key, claimed.run_at, claimed.payload, claimed.attempt",
        )
        .bind(now.as_millis())
        .bind(lease)
        .bind(lease_until.as_millis())
        .bind(i64::from(limit))
        .bind(kinds(of_kinds))
        .fetch_all(&mut *self.connection)
        .await
        .at("jobs.claim")?;
        rows.sort_by(|left, right| {
            (left.run_at, &left.kind, &left.key).cmp(&(right.run_at, &right.kind, &right.key))
        });
        rows.into_iter().map(|row| row.into_job(lease)).collect()
    }

    async fn next_due(&mut self, of_kinds: &[JobKind]) -> Result<Option<Timestamp>, StoreError> {
        let due_at: Option<i64> = sqlx::query_scalar(NEXT_DUE)
            .bind(kinds(of_kinds))
            .fetch_optional(&mut *self.connection)
            .await
            .at("jobs.next_due")?;
        Ok(due_at.map(Timestamp::from_millis))
    }

    async fn hold(&mut self, job: &ClaimedJob) -> Result<Hold, StoreError> {
        let is_superseded: Option<bool> = sqlx::query_scalar(
            "SELECT is_canceled OR again_at IS NOT NULL
             FROM jobs
             WHERE kind = $1 AND key = $2 AND state = 'running' AND lease = $3",
        )
        .bind(job.kind.as_str())
        .bind(&job.key)
        .bind(job.lease)
        .fetch_optional(&mut *self.connection)
        .await
        .at("jobs.hold")?;
        Ok(match is_superseded {
            None => Hold::Lost,
            Some(true) => Hold::Superseded,
            Some(false) => Hold::Held,
        })
    }

    async fn renew(&mut self, job: &ClaimedJob, lease_until: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE jobs
             SET due_at = $4
             WHERE kind = $1 AND key = $2 AND state = 'running' AND lease = $3",
        )
        .bind(job.kind.as_str())
        .bind(&job.key)
        .bind(job.lease)
        .bind(lease_until.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("jobs.renew")?;
        Ok(result.rows_affected() == 1)
    }

    async fn finish(&mut self, job: &ClaimedJob, now: Timestamp) -> Result<bool, StoreError> {
        self.end_run(job, JobState::Done, None, now, None, "jobs.finish").await
    }

    async fn retry_at(
        &mut self,
        job: &ClaimedJob,
        due_at: Timestamp,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError> {
        self.end_run(job, JobState::Waiting, Some(due_at), now, Some(reason), "jobs.retry_at").await
    }

    async fn bury(
        &mut self,
        job: &ClaimedJob,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError> {
        self.end_run(job, JobState::Dead, None, now, Some(reason), "jobs.bury").await
    }

    async fn dead(&mut self, limit: u32) -> Result<Vec<JobRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT kind, key, run_at, payload, state, attempt, reason, finished_at
             FROM jobs
             WHERE state = 'dead' AND finished_at IS NOT NULL AND kind = ANY($2)
             ORDER BY finished_at DESC, kind, key
             LIMIT $1",
        )
        .bind(i64::from(limit))
        .bind(kinds(JobKind::ALL))
        .fetch_all(&mut *self.connection)
        .await
        .at("jobs.dead")?;
        rows.into_iter().map(Row::into_job).collect()
    }

    async fn replay_dead(
        &mut self,
        of_kind: Option<JobKind>,
        key: Option<&str>,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH dead AS (
               SELECT kind, key
               FROM jobs
               WHERE state = 'dead' AND finished_at IS NOT NULL
                 AND ($1::TEXT IS NULL OR kind = $1) AND ($2::TEXT IS NULL OR key = $2)
               ORDER BY finished_at, kind, key
               LIMIT $4
               FOR UPDATE SKIP LOCKED
             )
             UPDATE jobs
             SET state = 'waiting', attempt = 0, due_at = $3, finished_at = NULL
             WHERE (kind, key) IN (SELECT kind, key FROM dead)",
        )
        .bind(of_kind.map(JobKind::as_str))
        .bind(key)
        .bind(now.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("jobs.replay_dead")?;
        Ok(result.rows_affected())
    }

    async fn backlog(&mut self, now: Timestamp) -> Result<JobBacklog, StoreError> {
        let (open, waiting, running, dead, oldest_run_at): (i64, i64, i64, i64, Option<i64>) =
            sqlx::query_as(BACKLOG)
                .bind(now.as_millis())
                .fetch_one(&mut *self.connection)
                .await
                .at("jobs.backlog")?;
        let count = |number| stored::unsigned(number, TABLE, "state");
        Ok(JobBacklog {
            planned: count(open - waiting - running)?,
            waiting: count(waiting)?,
            running: count(running)?,
            dead: count(dead)?,
            oldest_run_at: oldest_run_at.map(Timestamp::from_millis),
        })
    }

    async fn remove_finished(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.remove(JobState::Done, before, limit, "jobs.remove_finished").await
    }

    async fn remove_dead(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.remove(JobState::Dead, before, limit, "jobs.remove_dead").await
    }
}
