//! Settings that all nodes share.

use async_trait::async_trait;
use storage::{SettingRepository, StoreError};

use crate::{connection::Connection, error::At};

pub(crate) struct Settings<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[async_trait]
impl SettingRepository for Settings<'_> {
    async fn get(&mut self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *self.connection)
            .await
            .at("settings.get")
    }

    async fn get_or_set(&mut self, name: &'static str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        const OPERATION: &str = "settings.get_or_set";
        sqlx::query(
            "INSERT INTO settings (name, value)
             VALUES ($1, $2)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_one(&mut *self.connection)
            .await
            .at(OPERATION)
    }

    async fn set(&mut self, name: &'static str, value: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO settings (name, value)
             VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *self.connection)
        .await
        .at("settings.set")?;
        Ok(())
    }
}
