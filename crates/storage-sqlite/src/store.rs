//! The pools, and what opens, migrates and closes them.

use std::{path::Path, str::FromStr, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection as _, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use storage::{BoxTransaction, Store, StoreError, inbox::NewUpdate};

use crate::{
    checkpoint::{self, Checkpoints},
    connection::Connection,
    error::At,
    inbox,
    transaction::SqliteTransaction,
};

static MIGRATOR: Migrator = sqlx::migrate!();

/// How many rows a connection's thread reads ahead of who wants them: as many as most answers have, so that the two do not
/// wake each other up for every few rows.
const ROWS_AHEAD: usize = 1024;

/// What may be chosen when a file is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many connections read at a time.
    pub readers: u32,
    /// How long a call waits for a connection before it fails with [`StoreError::Unavailable`].
    pub acquire_timeout: Duration,
    /// How long a connection waits for another process that holds the file.
    pub busy_timeout: Duration,
    /// How much of the file each reader keeps in memory, in KiB; taken as it is read. SQLite's own 2 MiB make a board of
    /// a million players a matter of the disk.
    pub cache_kib: u32,
    /// The same for the writer, who looks up the players of all scores that come in.
    pub writer_cache_kib: u32,
    /// How long a call waits for an answer, should the disk give none. Longer than `busy_timeout`.
    pub answer_timeout: Duration,
    /// How many pages (of 4096 bytes) the file may have; `None` for SQLite's own limit. Beyond it a write fails as on a
    /// full disk.
    pub page_count_max: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        let five_seconds = Duration::from_secs(5);
        Self {
            readers: 4,
            acquire_timeout: five_seconds,
            busy_timeout: five_seconds,
            cache_kib: 32 << 10,
            writer_cache_kib: 128 << 10,
            answer_timeout: Duration::from_secs(12),
            page_count_max: None,
        }
    }
}

/// A SQLite file as a store.
#[derive(Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    reader: SqlitePool,
    checkpoints: Checkpoints,
    answer_timeout: Duration,
}

