//! The server under test, and what a player, the platform and Telegram would send to it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bus::{
    limits::in_process::InProcessLimits,
    ranks::{Ranks, in_process::InProcessRanks},
    signals::in_process::InProcessSignals,
};
use domain::{Clock, MockClock, SeededRng, session::SignedIn};
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
use storage::{
    Store,
    outbox::{ClaimedOutgoing, Outcome, OutgoingClass},
};
use storage_sqlite::SqliteStore;
use telegram::{
    api::{BotApi, HttpBotApi, Timeouts},
    init_data,
    oidc::{HttpOidcProvider, OidcProvider},
    token::BotToken,
};
use tower::ServiceExt;

pub const TOKEN: &str = "1234567890:SIMULATED-token-that-opens-nothing-real";
pub const PLATFORM_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const WEBHOOK_SECRET: &str = "the-webhook-secret";
pub const OPERATOR: i64 = 777;
const SECRET: &[u8] = b"a secret that only this test knows, and it is long enough";

/// The server under test.
pub struct TestServer {
    pub router: Router,
    pub services: Services,
    pub clock: Arc<MockClock>,
    pub stop: Stop,
    calls: Mutex<u64>,
    settings: Arc<Settings>,
    folder: tempfile::TempDir,
}

/// A server without a bot.
pub async fn server() -> TestServer {
    build(None, &[]).await
}

/// A server whose bot is at the Bot API `api_url`.
pub async fn server_with_bot(api_url: &str) -> TestServer {
    build(Some(api_url), &[]).await
}

/// A server with limits on.
pub async fn limited_server() -> TestServer {
    build(None, &[("PODIUM_RATE_LIMITS", "on")]).await
}

