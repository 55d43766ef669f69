//! Updates by webhook.

use serde_json::json;

use crate::{
    bot::{Bot, USER, quick, until},
    webhook_receiver::{Receiver, Says},
};

async fn with_webhook(answers: impl IntoIterator<Item = Says>) -> (Bot, Receiver) {
    let bot = Bot::new(quick()).await;
    let receiver = Receiver::new(answers).await;
    let answer = bot.call("setWebhook", json!({"url": receiver.url, "secret_token": "s3cret"})).await;
    assert_eq!(answer.description(), "Webhook was set");
    (bot, receiver)
}

fn delivered(bot: &Bot) -> u64 {
    bot.telegram.state()["updates"]["delivered"].as_u64().unwrap()
}

#[tokio::test]
async fn an_update_carries_the_secret_and_the_message() {
    let (bot, receiver) = with_webhook([]).await;
    let update_id = bot.telegram.send_message(USER, "/start abc").unwrap();
    until("the update is taken", || delivered(&bot) == 1).await;
    let taken = &receiver.taken()[0];
    assert_eq!(taken.secret.as_deref(), Some("s3cret"));
    assert_eq!(taken.update["update_id"].as_i64(), update_id);
    let message = &taken.update["message"];
    assert_eq!(message["chat"], json!({"id": USER, "type": "private", "first_name": "Ada"}));
    assert_eq!(message["from"]["language_code"], "en");
    assert_eq!(message["entities"], json!([{"type": "bot_command", "offset": 0, "length": 6}]));
}

#[tokio::test]
async fn one_chat_stays_in_order_while_others_run_beside_it() {
    let (bot, receiver) = with_webhook([]).await;
    receiver.close();
    for text in ["1", "2", "3"] {
        bot.telegram.send_message(USER, text).unwrap();
    }
    let others = bot.control("load", json!({"users": 5, "text": "other"})).await;
    assert_eq!(others["update_ids"].as_array().unwrap().len(), 5);
    until("one of each chat is in flight", || receiver.taken().len() == 6).await;
    assert_eq!(bot.telegram.state()["updates"]["in_flight"], 6);
    receiver.open(8);
    until("all are taken", || delivered(&bot) == 8).await;
    let mine: Vec<String> = receiver.texts().into_iter().filter(|text| text != "other").collect();
    assert_eq!(mine, ["1", "2", "3"]);
}

#[tokio::test]
async fn no_more_connections_are_used_than_allowed() {
    let bot = Bot::new(quick()).await;
    let receiver = Receiver::new([]).await;
    bot.call("setWebhook", json!({"url": receiver.url, "max_connections": 2})).await;
    bot.control("load", json!({"users": 20, "text": "x"})).await;
    until("all are taken", || delivered(&bot) == 20).await;
    assert!(receiver.most_at_once() <= 2, "{} at once", receiver.most_at_once());
}

