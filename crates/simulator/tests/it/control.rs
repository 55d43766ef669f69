//! The control API.

use serde_json::json;

use crate::bot::{Bot, USER, quick};

#[tokio::test]
async fn people_are_made_and_write() {
    let bot = Bot::new(quick()).await;
    let user = bot.control("users", json!({"first_name": "Борис", "language_code": "ru"})).await;
    let id = user["id"].as_i64().unwrap();
    let written = bot.control(&format!("users/{id}/messages"), json!({"text": "/start"})).await;
    assert!(written["update_id"].is_number());
    let chat = bot.look(&format!("chats/{id}")).await;
    assert_eq!(chat["user"]["started"], true);
    assert_eq!(chat["messages"][0]["from"], "user");
    assert_eq!(bot.look("users").await["users"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn mistakes_are_told_in_a_sentence() {
    let bot = Bot::new(quick()).await;
    let answer = bot.control("users/5/messages", json!({"text": "x"})).await;
    assert_eq!(answer, json!({"error": "there is no user with this id"}));
    bot.telegram.block(USER).unwrap();
    let answer = bot.control(&format!("users/{USER}/messages"), json!({"text": "x"})).await;
    assert_eq!(answer, json!({"error": "the user blocked the bot: unblock it first"}));
}

#[tokio::test]
async fn another_web_page_may_not_steer() {
    let bot = Bot::new(quick()).await;
    let url = format!("{}/_sim/reset", bot.telegram.base_url());
    let response = bot.client.post(url).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn calls_are_logged_with_what_was_sent() {
    let bot = Bot::new(quick()).await;
    bot.telegram.send_message(USER, "/start").unwrap();
    bot.send("hello").await;
    let calls = bot.look("calls?limit=1").await;
    assert_eq!(calls["calls"][0]["method"], "sendMessage");
    assert_eq!(calls["calls"][0]["payload"], json!({"chat_id": USER, "text": "hello"}));
    assert_eq!(calls["calls"][0]["status"], 200);
}

#[tokio::test]
async fn the_page_has_a_strict_policy_and_the_script_can_be_unreachable() {
    let script = std::env::temp_dir().join(format!("simulator-script-{}.js", std::process::id()));
    std::fs::write(&script, "window.Telegram = {};").unwrap();
    let bot = Bot::new(simulator::Config { script: Some(script.clone()), ..quick() }).await;
    std::fs::remove_file(script).unwrap();
    let page = bot.client.get(bot.telegram.base_url()).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let url = format!("{}/telegram-web-app.js", bot.telegram.base_url());
    let answer = bot.client.get(&url).send().await.unwrap();
    let tag = answer.headers()["etag"].clone();
    assert_eq!(answer.text().await.unwrap(), "window.Telegram = {};");
    let again = bot.client.get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    bot.control("script", json!({"reachable": false})).await;
    assert!(bot.client.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_missing_script_is_told_at_the_start() {
    let config = simulator::Config { script: Some("no/such/script.js".into()), ..quick() };
    let error = simulator::start(config).await.err().unwrap().to_string();
    assert!(error.starts_with("Telegram's script can't be read from no/such/script.js"), "{error}");
}

#[tokio::test]
async fn after_a_stop_the_port_is_free() {
    let bot = Bot::new(quick()).await;
    let address = bot.telegram.address();
    bot.telegram.stop().await;
    let again = simulator::start(simulator::Config { listen: address, ..quick() }).await.unwrap();
    assert_eq!(again.address(), address);
}
