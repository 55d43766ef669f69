//! Signed-in devices.

use async_trait::async_trait;
use domain::{SessionId, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    SessionRepository, StoreError,
    session::{Arrival, Familiarity, LiveSession, NewSession, SIGN_OUT, Session, TokenHash},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

pub(crate) struct Sessions<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    user_id: Uuid,
    refresh_hash: Vec<u8>,
    previous_hash: Option<Vec<u8>>,
    method: String,
    expires_at: i64,
    ended_at: Option<i64>,
    end_reason: Option<String>,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let previous_hash = row
            .previous_hash
            .map(|hash| stored::token_hash(hash, "sessions", "previous_hash"))
            .transpose()?;
        Ok(Self {
            session_id: SessionId::from_uuid(row.session_id),
            user_id: UserId::from_uuid(row.user_id),
            refresh_hash: stored::token_hash(row.refresh_hash, "sessions", "refresh_hash")?,
            previous_hash,
            method: row.method,
            expires_at: Timestamp::from_millis(row.expires_at),
            ended: row.ended_at.map(Timestamp::from_millis).zip(row.end_reason),
        })
    }
}

#[derive(FromRow)]
struct LiveRow {
    session_id: Uuid,
    method: String,
    device: String,
    created_at: i64,
    refreshed_at: i64,
}

impl TryFrom<LiveRow> for LiveSession {
    type Error = StoreError;

    fn try_from(row: LiveRow) -> Result<Self, StoreError> {
        Ok(Self {
            session_id: SessionId::from_uuid(row.session_id),
            method: row.method,
            device: stored::device(&row.device, "sessions", "device")?,
            created_at: Timestamp::from_millis(row.created_at),
            refreshed_at: Timestamp::from_millis(row.refreshed_at),
        })
    }
}

impl Sessions<'_> {
    async fn find(
        &mut self,
        session_id: SessionId,
        operation: &'static str,
    ) -> Result<Option<Session>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT session_id, user_id, refresh_hash, previous_hash, method, expires_at, ended_at, end_reason
             FROM sessions
             WHERE session_id = $1",
        )
        .bind(session_id.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at(operation)?;
        row.map(Session::try_from).transpose()
    }
}

#[async_trait]
impl SessionRepository for Sessions<'_> {
    async fn add_many(&mut self, sessions: &[NewSession]) -> Result<(), StoreError> {
        const OPERATION: &str = "sessions.add_many";
        let rows = list::rows(sessions, OPERATION, |session| {
            (
                list::hex(session.session_id.as_uuid()),
                list::hex(session.user_id.as_uuid()),
                list::hex_bytes(session.refresh_hash),
                session.method,
                session.device.as_str(),
                session.created_at.as_millis(),
                session.expires_at.as_millis(),
            )
        })?;
        sqlx::query(
            "INSERT INTO sessions
               (session_id, user_id, refresh_hash, method, device, created_at, refreshed_at, expires_at, over_at)
             SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), value ->> 3, value ->> 4,
               value ->> 5, value ->> 5, value ->> 6, value ->> 6
             FROM json_each($1)",
        )
        .bind(rows)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    /// The only writer holds the whole file, so that nothing more has to be locked; PostgreSQL locks the row.
    async fn lock(&mut self, session_id: SessionId) -> Result<Option<Session>, StoreError> {
        self.find(session_id, "sessions.lock").await
    }

    async fn by_id(&mut self, session_id: SessionId) -> Result<Option<Session>, StoreError> {
        self.find(session_id, "sessions.by_id").await
    }

    async fn rotate(
        &mut self,
        session_id: SessionId,
        refresh_hash: TokenHash,
        previous_hash: TokenHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "sessions.rotate";
        let result = sqlx::query(
            "UPDATE sessions
             SET refresh_hash = $2, previous_hash = $3, refreshed_at = $4, expires_at = $5, over_at = $5
             WHERE session_id = $1 AND ended_at IS NULL",
        )
        .bind(session_id.as_uuid())
        .bind(refresh_hash.as_slice())
        .bind(previous_hash.as_slice())
        .bind(now.as_millis())
        .bind(expires_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_one(result.rows_affected(), OPERATION)
    }

    async fn end(
        &mut self,
        session_id: SessionId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE sessions
             SET ended_at = $2, end_reason = $3, over_at = MIN(expires_at, $2)
             WHERE session_id = $1 AND ended_at IS NULL",
        )
        .bind(session_id.as_uuid())
        .bind(now.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at("sessions.end")?;
        Ok(result.rows_affected() == 1)
    }

    async fn live_of(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<LiveSession>, StoreError> {
        let rows: Vec<LiveRow> = sqlx::query_as(
            "SELECT session_id, method, device, created_at, refreshed_at
             FROM sessions
             WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2
             ORDER BY refreshed_at DESC, session_id DESC
             LIMIT $3",
        )
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at("sessions.live_of")?;
        rows.into_iter().map(LiveSession::try_from).collect()
    }

    async fn end_others(
        &mut self,
        user_id: UserId,
        keep: SessionId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "UPDATE sessions
             SET ended_at = $3, end_reason = $4, over_at = MIN(expires_at, $3)
             WHERE user_id = $1 AND session_id <> $2 AND ended_at IS NULL",
        )
        .bind(user_id.as_uuid())
        .bind(keep.as_uuid())
        .bind(now.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at("sessions.end_others")?;
        Ok(result.rows_affected())
    }

    async fn recognize(&mut self, arrivals: &[Arrival]) -> Result<Vec<Familiarity>, StoreError> {
        const OPERATION: &str = "sessions.recognize";
        let rows = list::rows(arrivals, OPERATION, |arrival| {
            (list::hex(arrival.user_id.as_uuid()), arrival.method, arrival.device.as_str())
        })?;
        let known: Vec<(bool, bool)> = sqlx::query_as(
            "SELECT
               EXISTS (SELECT 1 FROM sessions WHERE user_id = unhex(value ->> 0)),
               EXISTS (
                 SELECT 1
                 FROM sessions
                 WHERE user_id = unhex(value ->> 0) AND method = value ->> 1 AND device = value ->> 2
                   AND (ended_at IS NULL OR end_reason = $2)
               )
             FROM json_each($1)
             ORDER BY key",
        )
        .bind(rows)
        .bind(SIGN_OUT)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(known.into_iter().map(|(has_any, has_same)| Familiarity::of(has_any, has_same)).collect())
    }

    async fn end_of_user(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "UPDATE sessions
             SET ended_at = $2, end_reason = $3, over_at = MIN(expires_at, $2)
             WHERE user_id = $1 AND ended_at IS NULL",
        )
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .bind(reason)
        .execute(&mut *self.connection)
        .await
        .at("sessions.end_of_user")?;
        Ok(result.rows_affected())
    }

    async fn give_all(&mut self, from: UserId, to: UserId) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions
             SET user_id = $2
             WHERE user_id = $1",
        )
        .bind(from.as_uuid())
        .bind(to.as_uuid())
        .execute(&mut *self.connection)
        .await
        .at("sessions.give_all")?;
        Ok(())
    }

    async fn remove_over(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM sessions
             WHERE session_id IN (
               SELECT session_id
               FROM sessions
               WHERE over_at < $1
               ORDER BY over_at, session_id
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("sessions.remove_over")?;
        Ok(result.rows_affected())
    }
}
