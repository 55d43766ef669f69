//! Tokens, links and reachability in the chat, update by update.

use domain::{BotId, Locale, Reachability, TelegramUserId};
use i18n::{catalog, keys};
use serde_json::{Value, json};
use services::inbox;
use storage::outbox::{Outcome, OutgoingClass};

use crate::support::{TestServer, server_with};

const BOT: BotId = BotId(1_234_567_890);

struct Chat {
    server: TestServer,
    updates: std::cell::Cell<i64>,
}

impl Chat {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A chat with more settings of the server.
    async fn with(more: &[(&'static str, &str)]) -> Self {
        let server = server_with(more).await;
        let mut tx = server.services.store().begin_write().await.unwrap();
        tx.settings().set("bot.username", b"PodiumBot").await.unwrap();
        tx.save().await.unwrap();
        Self { server, updates: std::cell::Cell::new(0) }
    }

    /// Brings an update, and returns the calls that answer it.
    async fn bring(&self, mut update: Value) -> Vec<(String, Value)> {
        self.updates.set(self.updates.get() + 1);
        update["update_id"] = json!(self.updates.get());
        let response = self.server.request(TestServer::update(update.to_string())).await;
        assert_eq!(response.status(), 200);
        assert_eq!(inbox::worker::work_once(&self.server.services).await.unwrap(), 1);
        let now = self.server.services.now();
        let mut calls = Vec::new();
        loop {
            let mut tx = self.server.services.store().begin_write().await.unwrap();
            let (class, lease) = (OutgoingClass::Reply, uuid::Uuid::from_u128(9));
            let row = tx.outbox().claim(BOT, class, now, lease, now.plus_ms(1), 1).await.unwrap().pop();
            let Some(row) = row else { return calls };
            tx.outbox().finish(&row, Outcome::Sent { message_id: Some(1) }, now).await.unwrap();
            tx.save().await.unwrap();
            calls.push((row.method, serde_json::from_str(&row.payload).unwrap()));
        }
    }

    /// Somebody writes; the one answer.
    async fn ask(&self, id: i64, text: &str) -> Value {
        let mut calls = self
            .bring(json!({"message": {"message_id": 1, "date": 1, "text": text,
            "chat": {"id": id, "type": "private"}, "from": person(id)}}))
            .await;
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0).1
    }

    /// Somebody presses a button below a message; the text that takes its place, if one does.
    async fn press(&self, id: i64, data: &str) -> Option<Value> {
        let calls = self
            .bring(json!({"callback_query": {"id": "q", "from": person(id), "data": data,
                "message": {"message_id": 7, "chat": {"id": id, "type": "private"}}}}))
            .await;
        let stops = calls.iter().filter(|(method, _)| method == "answerCallbackQuery").count();
        assert_eq!(stops, 1, "the button stops spinning");
        calls.into_iter().find(|(method, _)| method == "editMessageText").map(|(_, payload)| {
            assert_eq!(payload["message_id"], 7);
            payload["text"].clone()
        })
    }

    async fn token(&self, order: &Value) -> String {
        let request = self.server.signed("POST", "/v1/platform/tokens", &order.to_string());
        let (_, issued) = self.server.json(request).await;
        issued["token"].as_str().unwrap().to_owned()
    }

    async fn link_token(&self, action: &str, account: &str) -> String {
        self.token(&json!({"action": action, "platform_user_id": account, "platform_account": "a•••n"})).await
    }

    /// Which account a person is linked with.
    async fn account(&self, id: i64) -> Option<String> {
        let mut tx = self.server.services.store().begin_read().await.unwrap();
        let user = tx.users().by_telegram_id(TelegramUserId(id)).await.unwrap().unwrap();
        user.platform_user_id.map(|id| id.to_string())
    }

    async fn reachability(&self, id: i64) -> Reachability {
        let mut tx = self.server.services.store().begin_read().await.unwrap();
        tx.users().by_telegram_id(TelegramUserId(id)).await.unwrap().unwrap().reachability
    }
}

fn person(id: i64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "Ada", "language_code": "en"})
}

