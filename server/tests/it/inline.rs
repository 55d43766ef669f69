//! Inline mode, and sharing from the app.

use axum::http::StatusCode;
use serde_json::{Value, json};
use services::inbox;
use simulator::world::faults::Faults;

use crate::{
    bot_support::{Bot, buttons},
    support::{TestServer, post_as},
};

impl Bot {
    /// Somebody types behind the bot's name. Returns the id of the query.
    async fn type_inline(&self, id: i64, query: &str, offset: &str) -> String {
        let (update_id, query_id) = self.telegram.type_inline(id, query, offset).unwrap();
        let update = json!({"update_id": update_id.unwrap(), "inline_query": {"id": query_id, "query": query, "offset": offset,
            "from": {"id": id, "is_bot": false, "first_name": "Ada", "language_code": self.language(id)}}});
        let response = self.server.request(TestServer::update(update.to_string())).await;
        assert_eq!(response.status(), 200);
        query_id
    }

    /// What the bot finds for it.
    async fn find(&self, id: i64, query: &str, offset: &str) -> (String, Value) {
        let query_id = self.type_inline(id, query, offset).await;
        inbox::worker::work_once(&self.server.services).await.unwrap();
        let answer = || self.telegram.found(&query_id).unwrap()["answer"].clone();
        self.until("the query is answered", || !answer().is_null()).await;
        (query_id.clone(), answer())
    }

    /// The last message of a chat, whoever sent it.
    fn last(&self, id: i64) -> Value {
        self.telegram.chat(id).unwrap()["messages"].as_array().unwrap().last().unwrap().clone()
    }

    /// Somebody presses the last button below the last message. Returns the id of the press.
    async fn press_last(&self, id: i64) -> String {
        let message = self.last(id);
        let data = buttons(&message).last().unwrap()["callback_data"].as_str().unwrap().to_owned();
        let number = message["message_id"].as_i64().unwrap();
        let (update_id, callback_id) = self.telegram.press_button(id, number, &data).unwrap();
        let update = json!({"update_id": update_id.unwrap(), "callback_query": {"id": callback_id, "data": data,
            "inline_message_id": message["inline_message_id"],
            "from": {"id": id, "is_bot": false, "first_name": "Ada", "language_code": "en"}}});
        self.server.request(TestServer::update(update.to_string())).await;
        inbox::worker::work_once(&self.server.services).await.unwrap();
        callback_id
    }

    async fn cups(&self, count: i64) {
        for number in 1..=count {
            let mut event = self.server.tournament(&format!("cup-{number}"), "best", "desc");
            event["data"]["title"] =
                json!({"en": format!("Winter cup {number}"), "ru": format!("Зимний кубок {number}")});
            assert_eq!(self.server.events(&json!([event])).await["accepted"], 1);
        }
        self.server.events(&json!([self.server.user("a", "Ann", None)])).await;
    }
}

#[tokio::test]
async fn a_board_is_found_by_its_title_sent_and_brought_up_to_date_by_whoever_presses() {
    let bot = Bot::start().await;
    bot.person(42, "ru");
    bot.cups(2).await;
    bot.server.events(&json!([bot.server.score("s1", "cup-2", "a", 1_234)])).await;
    let (query_id, answer) = bot.find(42, "Кубок 2", "").await;
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{answer}");
    assert_eq!(results[0]["title"], "Зимний кубок 2");
    assert_eq!(answer["next_offset"], "");
    let text = results[0]["input_message_content"]["message_text"].as_str().unwrap();
    assert!(text.contains("🥇 Ann · 1\u{a0}234"), "{text}");
    let found = buttons(&results[0]);
    assert_eq!(found[0]["url"], "https://t.me/PodiumDemoBot?startapp=t_cup-2");
    let call = &bot.calls("answerInlineQuery")[0]["payload"];
    assert_eq!(call["is_personal"], true, "the texts are in the language of who asks");

    bot.telegram.choose_result(42, &query_id, "t_cup-2").unwrap();
    bot.server.events(&json!([bot.server.score("s2", "cup-2", "a", 5_000)])).await;
    bot.press_last(42).await;
    bot.until("the message has changed", || bot.last(42)["text"].as_str().unwrap().contains("5\u{a0}000"))
        .await;
    assert_eq!(buttons(&bot.last(42)).len(), 2, "the buttons stay");

    // A second press a moment later changes nothing, and says why.
    bot.server.events(&json!([bot.server.score("s3", "cup-2", "a", 6_000)])).await;
    let edits = bot.calls("editMessageText").len();
    bot.press_last(42).await;
    bot.until("the press is answered", || bot.calls("answerCallbackQuery").len() == 2).await;
    assert!(bot.calls("answerCallbackQuery")[1]["payload"]["text"].is_string());
    bot.server.clock.advance_ms(15_000);
    bot.press_last(42).await;
    bot.until("the message has changed again", || {
        bot.last(42)["text"].as_str().unwrap().contains("6\u{a0}000")
    })
    .await;
    assert_eq!(bot.calls("editMessageText").len(), edits + 1);
}

