//! What the tests of whole processes share: a database of their own, a site of a few bytes, a `podium` that can be
//! killed, and a simulated Telegram.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use simulator::{Config, Handle, LimitsConfig};
use sqlx::Connection;

/// Where a test keeps its rows.
pub enum Database {
    /// A file in a folder of the test's own.
    Sqlite { folder: tempfile::TempDir },
    /// A database of the test's own.
    Postgres { url: String, admin_url: String, name: String },
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite { folder: tempfile::tempdir().unwrap() }
    }

    pub async fn postgres() -> Self {
        let admin_url = std::env::var("PODIUM_TEST_POSTGRES_URL").unwrap_or_else(|_| {
            panic!("PODIUM_TEST_POSTGRES_URL is not set: run this through `cargo xtask test`")
        });
        let name = format!("test_{}", uuid_text());
        let mut admin = sqlx::PgConnection::connect(&admin_url).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
        let (server, _) = admin_url.rsplit_once('/').unwrap();
        Self::Postgres { url: format!("{server}/{name}"), admin_url, name }
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { folder } => format!("sqlite:{}", folder.path().join("podium.db").display()),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    /// Runs a query that answers rows of text columns.
    pub async fn rows(&self, sql: &'static str) -> Vec<Vec<String>> {
        use sqlx::Row;
        match self {
            Self::Sqlite { .. } => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url()).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
                rows.iter()
                    .map(|row| (0..row.len()).map(|index| row.get::<String, _>(index)).collect())
                    .collect()
            }
            Self::Postgres { url, .. } => {
                let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
                rows.iter()
                    .map(|row| (0..row.len()).map(|index| row.get::<String, _>(index)).collect())
                    .collect()
            }
        }
    }

    /// Removes what the test made.
    pub async fn remove(self) {
        if let Self::Postgres { admin_url, name, .. } = self {
            let mut admin = sqlx::PgConnection::connect(&admin_url).await.unwrap();
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&mut admin).await.unwrap();
        }
    }
}

fn uuid_text() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    hex::encode(bytes)
}

/// A port that is free now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A site of a few bytes: the server under test serves no page here.
pub fn write_site(root: &Path) {
    std::fs::create_dir_all(root.join("pkg")).unwrap();
    for (name, content) in [
        ("assets.json", r#"{"js":"/pkg/podium.0.js","wasm":"/pkg/podium.0.wasm","css":"style.css"}"#),
        ("style.css", "body{}"),
        ("pkg/podium.0.js", "export default 0"),
        ("pkg/podium.0.wasm", ""),
    ] {
        std::fs::write(root.join(name), content).unwrap();
    }
}

/// A simulated Telegram without limits and with quick retries.
pub async fn start_simulator() -> Handle {
    let limits = LimitsConfig { enabled: false, ..LimitsConfig::default() };
    let config = Config { limits, limit_set_webhook: false, retry_scale: 0.05, ..Config::default() };
    simulator::start(config).await.unwrap()
}

/// How a `podium` under test is started.
pub struct Podium {
    pub database_url: String,
    pub port: u16,
    pub api_url: String,
    pub token: String,
    pub is_polling: bool,
    /// For how long it serves on when it is asked to stop.
    pub drain_s: u32,
    /// Further variables.
    pub more: Vec<(&'static str, String)>,
    pub site: tempfile::TempDir,
}

impl Podium {
    pub fn new(database: &Database, simulator: &Handle, is_polling: bool) -> Self {
        let site = tempfile::tempdir().unwrap();
        write_site(site.path());
        Self {
            database_url: database.url(),
            port: free_port(),
            api_url: simulator.base_url(),
            token: simulator.token().to_owned(),
            is_polling,
            drain_s: 0,
            more: Vec::new(),
            site,
        }
    }

    /// Starts the process and waits until it is ready.
    pub async fn start(&self) -> Running {
        let internal_port = free_port();
        let log = std::fs::File::create(self.site.path().join(format!("{internal_port}.log"))).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_podium"));
        command
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PODIUM_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("PODIUM_INTERNAL_LISTEN", format!("127.0.0.1:{internal_port}"))
            .env("PODIUM_PUBLIC_URL", format!("http://127.0.0.1:{}", self.port))
            .env("PODIUM_SITE_ROOT", self.site.path())
            .env("PODIUM_SECRET", "a secret that only this test knows, and it is long enough")
            .env("DATABASE_URL", &self.database_url)
            .env("TELEGRAM_API_URL", &self.api_url)
            .env("TELEGRAM_BOT_TOKEN", &self.token)
            .env("PODIUM_DRAIN_S", self.drain_s.to_string())
            .env("PODIUM_SENDING_PER_SECOND", "1000")
            .env("PODIUM_SENDING_PER_CHAT_PER_SECOND", "100")
            .envs(self.more.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(log);
        if !self.is_polling {
            command.env("TELEGRAM_WEBHOOK_URL", format!("http://127.0.0.1:{}/telegram/webhook", self.port));
        }
        let running = Running { child: command.spawn().unwrap(), internal_port };
        let ready = format!("http://127.0.0.1:{internal_port}/health/ready");
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build().unwrap();
        wait_until("podium is ready", Duration::from_secs(30), async || {
            client.get(&ready).send().await.is_ok_and(|response| response.status() == 200)
        })
        .await;
        running
    }
}

/// A running `podium`. It is killed when this is dropped.
pub struct Running {
    child: Child,
    pub internal_port: u16,
}

impl Running {
    /// Asks it to stop, as a supervisor does.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Whether it has ended, and well.
    pub fn has_ended_well(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some_and(|status| status.success())
    }

    /// `kill -9`: nothing is finished, nothing is written.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a condition, looking again and again.
pub async fn wait_until(what: &str, at_most: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(at_most, wait).await.is_ok(), "waited {at_most:?} in vain until {what}");
}
