//! Updates by long polling.

use serde_json::{Value, json};

use crate::bot::{Bot, USER, quick, until};

fn ids(updates: &Value) -> Vec<i64> {
    updates.as_array().unwrap().iter().map(|update| update["update_id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn an_offset_confirms_what_is_before_it() {
    let bot = Bot::new(quick()).await;
    let queued: Vec<i64> =
        ["a", "b", "c"].iter().filter_map(|text| bot.telegram.send_message(USER, text).unwrap()).collect();
    let all = bot.call("getUpdates", json!({})).await;
    assert_eq!(ids(all.result()), queued);
    let rest = bot.call("getUpdates", json!({"offset": queued[1]})).await;
    assert_eq!(ids(rest.result()), queued[1..]);
    let limited = bot.call("getUpdates", json!({"limit": 1})).await;
    assert_eq!(ids(limited.result()), queued[1..2]);
    bot.call("getUpdates", json!({"offset": queued[2] + 1})).await;
    assert_eq!(bot.telegram.state()["pending"], 0);
}

#[tokio::test]
async fn a_long_poll_ends_with_the_first_update() {
    let bot = Bot::new(quick()).await;
    let poll = bot.call("getUpdates", json!({"timeout": 15}));
    let write = async {
        until("the poll waits", || bot.telegram.state()["get_updates_calls"] == 1).await;
        bot.telegram.send_message(USER, "x").unwrap()
    };
    let (answer, update_id) = tokio::join!(poll, write);
    assert_eq!(ids(answer.result()), [update_id.unwrap()]);
}

#[tokio::test]
async fn a_poll_without_updates_ends_empty_after_its_timeout() {
    let bot = Bot::new(quick()).await;
    let answer = bot.call("getUpdates", json!({"timeout": 1})).await;
    assert_eq!(answer.result(), &json!([]));
}

#[tokio::test]
async fn an_older_poller_gives_way_and_is_counted() {
    let bot = Bot::new(quick()).await;
    let old = bot.call("getUpdates", json!({"timeout": 15}));
    let new = async {
        until("the first poll waits", || bot.telegram.state()["get_updates_calls"] == 1).await;
        bot.call("getUpdates", json!({"timeout": 0})).await
    };
    let (old, new) = tokio::join!(old, new);
    assert_eq!(old.status, 409);
    assert_eq!(
        old.description(),
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    assert_eq!(new.result(), &json!([]));
    assert_eq!(bot.telegram.state()["conflicts_409"], 1);
}

#[tokio::test]
async fn a_poller_that_hung_up_is_no_conflict() {
    let bot = Bot::new(quick()).await;
    {
        let gone = bot.call("getUpdates", json!({"timeout": 15}));
        let seen = until("the poll waits", || bot.telegram.state()["get_updates_calls"] == 1);
        tokio::select! {
            _ = gone => panic!("there was nothing to answer"),
            () = seen => {}
        }
    }
    bot.telegram.send_message(USER, "x").unwrap();
    let answer = bot.call("getUpdates", json!({"timeout": 15})).await;
    assert_eq!(answer.result().as_array().unwrap().len(), 1);
    assert_eq!(bot.telegram.state()["conflicts_409"], 0);
}

#[tokio::test]
async fn polling_beside_a_webhook_is_a_conflict() {
    let bot = Bot::new(quick()).await;
    let waiting = bot.call("getUpdates", json!({"timeout": 15}));
    let set = async {
        until("the poll waits", || bot.telegram.state()["get_updates_calls"] == 1).await;
        bot.call("setWebhook", json!({"url": "http://127.0.0.1:9/hook"})).await
    };
    let (waiting, _) = tokio::join!(waiting, set);
    assert_eq!((waiting.status, waiting.description()), (409, "Conflict: terminated by setWebhook request"));
    let later = bot.call("getUpdates", json!({})).await;
    assert_eq!(later.status, 409);
    assert!(later.description().starts_with("Conflict: can't use getUpdates method while webhook is active"));
    assert_eq!(bot.telegram.state()["conflicts_409"], 2);
}

#[tokio::test]
async fn update_ids_go_on_growing_after_a_reset() {
    let bot = Bot::new(quick()).await;
    let before = bot.telegram.send_message(USER, "x").unwrap();
    bot.telegram.reset();
    assert_eq!(bot.telegram.state()["pending"], 0);
    assert!(bot.telegram.send_message(USER, "x").unwrap() > before);
}
