//! A throw-away database for one test.

use std::str::FromStr;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

/// A database that exists until [`Database::drop`].
pub struct Database {
    admin: PgConnectOptions,
    name: String,
    url: String,
}

impl Database {
    /// Makes an empty database.
    pub async fn create() -> Self {
        let Ok(admin_url) = std::env::var("PODIUM_TEST_POSTGRES_URL") else {
            panic!("PODIUM_TEST_POSTGRES_URL is not set: run this through `cargo xtask test`");
        };
        let admin = PgConnectOptions::from_str(&admin_url).unwrap();
        let name = format!("test_{}", Uuid::new_v4().simple());
        let (server, _) = admin_url.rsplit_once('/').unwrap();
        let url = format!("{server}/{name}");
        let database = Self { admin, name, url };
        // TEMPLATE template0: two tests may copy it at once.
        database.command(format!("CREATE DATABASE {} TEMPLATE template0", database.name)).await;
        database
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Host and port of its server.
    pub fn address(&self) -> String {
        format!("{}:{}", self.admin.get_host(), self.admin.get_port())
    }

    /// How to reach it by another way to its server.
    pub fn url_by(&self, address: &str) -> String {
        assert!(self.url.contains(&self.address()), "the address names a host and a port");
        self.url.replace(&self.address(), address)
    }

    /// Removes it, open connections or not.
    pub async fn drop(self) {
        self.command(format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }

    /// Ends every connection to it, as a server that shuts down does.
    pub async fn end_connections(&self) {
        let mut connection = self.admin.connect().await.unwrap();
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
            .bind(&self.name)
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    /// Runs a command that can't be in a transaction. Its only variable part is a name made here.
    async fn command(&self, command: String) {
        let mut connection: PgConnection = self.admin.connect().await.unwrap();
        connection.execute(AssertSqlSafe(command)).await.unwrap();
        connection.close().await.unwrap();
    }
}
