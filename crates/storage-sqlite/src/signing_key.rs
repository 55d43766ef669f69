//! Keys that sign tokens.

use async_trait::async_trait;
use domain::Timestamp;
use sqlx::FromRow;
use storage::{SigningKeyRepository, StoreError, signing_key::SigningKey};

use crate::{connection::Connection, error::At};

pub(crate) struct SigningKeys<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    kid: String,
    sealed_private_key: Vec<u8>,
    public_key: Vec<u8>,
    created_at: i64,
    active_from: i64,
    retired_at: Option<i64>,
}

impl From<Row> for SigningKey {
    fn from(row: Row) -> Self {
        Self {
            kid: row.kid,
            sealed_private_key: row.sealed_private_key,
            public_key: row.public_key,
            created_at: Timestamp::from_millis(row.created_at),
            active_from: Timestamp::from_millis(row.active_from),
            retired_at: row.retired_at.map(Timestamp::from_millis),
        }
    }
}

#[async_trait]
impl SigningKeyRepository for SigningKeys<'_> {
    async fn usable(&mut self, now: Timestamp) -> Result<Vec<SigningKey>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT kid, sealed_private_key, public_key, created_at, active_from, retired_at
             FROM signing_keys
             WHERE retired_at IS NULL OR retired_at > $1
             ORDER BY active_from DESC, kid DESC
             LIMIT 16",
        )
        .bind(now.as_millis())
        .fetch_all(&mut *self.connection)
        .await
        .at("signing_keys.usable")?;
        Ok(rows.into_iter().map(SigningKey::from).collect())
    }

    async fn add(&mut self, key: &SigningKey) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO signing_keys (kid, sealed_private_key, public_key, created_at, active_from, retired_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&key.kid)
        .bind(&key.sealed_private_key)
        .bind(&key.public_key)
        .bind(key.created_at.as_millis())
        .bind(key.active_from.as_millis())
        .bind(key.retired_at.map(Timestamp::as_millis))
        .execute(&mut *self.connection)
        .await
        .at("signing_keys.add")?;
        Ok(())
    }

    async fn retire_others(&mut self, kid: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE signing_keys
             SET retired_at = $2
             WHERE kid <> $1 AND (retired_at IS NULL OR retired_at > $2)",
        )
        .bind(kid)
        .bind(at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("signing_keys.retire_others")?;
        Ok(())
    }
}
