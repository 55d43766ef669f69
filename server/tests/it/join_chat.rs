//! Joining a tournament by what the keyboard's app sends: taken once, in time, from the right person.

use serde_json::{Value, json};
use services::inbox;

use crate::support::{TestServer, get, server};

fn person(id: i64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "Ada", "language_code": "en"})
}

/// A chat with the bot, update by update.
struct Chat {
    server: TestServer,
    updates: std::cell::Cell<i64>,
}

impl Chat {
    async fn new() -> Self {
        let server = server().await;
        let cup = server.tournament("cup", "best", "desc");
        server
            .events(&json!([cup, server.user("a", "Ann", Some(42)), server.user("b", "Bob", Some(43))]))
            .await;
        Self { server, updates: std::cell::Cell::new(0) }
    }

    async fn bring(&self, mut update: Value) -> Vec<(String, Value)> {
        self.updates.set(self.updates.get() + 1);
        update["update_id"] = json!(self.updates.get());
        let response = self.server.request(TestServer::update(update.to_string())).await;
        assert_eq!(response.status(), 200);
        assert_eq!(inbox::worker::work_once(&self.server.services).await.unwrap(), 1);
        let rows = self.server.take_outgoing().await;
        rows.into_iter().map(|row| (row.method, serde_json::from_str(&row.payload).unwrap())).collect()
    }

    async fn message(&self, id: i64, content: &Value) -> Value {
        let mut message =
            json!({"message_id": 1, "date": 1, "chat": {"id": id, "type": "private"}, "from": person(id)});
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        let mut calls = self.bring(json!({"message": message})).await;
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0).1
    }

    /// The address of the button that the keyboard of a chat has now.
    async fn button(&self, id: i64) -> String {
        let answer = self.message(id, &json!({"text": "/join"})).await;
        address(&answer)
    }

    async fn code(&self, id: i64) -> String {
        let address = self.button(id).await;
        address.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned()
    }

    async fn send(&self, id: i64, data: &str) -> Value {
        self.message(id, &json!({"web_app_data": {"data": data, "button_text": "Join a tournament"}})).await
    }

    async fn joins(&self, id: i64, tournament: &str, code: &str) -> Value {
        let data = json!({"v": 1, "action": "join", "tournament": tournament, "nonce": code});
        self.send(id, &data.to_string()).await
    }

    async fn is_in(&self, id: i64) -> bool {
        let session = self.server.sign_in(id, "Ada").await;
        let request = crate::support::get_as("/v1/tournaments/cup/me", &session.jwt);
        let (status, body) = self.server.json(request).await;
        assert_eq!(status, 200, "{body}");
        !body["entry"].is_null()
    }
}

fn address(message: &Value) -> String {
    let rows = message["reply_markup"]["keyboard"].as_array().unwrap();
    rows.last().unwrap()[0]["web_app"]["url"].as_str().unwrap().to_owned()
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

#[tokio::test]
async fn the_keyboard_s_app_joins_a_tournament_once() {
    let chat = Chat::new().await;
    let address = chat.button(42).await;
    assert!(address.starts_with("http://127.0.0.1:3000/app/join?code="), "{address}");
    assert!(address.ends_with("&lang=en") && !address.contains("42"), "nothing of the person: {address}");
    let page = chat.server.request(get(address.trim_start_matches("http://127.0.0.1:3000"))).await;
    assert_eq!(page.status(), 200, "the button leads somewhere");

    let code = chat.code(42).await;
    assert!(!chat.is_in(42).await);
    let joined = chat.joins(42, "cup", &code).await;
    assert!(text(&joined).starts_with("You are in: Winter cup"), "{joined}");
    assert!(chat.is_in(42).await);
    assert_eq!(chat.server.take_outgoing().await, [], "the chat has answered; nothing is confirmed twice");
    let fresh = address_code(&joined);
    assert_ne!(fresh, code, "the keyboard has a fresh code");
    let again = chat.joins(42, "cup", &code).await;
    assert!(text(&again).starts_with("That was taken in already"), "{again}");
}

fn address_code(message: &Value) -> String {
    address(message).split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn forged_and_foreign_data_join_nothing() {
    let chat = Chat::new().await;
    let code = chat.code(42).await;
    let foreign = chat.joins(43, "cup", &code).await;
    assert!(text(&foreign).contains("somebody else"), "{foreign}");
    let made_up = "A".repeat(22);
    let wrong = [
        "hello".to_owned(),
        String::new(),
        "{}".to_owned(),
        json!({"v": 2, "action": "join", "tournament": "cup", "nonce": code}).to_string(),
        json!({"v": 1, "action": "win", "tournament": "cup", "nonce": code}).to_string(),
        json!({"v": 1, "action": "join", "tournament": "../cup", "nonce": code}).to_string(),
        json!({"v": 1, "action": "join", "tournament": "cup", "nonce": made_up}).to_string(),
        json!({"v": 1, "action": "join", "tournament": "cup", "nonce": "x"}).to_string(),
        json!({"v": 1, "action": "join", "tournament": "cup", "nonce": code, "pad": "x".repeat(5_000)})
            .to_string(),
    ];
    for data in wrong {
        let answer = chat.send(42, &data).await;
        assert!(text(&answer).starts_with("I can\u{2019}t read that"), "{data}: {answer}");
    }
    assert!(!chat.is_in(42).await && !chat.is_in(43).await);
    let joined = chat.joins(42, "cup", &code).await;
    assert!(text(&joined).starts_with("You are in"), "none of that has used the code up: {joined}");
}

#[tokio::test]
async fn a_code_that_has_expired_asks_once_more_and_a_tap_joins() {
    let chat = Chat::new().await;
    let code = chat.code(42).await;
    chat.server.clock.advance_ms(15 * 60_000);
    let question = chat.joins(42, "cup", &code).await;
    assert!(text(&question).contains("older than 15 minutes"), "{question}");
    assert!(!chat.is_in(42).await);
    let data =
        question["reply_markup"]["inline_keyboard"][0][0]["callback_data"].as_str().unwrap().to_owned();
    let calls = chat
        .bring(json!({"callback_query": {"id": "q", "from": person(42), "data": data,
            "message": {"message_id": 7, "chat": {"id": 42, "type": "private"}}}}))
        .await;
    let edit = &calls.iter().find(|(method, _)| method == "editMessageText").unwrap().1;
    assert!(text(edit).starts_with("You are in: Winter cup"), "{edit}");
    assert!(chat.is_in(42).await);
}

#[tokio::test]
async fn a_tournament_that_can_not_be_joined_says_why_and_the_code_stays_good() {
    let chat = Chat::new().await;
    let code = chat.code(42).await;
    let unknown = chat.joins(42, "gone", &code).await;
    assert!(!text(&unknown).starts_with("You are in"), "{unknown}");
    let joined = chat.joins(42, "cup", &code).await;
    assert!(text(&joined).starts_with("You are in"), "{joined}");
}
