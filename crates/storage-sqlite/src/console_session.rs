//! Sessions of the console.

use async_trait::async_trait;
use domain::{OperatorId, SessionId, Timestamp};
use sqlx::FromRow;
use storage::{
    ConsoleSessionRepository, StoreError, console_session::ConsoleSession, session::TokenHash, stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

pub(crate) struct ConsoleSessions<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    token_hash: Vec<u8>,
    operator_id: Uuid,
    session_id: Uuid,
    created_at: i64,
    used_at: i64,
    expires_at: i64,
    second_factor_at: Option<i64>,
}

impl TryFrom<Row> for ConsoleSession {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            token_hash: stored::token_hash(row.token_hash, "console_sessions", "token_hash")?,
            operator_id: OperatorId::from_uuid(row.operator_id),
            session_id: SessionId::from_uuid(row.session_id),
            created_at: Timestamp::from_millis(row.created_at),
            used_at: Timestamp::from_millis(row.used_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            second_factor_at: row.second_factor_at.map(Timestamp::from_millis),
        })
    }
}

#[async_trait]
impl ConsoleSessionRepository for ConsoleSessions<'_> {
    async fn add(&mut self, session: &ConsoleSession) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO console_sessions
               (token_hash, operator_id, session_id, created_at, used_at, expires_at, second_factor_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(session.token_hash.as_slice())
        .bind(session.operator_id.as_uuid())
        .bind(session.session_id.as_uuid())
        .bind(session.created_at.as_millis())
        .bind(session.used_at.as_millis())
        .bind(session.expires_at.as_millis())
        .bind(session.second_factor_at.map(Timestamp::as_millis))
        .execute(&mut *self.connection)
        .await
        .at("console_sessions.add")?;
        Ok(())
    }

    async fn by_hash(&mut self, token_hash: TokenHash) -> Result<Option<ConsoleSession>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT token_hash, operator_id, session_id, created_at, used_at, expires_at, second_factor_at
             FROM console_sessions
             WHERE token_hash = $1",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(&mut *self.connection)
        .await
        .at("console_sessions.by_hash")?;
        row.map(ConsoleSession::try_from).transpose()
    }

    async fn touch(&mut self, token_hash: TokenHash, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE console_sessions SET used_at = $2 WHERE token_hash = $1")
            .bind(token_hash.as_slice())
            .bind(now.as_millis())
            .execute(&mut *self.connection)
            .await
            .at("console_sessions.touch")?;
        Ok(())
    }

    async fn remove(&mut self, token_hash: TokenHash) -> Result<bool, StoreError> {
        let result = sqlx::query("DELETE FROM console_sessions WHERE token_hash = $1")
            .bind(token_hash.as_slice())
            .execute(&mut *self.connection)
            .await
            .at("console_sessions.remove")?;
        Ok(result.rows_affected() == 1)
    }

    async fn remove_of(&mut self, operator_id: OperatorId) -> Result<u64, StoreError> {
        let result = sqlx::query("DELETE FROM console_sessions WHERE operator_id = $1")
            .bind(operator_id.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at("console_sessions.remove_of")?;
        Ok(result.rows_affected())
    }

    async fn remove_expired(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM console_sessions
             WHERE token_hash IN (
               SELECT token_hash
               FROM console_sessions
               WHERE expires_at < $1
               ORDER BY expires_at, token_hash
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("console_sessions.remove_expired")?;
        Ok(result.rows_affected())
    }
}