#[tokio::test]
async fn a_failed_update_comes_again_before_the_next_one_of_its_chat() {
    let failures = [500, 302, 404].map(Says::Status);
    let (bot, receiver) = with_webhook(failures).await;
    bot.telegram.send_message(USER, "first").unwrap();
    bot.telegram.send_message(USER, "second").unwrap();
    until("both are taken", || delivered(&bot) == 2).await;
    assert_eq!(receiver.texts(), ["first", "first", "first", "first", "second"]);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let config = simulator::Config { retry_scale: 1.0, ..quick() };
    let bot = Bot::new(config).await;
    let receiver = Receiver::new([Says::RetryAfter(503, 3600)]).await;
    bot.call("setWebhook", json!({"url": receiver.url})).await;
    bot.telegram.send_message(USER, "x").unwrap();
    until("the failure is known", || !bot.telegram.state()["webhook"]["last_error_message"].is_null()).await;
    // Without the header the first retry would come at once; another chat shows that deliveries go on meanwhile.
    bot.control("load", json!({"users": 1, "text": "other"})).await;
    until("the other chat is served", || delivered(&bot) == 1).await;
    assert_eq!(receiver.texts(), ["x", "other"]);
    let info = bot.call("getWebhookInfo", json!({})).await;
    assert_eq!(info.result()["pending_update_count"], 1);
    let error = info.result()["last_error_message"].as_str().unwrap();
    assert_eq!(error, "Wrong response from the webhook: 503 Service Unavailable");
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_tried_until_it_is() {
    let bot = Bot::new(quick()).await;
    bot.call("setWebhook", json!({"url": "http://127.0.0.1:9/hook"})).await;
    bot.telegram.send_message(USER, "x").unwrap();
    until("the failure is known", || {
        bot.telegram.state()["webhook"]["last_error_message"] == "Connection refused"
    })
    .await;
    let receiver = Receiver::new([]).await;
    bot.call("setWebhook", json!({"url": receiver.url})).await;
    until("the update is taken", || delivered(&bot) == 1).await;
    assert_eq!(receiver.texts(), ["x"]);
}

#[tokio::test]
async fn an_answer_with_a_method_is_carried_out_unless_it_is_forbidden() {
    let reply = json!({"method": "sendMessage", "chat_id": USER, "text": "hello"});
    let (bot, _receiver) =
        with_webhook([Says::Json(reply), Says::Json(json!({"method": "deleteWebhook"}))]).await;
    bot.telegram.send_message(USER, "one").unwrap();
    bot.telegram.send_message(USER, "two").unwrap();
    until("both are taken", || delivered(&bot) == 2).await;
    let chat = bot.telegram.chat(USER).unwrap();
    let texts: Vec<&str> = chat["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert!(texts.contains(&"hello"), "{texts:?}");
    assert!(!bot.telegram.state()["webhook"]["url"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn setting_the_same_webhook_again_changes_nothing() {
    let (bot, receiver) = with_webhook([]).await;
    let same = json!({"url": receiver.url, "secret_token": "s3cret"});
    assert_eq!(bot.call("setWebhook", same).await.description(), "Webhook is already set");
    let state = bot.telegram.state();
    assert_eq!((&state["set_webhook_calls"], &state["set_webhook_changes"]), (&json!(2), &json!(1)));
    let other = json!({"url": receiver.url, "secret_token": "0ther"});
    assert_eq!(bot.call("setWebhook", other).await.description(), "Webhook was set");
}

#[tokio::test]
async fn pending_updates_are_dropped_only_on_demand() {
    let bot = Bot::new(quick()).await;
    bot.telegram.send_message(USER, "old").unwrap();
    bot.call("deleteWebhook", json!({})).await;
    assert_eq!(bot.telegram.state()["pending"], 1);
    bot.call("deleteWebhook", json!({"drop_pending_updates": true})).await;
    assert_eq!(bot.telegram.state()["pending"], 0);
    assert_eq!(bot.telegram.state()["updates"]["dropped"], 1);
}

#[tokio::test]
async fn unwanted_kinds_are_not_sent() {
    let bot = Bot::new(quick()).await;
    let receiver = Receiver::new([]).await;
    bot.call("setWebhook", json!({"url": receiver.url, "allowed_updates": ["my_chat_member"]})).await;
    assert_eq!(bot.telegram.send_message(USER, "x").unwrap(), None);
    assert!(bot.telegram.block(USER).unwrap().is_some());
    until("the block is taken", || delivered(&bot) == 1).await;
    let member = &receiver.taken()[0].update["my_chat_member"];
    assert_eq!(member["old_chat_member"]["status"], "member");
    assert_eq!(member["new_chat_member"]["status"], "kicked");
}

#[tokio::test]
async fn bad_addresses_and_secrets_are_refused() {
    let bot = Bot::new(quick()).await;
    for (params, words) in [
        (json!({"url": "http://example.com/"}), "An HTTPS URL must be provided for webhook"),
        (json!({"url": "https://example.com:3000/"}), "only on ports 80, 88, 443 or 8443"),
        (json!({"url": "https://example.com/", "secret_token": "a b"}), "unallowed characters"),
        (json!({"url": "https://example.com/", "secret_token": "a".repeat(257)}), "too long"),
    ] {
        let answer = bot.call("setWebhook", params).await;
        assert_eq!(answer.status, 400);
        assert!(answer.description().contains(words), "{}", answer.description());
    }
}

#[tokio::test]
async fn a_second_change_within_a_second_is_too_much() {
    let bot = Bot::new(simulator::Config { limit_set_webhook: true, ..quick() }).await;
    bot.call("setWebhook", json!({"url": "http://127.0.0.1:9/a"})).await.result();
    let answer = bot.call("setWebhook", json!({"url": "http://127.0.0.1:9/b"})).await;
    assert_eq!((answer.status, &answer.body["parameters"]), (429, &json!({"retry_after": 1})));
}
