//! Two nodes on one database, with a clock that the test moves: what a deployment is, without its sockets.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bus::{
    RedisConnection,
    limits::in_process::InProcessLimits,
    ranks::{Ranks, in_process::InProcessRanks, redis::RedisRanks},
    signals::in_process::InProcessSignals,
};
use domain::{Clock, MockClock, SeededRng, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::{
    http::router,
    pages::Site,
    platform_webhook::HttpPlatformWebhook,
    roles::web::app_state,
    settings::{Settings, default_file_settings},
    stop::Stop,
};
use services::{Ports, Services, events_out::PlatformWebhook, secrets::Secrets};
use sha2::Sha256;
use sqlx::{Connection, Row};
use storage::Store;
use storage_postgres::PostgresStore;
use storage_sqlite::SqliteStore;
use telegram::{init_data, token::BotToken};
use tower::ServiceExt;

const TOKEN: &str = "1234567890:SIMULATED-token-that-opens-nothing-real";
const PLATFORM_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECRET: &[u8] = b"a secret that only this test knows, and it is long enough";
/// How many nodes there are.
pub const NODES: usize = 2;

/// Which database.
#[derive(Debug, Clone, Copy)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Which rank index: one for each node, or one for all.
#[derive(Debug, Clone, Copy)]
pub enum Index {
    InProcess,
    Redis,
}

/// The deployment.
pub struct World {
    pub nodes: Vec<Node>,
    pub clock: Arc<MockClock>,
    /// How many histories were played here.
    pub histories: i64,
    settings: Arc<Settings>,
    folder: tempfile::TempDir,
    url: String,
    /// The server to ask for the removal of the database, and its name.
    made: Option<(String, String)>,
    redis: Option<RedisConnection>,
    starts: u64,
    calls: u64,
}

/// A process, as far as a test needs one.
pub struct Node {
    pub services: Services,
    router: Router,
}

impl World {
    pub async fn start(database: Database, index: Index) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_site(folder.path());
        let (url, made) = match database {
            Database::Sqlite => (format!("sqlite:{}", folder.path().join("podium.db").display()), None),
            Database::Postgres => {
                let admin_url = backend("PODIUM_TEST_POSTGRES_URL");
                let name = format!("test_{}", random_name());
                admin(&admin_url, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
                let (server, _) = admin_url.rsplit_once('/').unwrap();
                (format!("{server}/{name}"), Some((admin_url.clone(), name)))
            }
        };
        let redis = match index {
            Index::InProcess => None,
            Index::Redis => {
                let prefix = format!("model-{}:", random_name());
                Some(RedisConnection::connect(&backend("PODIUM_TEST_REDIS_URL"), &prefix).unwrap())
            }
        };
        let mut world = Self {
            nodes: Vec::new(),
            clock: Arc::new(MockClock::default()),
            histories: 0,
            settings: Arc::new(settings()),
            folder,
            url,
            made,
            redis,
            starts: 0,
            calls: 0,
        };
        match &world.made {
            None => sqlite(&world.url).await.migrate().await.unwrap(),
            Some(_) => postgres(&world.url).await.migrate().await.unwrap(),
        }
        world.restart().await;
        world
    }

    /// Ends both nodes, and starts them anew. Whatever was in their memory is gone.
    pub async fn restart(&mut self) {
        self.nodes.clear();
        for _ in 0..NODES {
            let node = self.node().await;
            self.nodes.push(node);
        }
    }

    async fn node(&mut self) -> Node {
        self.starts += 1;
        let store: Arc<dyn Store> = match &self.made {
            None => Arc::new(sqlite(&self.url).await),
            Some(_) => Arc::new(postgres(&self.url).await),
        };
        let ranks: Arc<dyn Ranks> = match &self.redis {
            None => Arc::new(InProcessRanks::new()),
            Some(connection) => Arc::new(RedisRanks::new(connection.clone())),
        };
        let platform = |url| -> Arc<dyn PlatformWebhook> { Arc::new(HttpPlatformWebhook::new(url).unwrap()) };
        let ports = Ports {
            store,
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng::new(self.starts)),
            ranks,
            limits: Arc::new(InProcessLimits::new()),
            signals: Arc::new(InProcessSignals::new()),
            bot_api: None,
            platform_webhook: self.settings.platform_webhook.clone().map(platform),
            oidc: None,
            networks: None,
        };
        let secrets = Secrets::derive(SECRET).unwrap();
        let services = Services::new(ports, self.settings.for_services(), secrets);
        let site = Site::load(self.folder.path()).unwrap();
        let state =
            app_state(Arc::clone(&self.settings), services.clone(), site, Stop::default()).await.unwrap();
        Node { services, router: router::router(state) }
    }

    /// Removes what the test has made.
    pub async fn end(&mut self) {
        self.nodes.clear();
        if let Some((admin_url, name)) = &self.made {
            admin(admin_url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().as_millis()
    }

    /// Sends a request to a node: its status and its JSON.
    pub async fn json(&self, node: usize, mut request: Request<Body>) -> (StatusCode, Value) {
        let from: SocketAddr = "203.0.113.7:5000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        let response = self.nodes[node].router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Sends events as the platform does.
    pub async fn events(&mut self, node: usize, events: &[Value]) -> (StatusCode, Value) {
        self.calls += 1;
        let (id, body) = (format!("msg_{}", self.calls), json!(events).to_string());
        let timestamp = self.clock.now().as_secs().to_string();
        let key = STANDARD.decode(PLATFORM_KEY.trim_start_matches("whsec_")).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let request = Request::post("/v1/platform/events")
            .header(header::CONTENT_TYPE, "application/cloudevents-batch+json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(Body::from(body));
        self.json(node, request.unwrap()).await
    }

    /// A token of the person with a number at Telegram.
    pub async fn token(&self, node: usize, number: i64) -> String {
        let user = json!({"id": number, "first_name": "Ada", "language_code": "en"}).to_string();
        let auth_date = self.clock.now().as_secs().to_string();
        let token: BotToken = TOKEN.parse().unwrap();
        let signed = init_data::sign(&[("user", user.as_str()), ("auth_date", auth_date.as_str())], &token);
        let request = post("/v1/tg/exchange", None, &json!({"init_data": signed}));
        let (status, body) = self.json(node, request).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["jwt"].as_str().unwrap().to_owned()
    }

    /// The first column of the rows that a query answers.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        if self.made.is_some() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
            return rows.iter().map(|row| row.get(0)).collect();
        }
        let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// A time as events have it.
pub fn time(milliseconds: i64) -> String {
    Timestamp::from_millis(milliseconds).to_string()
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub fn get_as(path: &str, token: &str) -> Request<Body> {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    request.body(Body::empty()).unwrap()
}

pub fn post(path: &str, token: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Body::from(body.to_string())).unwrap()
}

async fn sqlite(url: &str) -> SqliteStore {
    SqliteStore::open(url, &storage_sqlite::Options::default()).await.unwrap()
}

async fn postgres(url: &str) -> PostgresStore {
    PostgresStore::connect(url, &storage_postgres::Options::default()).await.unwrap()
}

/// Where a throw-away server is.
fn backend(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run this through `cargo xtask test`"))
}

async fn admin(url: &str, command: &str) {
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(command.to_owned())).execute(&mut connection).await.unwrap();
}

fn random_name() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    hex::encode(bytes)
}

fn settings() -> Settings {
    let variables = BTreeMap::from([
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_API_URL", "http://127.0.0.1:1"),
        ("PODIUM_PLATFORM_KEY", PLATFORM_KEY),
        // Nobody listens there: the events are read where they wait.
        ("PODIUM_PLATFORM_WEBHOOK", "http://127.0.0.1:1/events"),
        ("PODIUM_RATE_LIMITS", "off"),
    ]);
    let variables: BTreeMap<&str, String> =
        variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Settings::from_variables(variables, default_file_settings().unwrap()).unwrap()
}

fn write_site(root: &Path) {
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
