//! What goes wrong on purpose.

use serde_json::json;
use simulator::Faults;

use crate::bot::{Bot, USER, quick};

async fn started() -> Bot {
    let bot = Bot::new(quick()).await;
    bot.telegram.send_message(USER, "/start").unwrap();
    bot
}

fn messages(bot: &Bot) -> usize {
    bot.telegram.chat(USER).unwrap()["messages"].as_array().unwrap().len()
}

#[tokio::test]
async fn one_off_errors_are_used_up_in_turn() {
    let bot = started().await;
    bot.control("faults", json!({"next_429": 1, "next_403": 1, "next_500": 1, "retry_after": 7})).await;
    let first = bot.send("x").await;
    assert_eq!((first.status, &first.body["parameters"]["retry_after"]), (429, &json!(7)));
    assert_eq!(bot.send("x").await.status, 403);
    assert_eq!(bot.send("x").await.status, 500);
    assert_eq!(bot.send("x").await.status, 200);
    assert_eq!(messages(&bot), 2);
}

#[tokio::test]
async fn a_connection_dropped_late_leaves_the_message_in_the_chat() {
    let bot = started().await;
    bot.telegram.set_faults(Faults { drop_next: 1, ..Faults::default() });
    assert!(bot.try_call("sendMessage", json!({"chat_id": USER, "text": "x"})).await.is_err());
    assert_eq!(messages(&bot), 2);
    assert_eq!(bot.telegram.calls(1)[0].status, 0);
}

#[tokio::test]
async fn a_connection_dropped_early_leaves_nothing() {
    let bot = started().await;
    bot.telegram.set_faults(Faults { drop_before: 1, ..Faults::default() });
    assert!(bot.try_call("sendMessage", json!({"chat_id": USER, "text": "x"})).await.is_err());
    assert_eq!(messages(&bot), 1);
    assert_eq!(bot.send("x").await.status, 200);
}

#[tokio::test]
async fn while_the_api_is_down_nothing_is_answered() {
    let bot = started().await;
    bot.telegram.set_faults(Faults { api_down: true, ..Faults::default() });
    assert!(bot.try_call("getMe", json!({})).await.is_err());
    bot.telegram.set_faults(Faults::default());
    assert_eq!(bot.call("getMe", json!({})).await.status, 200);
}
