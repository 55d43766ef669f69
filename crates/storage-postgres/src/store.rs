//! The pool, and what connects, migrates and closes it.

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use sqlx::{
    ConnectOptions, Connection as _, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use storage::{BoxTransaction, InboxRepository, Store, StoreError, inbox::NewUpdate};

use crate::{connection::Connection, error::At, inbox::Inbox, transaction::PostgresTransaction};

static MIGRATOR: Migrator = sqlx::migrate!();

/// How long migrations may take, the wait for another process that migrates included.
const MIGRATE_TIMEOUT: Duration = Duration::from_mins(10);

/// What may be chosen when a database is connected.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many connections are open at most.
    pub connections: u32,
    /// How long a call waits for a connection before it fails with [`StoreError::Unavailable`].
    pub acquire_timeout: Duration,
    /// How long a statement may take, the wait for a lock included.
    pub statement_timeout: Duration,
    /// How long the client waits for an answer, should the server not keep its limits because it is gone. Longer than
    /// `statement_timeout`, so that a server that is there speaks first.
    pub answer_timeout: Duration,
    /// How long an open transaction may do nothing before the server ends it, so that its locks do not stay.
    pub idle_in_transaction_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 10,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(12),
            idle_in_transaction_timeout: Duration::from_secs(10),
        }
    }
}

/// A PostgreSQL database as a store.
#[derive(Debug)]
pub struct PostgresStore {
    pool: PgPool,
    /// For migrations, which may take longer than a statement of the pool.
    migrate_options: PgConnectOptions,
    answer_timeout: Duration,
}

impl PostgresStore {
    /// Connects to the database at `url` (`postgres://…`). Does not migrate.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer, [`StoreError::Failed`] when it refuses.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, StoreError> {
        const OPERATION: &str = "store.connect";
        // The error would repeat the address, which holds the password.
        let connect = PgConnectOptions::from_str(url)
            .map_err(|_| StoreError::failed(OPERATION, "the database's address can't be read"))?
            .application_name("podium");
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .connect_with(with_timeouts(
                connect.clone(),
                options.statement_timeout,
                options.idle_in_transaction_timeout,
            ))
            .await
            .at(OPERATION)?;
        Ok(Self {
            pool,
            migrate_options: with_timeouts(connect, MIGRATE_TIMEOUT, MIGRATE_TIMEOUT),
            answer_timeout: options.answer_timeout,
        })
    }

    async fn begin_to_write(&self, operation: &'static str) -> Result<Connection, StoreError> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
        Connection::begin(&self.pool, BEGIN, self.answer_timeout).await.at(operation)
    }

    async fn begin_to_read(&self, operation: &'static str) -> Result<Connection, StoreError> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Connection::begin(&self.pool, BEGIN, self.answer_timeout).await.at(operation)
    }
}

fn with_timeouts(options: PgConnectOptions, statement: Duration, idle: Duration) -> PgConnectOptions {
    options.options([
        ("statement_timeout", statement.as_millis().to_string()),
        ("idle_in_transaction_session_timeout", idle.as_millis().to_string()),
    ])
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin_write(&self) -> Result<BoxTransaction, StoreError> {
        let connection = self.begin_to_write("store.begin_write").await?;
        Ok(Box::new(PostgresTransaction::new(connection)))
    }

    async fn begin_read(&self) -> Result<BoxTransaction, StoreError> {
        let connection = self.begin_to_read("store.begin_read").await?;
        Ok(Box::new(PostgresTransaction::new(connection)))
    }

    async fn add_updates(&self, updates: &[NewUpdate]) -> Result<u64, StoreError> {
        let connection = Connection::without_transaction(&self.pool, self.answer_timeout).await;
        let mut connection = connection.at("store.add_updates")?;
        Inbox { connection: &mut connection }.add_many(updates).await
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "store.migrate";
        let migrating = async {
            let mut connection = self.migrate_options.connect().await.at(OPERATION)?;
            // Takes an advisory lock, so that processes that start at once migrate one after the other.
            MIGRATOR.run_direct(None, &mut connection, false).await.at(OPERATION)?;
            connection.close().await.at(OPERATION)
        };
        // The server's limit is for each statement; this one is for all, and for a server that is gone.
        tokio::time::timeout(MIGRATE_TIMEOUT, migrating)
            .await
            .unwrap_or_else(|_| Err(StoreError::unavailable(OPERATION, "migrations did not end in time")))
    }

    async fn is_migrated(&self) -> Result<bool, StoreError> {
        const OPERATION: &str = "store.is_migrated";
        let mut connection = self.begin_to_read(OPERATION).await?;
        let has_table: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
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
        // A transaction that begins is an answer.
        self.begin_to_read("store.ping").await.map(drop)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
