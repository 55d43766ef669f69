//! How fast the bot may write.

use serde_json::json;
use simulator::{Config, LimitsConfig};

use crate::bot::{Bot, USER, quick};

#[tokio::test]
async fn a_chat_takes_a_burst_and_is_then_limited() {
    let limits = LimitsConfig { per_chat_per_second: 0.1, ..LimitsConfig::default() };
    let bot = Bot::new(Config { limits, ..quick() }).await;
    bot.telegram.send_message(USER, "/start").unwrap();
    for _ in 0..3 {
        assert_eq!(bot.send("x").await.status, 200);
    }
    let refused = bot.send("x").await;
    assert_eq!(refused.status, 429);
    let retry_after = refused.body["parameters"]["retry_after"].as_i64().unwrap();
    assert!((1..=10).contains(&retry_after), "{retry_after}");
    assert_eq!(refused.description(), format!("Too Many Requests: retry after {retry_after}"));
    assert_eq!(bot.telegram.state()["floods_429"], 1);
    bot.control("limits", json!({"enabled": false})).await;
    assert_eq!(bot.send("x").await.status, 200);
}

#[tokio::test]
async fn all_chats_together_are_limited() {
    let limits = LimitsConfig { per_second: 4, ..LimitsConfig::default() };
    let bot = Bot::new(Config { limits, ..quick() }).await;
    bot.control("load", json!({"users": 60, "text": "/start"})).await;
    let mut refused = 0;
    for user in bot.telegram.users().iter().filter(|user| user.id != USER) {
        let answer = bot.call("sendMessage", json!({"chat_id": user.id, "text": "x"})).await;
        refused += u32::from(answer.status == 429);
    }
    assert!(refused > 0, "60 messages went through at once");
}
