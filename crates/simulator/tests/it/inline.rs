//! Inline mode: queries, answers, and what is sent through the bot.

use serde_json::{Value, json};

use crate::bot::{Bot, USER, quick};

async fn started() -> Bot {
    let bot = Bot::new(quick()).await;
    bot.telegram.send_message(USER, "/start").unwrap();
    bot
}

fn article(id: &str) -> Value {
    json!({"type": "article", "id": id, "title": "Cup", "input_message_content": {"message_text": "Cup"},
        "reply_markup": {"inline_keyboard": [[{"text": "Update", "callback_data": "r"}]]}})
}

/// Somebody types; the update that the bot gets.
async fn ask(bot: &Bot, query: &str) -> (String, Value) {
    let asked = bot.control(&format!("users/{USER}/inline"), json!({"query": query})).await;
    let updates = bot.call("getUpdates", json!({"offset": asked["update_id"]})).await;
    (asked["query_id"].as_str().unwrap().to_owned(), updates.result()[0].clone())
}

fn answer(bot: &Bot, id: &str, results: &Value) -> impl Future<Output = crate::bot::Answer> {
    bot.call("answerInlineQuery", json!({"inline_query_id": id, "results": results, "next_offset": "8"}))
}

#[tokio::test]
async fn a_query_is_answered_once_and_in_time() {
    let bot = started().await;
    let (id, update) = ask(&bot, "cup").await;
    assert_eq!(update["inline_query"]["query"], "cup");
    assert_eq!(update["inline_query"]["from"]["id"], USER);
    assert_eq!(answer(&bot, &id, &json!([article("a")])).await.status, 200);
    let found = bot.telegram.found(&id).unwrap();
    assert_eq!(found["answer"]["results"][0]["title"], "Cup");
    assert_eq!(found["answer"]["next_offset"], "8");
    let again = answer(&bot, &id, &json!([])).await;
    assert!(again.description().starts_with("Bad Request: query is too old"), "{again:?}");
    assert!(answer(&bot, "unknown", &json!([])).await.description().contains("query ID is invalid"));
}

#[tokio::test]
async fn results_that_telegram_refuses_are_refused() {
    let bot = started().await;
    let (id, _) = ask(&bot, "").await;
    let mut with_app = article("a");
    with_app["reply_markup"] =
        json!({"inline_keyboard": [[{"text": "Open", "web_app": {"url": "https://podium.example"}}]]});
    let mut empty = article("a");
    empty["input_message_content"] = json!({});
    for (results, reason) in [
        (json!([article("a"), article("a")]), "RESULT_ID_DUPLICATE"),
        (json!([article(&"a".repeat(65))]), "RESULT_ID_INVALID"),
        (json!([with_app]), "BUTTON_TYPE_INVALID"),
        (json!([empty]), "MESSAGE_EMPTY"),
        (json!((0..51).map(|number| article(&number.to_string())).collect::<Vec<_>>()), "RESULTS_TOO_MUCH"),
    ] {
        assert_eq!(answer(&bot, &id, &results).await.description(), format!("Bad Request: {reason}"));
    }
    assert_eq!(answer(&bot, &id, &json!([])).await.status, 200, "nothing of that was an answer");
}

#[tokio::test]
async fn what_was_sent_through_the_bot_is_pressed_and_changed_by_its_own_id() {
    let bot = started().await;
    let (id, _) = ask(&bot, "cup").await;
    answer(&bot, &id, &json!([article("a")])).await;
    let chosen =
        bot.control(&format!("users/{USER}/inline/choose"), json!({"query_id": id, "result_id": "a"})).await;
    let updates = bot.call("getUpdates", json!({"offset": chosen["update_id"]})).await;
    let message = updates.result()[0]["message"].clone();
    assert_eq!(message["via_bot"]["is_bot"], true, "{message}");
    let pressed = bot
        .control(
            &format!("users/{USER}/callbacks"),
            json!({"message_id": message["message_id"], "data": "r"}),
        )
        .await;
    let updates = bot.call("getUpdates", json!({"offset": pressed["update_id"]})).await;
    let query = updates.result()[0]["callback_query"].clone();
    assert!(query.get("message").is_none(), "{query}");
    let name = query["inline_message_id"].clone();
    let edit = |text: &str| bot.call("editMessageText", json!({"inline_message_id": name, "text": text}));
    assert_eq!(*edit("Cup: over").await.result(), json!(true));
    assert!(edit("Cup: over").await.description().contains("message is not modified"));
    let chat = bot.telegram.chat(USER).unwrap();
    let last = chat["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["text"].clone(), last["from"].clone()), (json!("Cup: over"), json!("user")));
    bot.telegram.delete_message(USER, last["message_id"].as_i64().unwrap()).unwrap();
    assert_eq!(edit("gone").await.description(), "Bad Request: MESSAGE_ID_INVALID");
}