/// The data of the buttons below a message, in their order.
fn choices(message: &Value) -> Vec<String> {
    let row = message["reply_markup"]["inline_keyboard"][0].as_array().unwrap();
    row.iter().map(|button| button["callback_data"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_link_is_asked_for_and_made_by_the_button_of_who_was_asked() {
    let chat = Chat::new().await;
    chat.ask(43, "/start").await;
    let token = chat.link_token("link", "a").await;
    let question = chat.ask(42, &format!("/start {token}")).await;
    assert!(question["text"].as_str().unwrap().contains("a•••n"), "{question}");
    assert_eq!(chat.account(42).await, None);
    let buttons = choices(&question);
    let foreign = chat.press(43, &buttons[0]).await.unwrap();
    assert!(foreign.as_str().unwrap().contains("somebody else"), "{foreign}");
    assert_eq!(chat.account(43).await, None);

    chat.press(42, &buttons[0]).await.unwrap();
    assert_eq!(chat.account(42).await.as_deref(), Some("a"));
    let again = chat.press(42, &buttons[0]).await.unwrap();
    assert!(again.as_str().unwrap().contains("used"), "{again}");
    let shown_again = chat.ask(43, &format!("/start {token}")).await;
    assert!(shown_again["text"].as_str().unwrap().contains("used"), "{shown_again}");
}

#[tokio::test]
async fn a_no_ends_the_token() {
    let chat = Chat::new().await;
    let token = chat.link_token("link", "a").await;
    let question = chat.ask(42, &token).await;
    chat.press(42, &choices(&question)[1]).await.unwrap();
    assert_eq!(chat.account(42).await, None);
    let late = chat.ask(42, &token).await;
    assert!(late["text"].as_str().unwrap().contains("expired"), "{late}");
}

#[tokio::test]
async fn a_pasted_code_or_link_works_and_an_unknown_one_says_so() {
    let chat = Chat::new().await;
    chat.ask(42, "/start").await;
    for shown in ["{}", "/link {}", "https://t.me/PodiumBot?start={}"] {
        let token = chat.link_token("link", "a").await;
        assert_eq!(choices(&chat.ask(42, &shown.replace("{}", &token)).await).len(), 2, "{shown}");
    }
    let unknown = chat.ask(42, &"A".repeat(22)).await;
    assert!(unknown["text"].as_str().unwrap().contains("not known"), "{unknown}");
    let none = chat.ask(42, "/link hello").await;
    assert!(none["text"].as_str().unwrap().contains("not a code"), "{none}");
}

#[tokio::test]
async fn who_comes_from_a_site_is_linked_at_once_and_asked_only_when_linked_elsewhere() {
    let chat = Chat::new().await;
    let token = chat.link_token("sign_in", "a").await;
    let done = chat.ask(42, &format!("/start {token}")).await;
    assert!(done["text"].as_str().unwrap().contains("connected"), "{done}");
    assert_eq!(chat.account(42).await.as_deref(), Some("a"));
    let other = chat.link_token("sign_in", "b").await;
    let question = chat.ask(42, &format!("/start {other}")).await;
    assert_eq!(chat.account(42).await.as_deref(), Some("a"));
    chat.press(42, &choices(&question)[0]).await.unwrap();
    assert_eq!(chat.account(42).await.as_deref(), Some("b"));
    let unknown = chat.ask(44, &format!("/start {}", "A".repeat(22))).await;
    assert!(unknown["text"].as_str().unwrap().contains("not known"), "{unknown}");
}

#[tokio::test]
async fn what_belongs_to_an_account_is_answered_in_a_linked_chat_alone() {
    let chat = Chat::new().await;
    chat.ask(42, "/start").await;
    let how = chat.ask(42, "/link").await["text"].clone();
    for button in ["Profile", "Bonuses and promos"] {
        assert_eq!(chat.ask(42, button).await["text"], how, "a stranger hears how to link");
    }
    let nothing = chat.ask(42, "/unlink").await;
    assert!(nothing["reply_markup"].is_null(), "{nothing}");
    let token = chat.link_token("sign_in", "a").await;
    chat.ask(42, &format!("/start {token}")).await;
    assert_ne!(chat.ask(42, "Profile").await["text"], how);
    assert_ne!(chat.ask(42, "/link").await["text"], how);
    let question = chat.ask(42, "/unlink").await;
    chat.press(42, &choices(&question)[1]).await.unwrap();
    assert_eq!(chat.account(42).await.as_deref(), Some("a"), "kept");
    chat.press(42, &choices(&question)[0]).await.unwrap();
    assert_eq!(chat.account(42).await, None);
    assert_eq!(chat.ask(42, "Profile").await["text"], how);
}

#[tokio::test]
async fn a_group_is_told_nothing_of_an_account() {
    let chat = Chat::new().await;
    let token = chat.link_token("link", "a").await;
    for text in [format!("/link {token}"), format!("/start {token}"), "/unlink".to_owned()] {
        let calls = chat
            .bring(json!({"message": {"message_id": 1, "date": 1, "text": text,
                "chat": {"id": -5, "type": "group"}, "from": person(42)}}))
            .await;
        assert!(!calls[0].1.to_string().contains("a•••n"), "{calls:?}");
    }
    assert_eq!(choices(&chat.ask(42, &token).await).len(), 2, "the token is as good as before");
}

#[tokio::test]
async fn a_page_opens_by_a_token_once() {
    let chat = Chat::new().await;
    let token = chat.token(&json!({"action": "open_tournament", "tournament_id": "cup"})).await;
    let opened = chat.ask(42, &format!("/start {token}")).await;
    let button = &opened["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["web_app"]["url"], "http://127.0.0.1:3000/app/t/cup");
    let again = chat.ask(42, &format!("/start {token}")).await;
    assert!(again["text"].as_str().unwrap().contains("used"), "{again}");
}

#[tokio::test]
async fn each_page_that_a_token_opens_is_told_in_its_own_words() {
    let chat = Chat::new().await;
    for (order, words, path) in [
        (
            json!({"action": "open_tournament", "tournament_id": "cup"}),
            keys::bot::OPEN_TOURNAMENT,
            "/app/t/cup",
        ),
        (json!({"action": "open_kyc", "step": "passport"}), keys::bot::OPEN_KYC, "/app/profile?kyc=passport"),
    ] {
        let token = chat.token(&order).await;
        let answer = chat.ask(42, &format!("/start {token}")).await;
        assert_eq!(answer["text"], catalog(Locale::En).text(words), "{order}");
        let button = &answer["reply_markup"]["inline_keyboard"][0][0]["web_app"]["url"];
        assert!(button.as_str().unwrap().ends_with(path), "{button}");
    }
}

#[tokio::test]
async fn who_blocks_the_bot_is_not_reachable_until_they_come_back() {
    let chat = Chat::new().await;
    let member = |status: &str| {
        json!({"my_chat_member": {"chat": {"id": 42, "type": "private"}, "from": person(42), "date": 1,
            "old_chat_member": {"status": "member"}, "new_chat_member": {"status": status}}})
    };
    chat.ask(42, "/start").await;
    assert_eq!(chat.reachability(42).await, Reachability::Reachable);
    assert!(chat.bring(member("kicked")).await.is_empty());
    assert_eq!(chat.reachability(42).await, Reachability::Blocked);
    chat.bring(member("member")).await;
    assert_eq!(chat.reachability(42).await, Reachability::Reachable);
    chat.bring(member("kicked")).await;
    chat.ask(42, "/start").await;
    assert_eq!(chat.reachability(42).await, Reachability::Reachable, "whoever writes can be written to");
    let in_a_group = json!({"my_chat_member": {"chat": {"id": -5, "type": "group"}, "from": person(42),
        "date": 1, "new_chat_member": {"status": "kicked"}}});
    chat.bring(in_a_group).await;
    assert_eq!(chat.reachability(42).await, Reachability::Reachable);
}

#[tokio::test]
async fn the_leave_to_write_makes_reachable_and_is_not_answered() {
    let chat = Chat::new().await;
    chat.server.sign_in(42, "Ada").await;
    assert_eq!(chat.reachability(42).await, Reachability::NeedsStart);
    let allowed = json!({"message": {"message_id": 1, "date": 1, "write_access_allowed": {"from_request": true},
        "chat": {"id": 42, "type": "private"}, "from": person(42)}});
    assert!(chat.bring(allowed).await.is_empty());
    assert_eq!(chat.reachability(42).await, Reachability::Reachable);
}

/// Whether an answer asks to confirm a contact, and leads there.
fn asks_for_contact(answer: &Value) -> bool {
    let is_asked =
        answer["text"].as_str().unwrap().contains(catalog(Locale::En).text(keys::bot::CONTACT_ASK));
    let leads_there = answer["reply_markup"].to_string().contains("https://cabinet.example/in?to=contact");
    assert_eq!(is_asked, leads_there, "{answer}");
    is_asked
}

#[tokio::test]
async fn a_contact_is_asked_for_once_in_a_chat_and_never_of_who_has_confirmed_one() {
    let chat = Chat::with(&[("PODIUM_CABINET_URL", "https://cabinet.example/in")]).await;
    assert!(asks_for_contact(&chat.ask(42, "/start").await));
    assert!(!asks_for_contact(&chat.ask(42, "/start").await), "once");
    // Known to the chat before, but not asked: what the platform confirms stops the question.
    chat.ask(43, "/help").await;
    chat.ask(44, "/help").await;
    let server = &chat.server;
    let mut confirmed = server.user("p-43", "Bea", Some(43));
    confirmed["data"]["contact_confirmed"] = json!(true);
    let mut unconfirmed = server.user("p-44", "Cem", Some(44));
    unconfirmed["data"]["contact_confirmed"] = json!(false);
    let answer = server.events(&json!([confirmed, unconfirmed])).await;
    assert_eq!(answer["accepted"], 2, "{answer}");
    assert!(!asks_for_contact(&chat.ask(43, "/start").await));
    assert!(asks_for_contact(&chat.ask(44, "/start").await), "linked is not confirmed");
    // Where there is no cabinet, there is no place to confirm it.
    assert!(!asks_for_contact(&Chat::new().await.ask(42, "/start").await));
}