#[tokio::test]
async fn what_was_sent_through_the_bot_is_not_taken_for_a_word_to_it() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    bot.cups(1).await;
    let update = json!({"update_id": 5, "message": {"message_id": 1, "date": 1, "text": "Winter cup 1",
        "via_bot": {"id": 1, "is_bot": true}, "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": false, "first_name": "Ada"}}});
    bot.server.update_is_handled(&update).await;
    assert_eq!(bot.server.take_outgoing().await, []);
}

#[tokio::test]
async fn many_boards_come_page_by_page_and_none_has_a_way_on() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    let (_, nothing) = bot.find(42, "cup", "").await;
    assert_eq!(nothing["results"], json!([]));
    assert_eq!(nothing["button"]["start_parameter"], "tournaments");
    bot.cups(10).await;
    let (_, first) = bot.find(42, "winter", "").await;
    let (_, second) = bot.find(42, "winter", first["next_offset"].as_str().unwrap()).await;
    let ids = |answer: &Value| -> Vec<String> {
        let results = answer["results"].as_array().unwrap();
        results.iter().map(|result| result["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((ids(&first).len(), ids(&second).len()), (8, 2));
    let all: std::collections::BTreeSet<String> = ids(&first).into_iter().chain(ids(&second)).collect();
    assert_eq!(all.len(), 10, "no board stands on both pages");
    assert_eq!(second["next_offset"], "");
    // The way on leads to the list.
    let list = bot.ask(42, "/start tournaments").await;
    assert!(list["text"].as_str().unwrap().starts_with("Tournaments\n\n1. Winter cup"), "{list}");
}

#[tokio::test]
async fn a_query_that_is_answered_late_fails_nothing() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    bot.cups(1).await;
    // It waited for a worker for too long: nobody is asked to send anything.
    bot.type_inline(42, "cup", "").await;
    bot.server.clock.advance_ms(11_000);
    inbox::worker::work_once(&bot.server.services).await.unwrap();
    // Telegram has forgotten this one.
    let update = json!({"update_id": 5, "inline_query": {"id": "forgotten", "query": "", "offset": "",
        "from": {"id": 42, "is_bot": false, "first_name": "Ada"}}});
    bot.server.update_is_handled(&update).await;
    bot.until("Telegram has refused it", || bot.calls("answerInlineQuery").len() == 1).await;
    bot.until_stored("nothing waits and nothing failed", async |tx| {
        let stats = tx.outbox().stats().await.unwrap();
        (stats.waiting, stats.sending, stats.failed) == (0, 0, 0)
    })
    .await;
    assert_eq!(bot.calls("answerInlineQuery")[0]["status"], 400);
}

#[tokio::test]
async fn a_board_is_shared_by_a_message_that_telegram_keeps_ready_and_else_by_a_link() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    bot.cups(1).await;
    let ada = bot.server.sign_in(42, "Ada").await;
    let share = async |path: &str| bot.server.json(post_as(path, &ada.jwt, &json!({}))).await;
    let (status, shared) = share("/v1/tournaments/cup-1/share").await;
    assert_eq!(status, StatusCode::OK, "{shared}");
    assert_eq!(shared["link"], "https://t.me/PodiumDemoBot?startapp=t_cup-1");
    let prepared = shared["prepared_message_id"].as_str().unwrap();
    bot.telegram.share_prepared(42, prepared).unwrap();
    assert!(bot.last(42)["text"].as_str().unwrap().starts_with("Winter cup 1"), "{}", bot.last(42));

    bot.telegram.set_faults(Faults { api_down: true, ..Faults::default() });
    let (status, shared) = share("/v1/tournaments/cup-1/share").await;
    assert_eq!((status, shared["prepared_message_id"].clone()), (StatusCode::OK, Value::Null), "{shared}");
    assert_eq!(shared["link"], "https://t.me/PodiumDemoBot?startapp=t_cup-1");
    bot.telegram.set_faults(Faults::default());
    assert_eq!(share("/v1/tournaments/gone/share").await.0, StatusCode::NOT_FOUND);
}
