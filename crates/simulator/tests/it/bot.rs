//! A bot that talks to a simulator.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use simulator::{Config, Handle, LimitsConfig, NewUser};

/// The id of the one person who is there from the start.
pub const USER: i64 = 1000;

/// Settings without limits and with quick retries.
pub fn quick() -> Config {
    Config {
        limits: LimitsConfig { enabled: false, ..LimitsConfig::default() },
        limit_set_webhook: false,
        retry_scale: 0.01,
        users: vec![NewUser {
            id: Some(USER),
            first_name: "Ada".to_owned(),
            language_code: "en".to_owned(),
            ..NewUser::default()
        }],
        ..Config::default()
    }
}

/// A bot and the simulator it talks to.
pub struct Bot {
    pub telegram: Handle,
    pub client: Client,
}

/// An answer of the Bot API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn description(&self) -> &str {
        self.body["description"].as_str().unwrap_or_default()
    }

    pub fn result(&self) -> &Value {
        assert_eq!(self.body["ok"], json!(true), "{}", self.body);
        &self.body["result"]
    }
}

impl Bot {
    pub async fn new(config: Config) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap();
        Self { telegram: simulator::start(config).await.unwrap(), client }
    }

    /// Calls a method, and fails when the connection breaks.
    pub async fn call(&self, method: &str, params: Value) -> Answer {
        self.try_call(method, params).await.unwrap()
    }

    /// Calls a method.
    pub async fn try_call(&self, method: &str, params: Value) -> Result<Answer, reqwest::Error> {
        let url = format!("{}/bot{}/{method}", self.telegram.base_url(), self.telegram.token());
        let response = self.client.post(url).json(&params).send().await?;
        Ok(Answer { status: response.status().as_u16(), body: response.json().await? })
    }

    /// Sends a text to the one person.
    pub async fn send(&self, text: &str) -> Answer {
        self.call("sendMessage", json!({"chat_id": USER, "text": text})).await
    }

    /// Calls the control API.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{path}", self.telegram.base_url());
        self.client.post(url).json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Looks at the control API.
    pub async fn look(&self, path: &str) -> Value {
        let url = format!("{}/_sim/{path}", self.telegram.base_url());
        self.client.get(url).send().await.unwrap().json().await.unwrap()
    }
}

/// Waits until something is so.
#[expect(clippy::disallowed_methods, reason = "a test that waits too long must end by the machine's clock")]
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