/// A server with more settings.
pub async fn server_with(more: &[(&'static str, &str)]) -> TestServer {
    build(None, more).await
}

/// A server that posts its events to `url`.
pub async fn server_with_platform(url: &str) -> TestServer {
    build(None, &[("PODIUM_PLATFORM_WEBHOOK", url)]).await
}

/// A server with a bot, whose rank index is the test's own.
pub async fn server_with_ranks(ranks: Arc<dyn Ranks>) -> TestServer {
    build_on(Some("http://127.0.0.1:1"), &[], ranks).await
}

async fn build(api_url: Option<&str>, more: &[(&'static str, &str)]) -> TestServer {
    build_on(api_url, more, Arc::new(InProcessRanks::new())).await
}

async fn build_on(api_url: Option<&str>, more: &[(&'static str, &str)], ranks: Arc<dyn Ranks>) -> TestServer {
    let folder = tempfile::tempdir().unwrap();
    write_site(folder.path());
    let mut variables = BTreeMap::from([
        ("TELEGRAM_BOT_TOKEN", TOKEN.to_owned()),
        ("TELEGRAM_API_URL", api_url.unwrap_or("http://127.0.0.1:1").to_owned()),
        ("TELEGRAM_WEBHOOK_URL", "http://127.0.0.1:3000/telegram/webhook".to_owned()),
        ("TELEGRAM_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ("PODIUM_PLATFORM_KEY", PLATFORM_KEY.to_owned()),
        ("PODIUM_ADMIN_IDS", OPERATOR.to_string()),
        ("PODIUM_RATE_LIMITS", "off".to_owned()),
    ]);
    variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let settings = Arc::new(Settings::from_variables(variables, default_file_settings().unwrap()).unwrap());

    let own_settings = Arc::clone(&settings);
    let url = format!("sqlite:{}", folder.path().join("podium.db").display());
    let store = SqliteStore::open(&url, &storage_sqlite::Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let clock = Arc::new(MockClock::default());
    let bot_api = api_url.map(|url| -> Arc<dyn BotApi> {
        Arc::new(HttpBotApi::new(url, TOKEN.parse().unwrap(), Timeouts::default()).unwrap())
    });
    let ports = Ports {
        store: Arc::new(store),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        rng: Arc::new(SeededRng::new(1)),
        ranks,
        limits: Arc::new(InProcessLimits::new()),
        signals: Arc::new(InProcessSignals::new()),
        bot_api,
        platform_webhook: settings
            .platform_webhook
            .clone()
            .map(|url| -> Arc<dyn PlatformWebhook> { Arc::new(HttpPlatformWebhook::new(url).unwrap()) }),
        oidc: settings
            .oidc_client()
            .map(|client| -> Arc<dyn OidcProvider> { Arc::new(HttpOidcProvider::new(client).unwrap()) }),
        networks: None,
    };
    let secrets = Secrets::derive(SECRET).unwrap();
    let services = Services::new(ports, settings.for_services(), secrets);
    let site = Site::load(folder.path()).unwrap();
    let stop = Stop::default();
    let state = app_state(settings, services.clone(), site, stop.clone()).await.unwrap();
    let router = router::router(state);
    TestServer { router, services, clock, stop, calls: Mutex::new(0), settings: own_settings, folder }
}

fn write_site(root: &std::path::Path) {
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

impl TestServer {
    pub async fn request(&self, request: Request<Body>) -> Response<Body> {
        self.request_from("203.0.113.7:5000", request).await
    }

    /// A request from somewhere else.
    pub async fn request_from(&self, from: &str, mut request: Request<Body>) -> Response<Body> {
        let from: SocketAddr = from.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A request and its status and JSON body.
    pub async fn json(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.request(request).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Init data of a person, signed now.
    pub fn init_data(&self, telegram_user_id: i64, first_name: &str) -> String {
        let user =
            json!({"id": telegram_user_id, "first_name": first_name, "language_code": "en"}).to_string();
        let auth_date = self.clock.now().as_secs().to_string();
        let token: BotToken = TOKEN.parse().unwrap();
        init_data::sign(&[("user", user.as_str()), ("auth_date", auth_date.as_str())], &token)
    }

    /// Signs a person in.
    pub async fn sign_in(&self, telegram_user_id: i64, first_name: &str) -> SignedIn {
        let init_data = self.init_data(telegram_user_id, first_name);
        let (status, body) = self.json(post_json("/v1/tg/exchange", &json!({"init_data": init_data}))).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_value(body).unwrap()
    }

    /// Signs a person in on a device with this `User-Agent`.
    pub async fn sign_in_on(&self, telegram_user_id: i64, first_name: &str, user_agent: &str) -> SignedIn {
        let init_data = self.init_data(telegram_user_id, first_name);
        let mut request = post_json("/v1/tg/exchange", &json!({"init_data": init_data}));
        request.headers_mut().insert(header::USER_AGENT, user_agent.parse().unwrap());
        let (status, body) = self.json(request).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_value(body).unwrap()
    }

    /// Lets a person write to the bot in private, and the bot handle it.
    pub async fn write_to_bot(&self, update_id: i64, telegram_user_id: i64, text: &str) {
        let update = json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "text": text,
            "chat": {"id": telegram_user_id, "type": "private"},
            "from": {"id": telegram_user_id, "is_bot": false, "first_name": "Ada", "language_code": "en"}}});
        self.update_is_handled(&update).await;
    }

    /// Takes an update in and handles it.
    pub async fn update_is_handled(&self, update: &Value) {
        let response = self.request(Self::update(update.to_string())).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(services::inbox::worker::work_once(&self.services).await.unwrap(), 1);
    }

    /// Every byte of the database's files, as whoever copies them has it.
    pub fn database_bytes(&self) -> Vec<u8> {
        let files = ["podium.db", "podium.db-wal"];
        files
            .iter()
            .flat_map(|file| std::fs::read(self.folder.path().join(file)).unwrap_or_default())
            .collect()
    }

    /// Another process on the same database, with these secrets for names.
    pub async fn with_personal_keys(&self, personal: &[&[u8]]) -> Services {
        let url = format!("sqlite:{}", self.folder.path().join("podium.db").display());
        let store = SqliteStore::open(&url, &storage_sqlite::Options::default()).await.unwrap();
        let ports = Ports {
            store: Arc::new(store),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng::new(2)),
            ranks: Arc::new(InProcessRanks::new()),
            limits: Arc::new(InProcessLimits::new()),
            signals: Arc::new(InProcessSignals::new()),
            bot_api: None,
            platform_webhook: None,
            oidc: None,
            networks: None,
        };
        let secrets = Secrets::derive_with(SECRET, personal).unwrap();
        Services::new(ports, self.settings.for_services(), secrets)
    }

    /// Takes what waits to be sent, as a sender would.
    pub async fn take_outgoing(&self) -> Vec<ClaimedOutgoing> {
        let now = self.services.now();
        let bot = self.services.bot_id().unwrap();
        let lease = uuid::Uuid::from_u128(1);
        let mut taken = Vec::new();
        loop {
            let before = taken.len();
            for class in OutgoingClass::ALL {
                let mut tx = self.services.store().begin_write().await.unwrap();
                let rows = tx.outbox().claim(bot, class, now, lease, now.plus_ms(1_000), 10).await.unwrap();
                for row in rows {
                    let outcome = Outcome::Sent { message_id: None };
                    assert!(tx.outbox().finish(&row, outcome, now).await.unwrap());
                    taken.push(row);
                }
                tx.save().await.unwrap();
            }
            if taken.len() == before {
                return taken;
            }
        }
    }

    /// Sends events as the platform does, and returns the answer.
    pub async fn events(&self, events: &Value) -> Value {
        let (status, body) = self.json(self.signed_events(events)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// A signed call with events.
    pub fn signed_events(&self, events: &Value) -> Request<Body> {
        let mut request = self.signed("POST", "/v1/platform/events", &events.to_string());
        let batch = "application/cloudevents-batch+json".parse().unwrap();
        request.headers_mut().insert(header::CONTENT_TYPE, batch);
        request
    }

    /// A signed call of the platform.
    pub fn signed(&self, method: &str, path: &str, body: &str) -> Request<Body> {
        let id = {
            let mut calls = self.calls.lock().unwrap();
            *calls += 1;
            format!("msg_{calls}")
        };
        self.signed_as(&id, method, path, body)
    }

    /// A signed call with an id of the test's own.
    pub fn signed_as(&self, id: &str, method: &str, path: &str, body: &str) -> Request<Body> {
        let timestamp = self.clock.now().as_secs().to_string();
        let key = STANDARD.decode(PLATFORM_KEY.trim_start_matches("whsec_")).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(Body::from(body.to_owned()))
            .unwrap()
    }

    /// An event of the platform that happens now.
    pub fn event(&self, id: &str, kind: &str, data: &Value) -> Value {
        let time = self.clock.now().to_string();
        json!({"specversion": "1.0", "id": id, "source": "/test", "type": kind, "time": time, "data": data})
    }

    /// A tournament that runs for an hour from now.
    pub fn tournament(&self, id: &str, operator: &str, order: &str) -> Value {
        let now = self.clock.now();
        self.event(
            &format!("tournament {id}").replace(' ', "-"),
            "platform.tournament.upserted",
            &json!({
                "tournament_id": id,
                "title": {"en": "Winter cup", "ru": "Зимний кубок"},
                "starts_at": now,
                "ends_at": now.plus_ms(3_600_000),
                "operator": operator,
                "order": order,
            }),
        )
    }

    /// A user of the platform, linked to a person at Telegram when given.
    pub fn user(&self, id: &str, alias: &str, telegram_user_id: Option<i64>) -> Value {
        let mut data = json!({"platform_user_id": id, "alias": alias});
        if let Some(telegram_user_id) = telegram_user_id {
            data["telegram_user_id"] = json!(telegram_user_id);
        }
        self.event(
            &format!("user-{id}-{alias}-{telegram_user_id:?}").replace(' ', "-"),
            "platform.user.upserted",
            &data,
        )
    }

    /// A score that is reached now.
    pub fn score(&self, id: &str, tournament_id: &str, user: &str, score: i64) -> Value {
        let data = json!({"tournament_id": tournament_id, "platform_user_id": user, "score": score});
        self.event(id, "platform.score.posted", &data)
    }

    /// The aliases of a board, from rank 1.
    pub async fn standings(&self, tournament_id: &str) -> Vec<(String, i64)> {
        let (status, body) = self.json(get(&format!("/v1/tournaments/{tournament_id}/board"))).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let entries = body["entries"].as_array().unwrap();
        for (index, entry) in entries.iter().enumerate() {
            assert_eq!(entry["rank"], json!(index + 1), "ranks have no gaps");
        }
        entries
            .iter()
            .map(|entry| (entry["alias"].as_str().unwrap().to_owned(), entry["score"].as_i64().unwrap()))
            .collect()
    }

    /// An update as Telegram sends it.
    pub fn update(body: impl Into<Body>) -> Request<Body> {
        Request::post("/telegram/webhook")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-telegram-bot-api-secret-token", WEBHOOK_SECRET)
            .body(body.into())
            .unwrap()
    }
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub fn get_as(path: &str, jwt: &str) -> Request<Body> {
    Request::get(path).header(header::AUTHORIZATION, format!("Bearer {jwt}")).body(Body::empty()).unwrap()
}

pub fn post_json(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// The code of a problem document, after a check of its form.
pub fn problem_code(status: StatusCode, body: &Value) -> String {
    assert_eq!(body["status"], json!(status.as_u16()), "{body}");
    assert_eq!(body["type"], "about:blank", "{body}");
    assert_eq!(body["trace_id"].as_str().map(str::len), Some(32), "{body}");
    body["code"].as_str().unwrap().to_owned()
}

pub fn post_as(path: &str, jwt: &str, body: &Value) -> Request<Body> {
    let mut request = post_json(path, body);
    request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {jwt}").parse().unwrap());
    request
}

pub fn delete_as(path: &str, jwt: &str) -> Request<Body> {
    Request::delete(path).header(header::AUTHORIZATION, format!("Bearer {jwt}")).body(Body::empty()).unwrap()
}