impl SqliteStore {
    /// Opens the file at `url_or_path` (`sqlite:data/podium.db` or a plain path); makes it and its folder when they are
    /// missing. Does not migrate.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file can't be opened, [`StoreError::Failed`] when it is no database.
    pub async fn open(url_or_path: &str, options: &Options) -> Result<Self, StoreError> {
        const OPERATION: &str = "store.open";
        let connect = if url_or_path.starts_with("sqlite:") {
            SqliteConnectOptions::from_str(url_or_path).at(OPERATION)?
        } else {
            SqliteConnectOptions::new().filename(url_or_path)
        };
        make_folder(connect.get_filename(), OPERATION)?;
        let connect = connect
            .foreign_keys(true)
            .busy_timeout(options.busy_timeout)
            .synchronous(SqliteSynchronous::Full)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("temp_store", "MEMORY");

        let pool = SqlitePoolOptions::new()
            .acquire_timeout(options.acquire_timeout)
            .idle_timeout(None)
            .max_lifetime(None)
            // A local file does not go away between two calls: asking each time costs as much as a small statement.
            .test_before_acquire(false);
        let mut writes = connect
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", checkpoint::BACKSTOP_PAGES.to_string())
            .optimize_on_close(true, 400);
        if let Some(pages) = options.page_count_max {
            writes = writes.pragma("max_page_count", pages.to_string());
        }
        let checkpoints =
            Checkpoints::start(pool.clone().max_connections(1).connect_lazy_with(writes.clone()));
        let writer = pool
            .clone()
            .min_connections(1)
            .max_connections(1)
            .after_release(|connection, _| {
                Box::pin(async move {
                    // SQLite ends a transaction by itself when the disk is full or fails. The driver then still counts
                    // one as open and would refuse the next: such a connection is closed and opened anew. The ping
                    // waits until the rollback of a dropped transaction has run; after a commit there is none.
                    if connection.is_in_transaction() {
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(writes.pragma("cache_size", format!("-{}", options.writer_cache_kib)))
            .await
            .at(OPERATION)?;
        // Opened at the first read, when the writer has made the file. The journal mode stands in the file.
        let reader = pool.min_connections(0).max_connections(options.readers.max(1)).connect_lazy_with(
            connect.read_only(true).pragma("cache_size", format!("-{}", options.cache_kib)),
        );
        Ok(Self { writer, reader, checkpoints, answer_timeout: options.answer_timeout })
    }

    async fn begin_to_write(&self, operation: &'static str) -> Result<Connection, StoreError> {
        self.checkpoints.is_due();
        // A deferred transaction that reads and then writes fails at once when another process wrote in between.
        Connection::begin(&self.writer, "BEGIN IMMEDIATE", self.answer_timeout).await.at(operation)
    }

    async fn begin_to_read(&self, operation: &'static str) -> Result<Connection, StoreError> {
        Connection::begin(&self.reader, "BEGIN DEFERRED", self.answer_timeout).await.at(operation)
    }

    /// How the writer syncs, as SQLite's number (2 is FULL): what `podium doctor` shows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the writer is not free in time.
    pub async fn synchronous(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(&self.writer).await.at("store.synchronous")
    }
}

fn make_folder(file: &Path, operation: &'static str) -> Result<(), StoreError> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Unavailable { operation, source: Box::new(error) }),
        _ => Ok(()),
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin_write(&self) -> Result<BoxTransaction, StoreError> {
        let connection = self.begin_to_write("store.begin_write").await?;
        Ok(Box::new(SqliteTransaction::new(connection)))
    }

    async fn begin_read(&self) -> Result<BoxTransaction, StoreError> {
        let connection = self.begin_to_read("store.begin_read").await?;
        Ok(Box::new(SqliteTransaction::new(connection)))
    }

    async fn add_updates(&self, updates: &[NewUpdate]) -> Result<u64, StoreError> {
        const OPERATION: &str = "store.add_updates";
        self.checkpoints.is_due();
        let stored = inbox::insert(&self.writer, updates, OPERATION);
        tokio::time::timeout(self.answer_timeout, stored)
            .await
            .unwrap_or_else(|_| Err(StoreError::unavailable(OPERATION, "no answer in time")))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "store.migrate";
        // One transaction around all: two processes that start at once do not apply a migration twice.
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.at(OPERATION)?;
        MIGRATOR.run_direct(None, &mut *transaction, false).await.at(OPERATION)?;
        transaction.commit().await.at(OPERATION)
    }

    async fn is_migrated(&self) -> Result<bool, StoreError> {
        const OPERATION: &str = "store.is_migrated";
        let mut connection = self.begin_to_read(OPERATION).await?;
        let has_table: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')",
        )
        .fetch_one(&mut connection)
        .await
        .at(OPERATION)?;
        if !has_table {
            return Ok(false);
        }
        let applied: Vec<i64> = sqlx::query_scalar(
            "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version LIMIT 10000",
        )
        .fetch_all(&mut connection)
        .await
        .at(OPERATION)?;
        Ok(MIGRATOR.iter().all(|migration| applied.contains(&migration.version)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "store.ping";
        // Reads the file: a bare `SELECT 1` answers even when the disk is gone.
        sqlx::query("SELECT COUNT(*) FROM sqlite_schema LIMIT 1")
            .execute(&mut self.begin_to_read(OPERATION).await?)
            .await
            .at(OPERATION)?;
        Ok(())
    }

    async fn close(&self) {
        self.checkpoints.close().await;
        // The writer last: only a connection that may write brings the log back into the file.
        self.reader.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SQLite ends a transaction by itself when the disk fails in the midst of it. What comes next must neither fail
    /// for the transaction that is thought to be open, nor be taken for a part of it.
    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_leaves_the_writer_usable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("podium.db");
        let store = SqliteStore::open(path.to_str().unwrap(), &Options::default()).await.unwrap();
        store.migrate().await.unwrap();

        let mut transaction = store.writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("ROLLBACK").execute(&mut *transaction).await.unwrap();
        drop(transaction);

        let mut transaction = store.begin_write().await.unwrap();
        transaction.settings().set("name", b"value").await.unwrap();
        transaction.save().await.unwrap();
        let stored = store.begin_read().await.unwrap().settings().get("name").await.unwrap();
        assert_eq!(stored.as_deref(), Some(&b"value"[..]));
    }
}
