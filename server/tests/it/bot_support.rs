//! A bot at work, for tests of what chats see.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use services::{
    bot::{
        board_message::keep,
        setup::{self, Delivery},
    },
    inbox, outbox,
};
use simulator::{Config, Handle, LimitsConfig, NewUser};
use storage::BoxTransaction;
use tokio_util::sync::CancellationToken;

use crate::support::{TOKEN, TestServer, server_with_bot};

/// A bot at work: a simulated Telegram, a server, and a sender.
pub struct Bot {
    pub telegram: Handle,
    pub server: TestServer,
    pub stop: CancellationToken,
}

impl Bot {
    pub async fn start() -> Self {
        let limits = LimitsConfig { enabled: false, ..LimitsConfig::default() };
        let config =
            Config { token: TOKEN.to_owned(), limits, limit_set_webhook: false, ..Config::default() };
        let telegram = simulator::start(config).await.unwrap();
        let server = server_with_bot(&telegram.base_url()).await;
        let stop = CancellationToken::new();
        let api = server.services.shared_bot_api().unwrap();
        tokio::spawn(outbox::sender::run(server.services.clone(), Arc::clone(&api), stop.clone()));
        let delivery = Delivery::Polling;
        tokio::spawn(setup::run(server.services.clone(), delivery, stop.clone()));
        let bot = Self { telegram, server, stop };
        bot.until("the bot is set up", || bot.calls("setChatMenuButton").len() == 1).await;
        bot
    }

    pub fn person(&self, id: i64, language: &str) {
        let user = NewUser {
            id: Some(id),
            first_name: "Ada".to_owned(),
            language_code: language.to_owned(),
            ..NewUser::default()
        };
        self.telegram.simulator().create_user(user).unwrap();
    }

    /// Somebody writes; the first answer comes.
    pub async fn ask(&self, id: i64, text: &str) -> Value {
        let before = self.answers(id).len();
        let update_id = self.telegram.simulator().send_message(id, text).unwrap().unwrap();
        let update = json!({
            "update_id": update_id,
            "message": {"message_id": 1, "date": 1, "text": text,
                "chat": {"id": id, "type": "private", "first_name": "Ada"},
                "from": {"id": id, "is_bot": false, "first_name": "Ada", "language_code": self.language(id)}}
        });
        let response = self.server.request(TestServer::update(update.to_string())).await;
        assert_eq!(response.status(), 200);
        inbox::worker::work_once(&self.server.services).await.unwrap();
        self.until("the answer came", || self.answers(id).len() > before).await;
        self.answers(id).swap_remove(before)
    }

    pub fn language(&self, id: i64) -> String {
        let users = self.telegram.simulator().users();
        serde_json::to_value(users.iter().find(|user| user.id == id).unwrap()).unwrap()["language_code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub fn answers(&self, id: i64) -> Vec<Value> {
        let chat = self.telegram.simulator().chat(id).unwrap();
        let messages = chat["messages"].as_array().or(chat.as_array()).unwrap();
        messages.iter().filter(|message| message["from"] == "bot").cloned().collect()
    }

    pub fn calls(&self, method: &str) -> Vec<Value> {
        let calls = self.telegram.simulator().calls(1000);
        let calls = calls.iter().map(|call| serde_json::to_value(call).unwrap());
        calls.filter(|call| call["method"] == method).collect()
    }

    pub async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let wait = async {
            while !is_so() {
                // The sender's pace follows the clock, which only the test moves.
                self.server.clock.advance_ms(40);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(
            tokio::time::timeout(Duration::from_secs(10), wait).await.is_ok(),
            "waited in vain until {what}"
        );
    }
}

impl Bot {
    /// Waits until the database says so.
    pub async fn until_stored(&self, what: &str, is_so: impl AsyncFn(&mut BoxTransaction) -> bool) {
        let wait = async {
            while !is_so(&mut self.server.services.store().begin_read().await.unwrap()).await {
                self.server.clock.advance_ms(40);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(
            tokio::time::timeout(Duration::from_secs(10), wait).await.is_ok(),
            "waited in vain until {what}"
        );
    }
}

impl Bot {
    /// Looks after boards in chats, each time after half a minute, until it is so.
    pub async fn until_looked(&self, what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..20 {
            self.server.clock.advance_ms(31_000);
            keep::look_once(&self.server.services).await.unwrap();
            for _ in 0..100 {
                if is_so() {
                    return;
                }
                self.server.clock.advance_ms(10);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        panic!("looked in vain until {what}");
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The buttons below a message, row by row.
pub fn buttons(message: &Value) -> Vec<Value> {
    let markup = &message["reply_markup"];
    let rows = markup["inline_keyboard"].as_array().or(markup["keyboard"].as_array());
    rows.into_iter().flatten().flat_map(|row| row.as_array().unwrap().clone()).collect()
}
