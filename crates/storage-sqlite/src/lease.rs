//! Leases on what only one process may do.

use async_trait::async_trait;
use domain::Timestamp;
use storage::{LeaseRepository, StoreError};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

pub(crate) struct Leases<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[async_trait]
impl LeaseRepository for Leases<'_> {
    async fn acquire(
        &mut self,
        name: &'static str,
        owner: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "INSERT INTO leases (name, owner, held_until)
             VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE
             SET owner = excluded.owner, held_until = excluded.held_until
             WHERE leases.owner = excluded.owner OR leases.held_until <= $4",
        )
        .bind(name)
        .bind(owner)
        .bind(until.as_millis())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("leases.acquire")?;
        Ok(result.rows_affected() == 1)
    }

    async fn release(&mut self, name: &'static str, owner: Uuid) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM leases WHERE name = $1 AND owner = $2")
            .bind(name)
            .bind(owner)
            .execute(&mut *self.connection)
            .await
            .at("leases.release")?;
        Ok(())
    }
}
