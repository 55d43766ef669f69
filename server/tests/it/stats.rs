//! The figures of `/stats` come from the database: rows that change are seen to change.

use domain::{BotId, ChatId, OutgoingId, UpdateId};
use serde_json::json;
use services::inbox;
use storage::outbox::{NewOutgoing, Outcome, OutgoingClass};

use crate::support::{OPERATOR, TestServer, server};

const BOT: BotId = BotId(1_234_567_890);

/// What the operator reads: the text of the last row that waits in the outbox.
async fn stats(server: &TestServer, update_id: i64) -> String {
    let update = json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "text": "/stats",
        "chat": {"id": OPERATOR, "type": "private"},
        "from": {"id": OPERATOR, "is_bot": false, "first_name": "Op", "language_code": "en"}}});
    server.request(TestServer::update(update.to_string())).await;
    inbox::worker::work_once(&server.services).await.unwrap();
    let now = server.services.now();
    let mut tx = server.services.store().begin_write().await.unwrap();
    let lease = uuid::Uuid::from_u128(update_id.unsigned_abs().into());
    let row = tx
        .outbox()
        .claim(BOT, OutgoingClass::Reply, now, lease, now.plus_ms(1), 1)
        .await
        .unwrap()
        .pop()
        .unwrap();
    tx.outbox().finish(&row, Outcome::Sent { message_id: Some(1) }, now).await.unwrap();
    tx.save().await.unwrap();
    serde_json::from_str::<serde_json::Value>(&row.payload).unwrap()["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn rows_that_change_are_seen_to_change() {
    let server = server().await;
    let first = stats(&server, 1).await;
    assert!(first.contains("0 handled") && first.contains("0 sent") && first.contains("(429): 0"), "{first}");
    let second = stats(&server, 2).await;
    assert!(second.contains("1 handled") && second.contains("1 sent"), "{second}");

    let now = server.services.now();
    let row = |chat: i64| NewOutgoing {
        outgoing_id: OutgoingId::new(now, server.services.rng()),
        bot_id: BOT,
        user_id: None,
        chat_id: ChatId(chat),
        class: OutgoingClass::Notice,
        repeatable: false,
        method: "sendMessage".to_owned(),
        payload: "{}".to_owned(),
        cause: None,
        run_at: now,
        created_at: now,
    };
    let mut tx = server.services.store().begin_write().await.unwrap();
    tx.outbox().add_many(&[row(1), row(2), row(3)]).await.unwrap();
    let lease = uuid::Uuid::from_u128(99);
    let claimed = tx.outbox().claim(BOT, OutgoingClass::Notice, now, lease, now.plus_ms(1), 3).await.unwrap();
    tx.outbox().finish(&claimed[0], Outcome::Blocked, now).await.unwrap();
    tx.outbox().retry(&claimed[1], now.plus_ms(1000), true).await.unwrap();
    tx.inbox()
        .add_many(&[storage::inbox::NewUpdate {
            bot_id: BOT,
            update_id: UpdateId(500),
            chat_id: Some(ChatId(9)),
            payload: "{}".to_owned(),
            received_at: now,
        }])
        .await
        .unwrap();
    let held =
        tx.inbox().claim(now, uuid::Uuid::from_u128(7), now.plus_ms(1), 1).await.unwrap().pop().unwrap();
    tx.inbox().bury(&held, now, "panicked").await.unwrap();
    tx.save().await.unwrap();
    let third = stats(&server, 3).await;
    for expected in ["2 handled", "1 failed", "2 sent", "2 waiting", "(429): 1"] {
        assert!(third.contains(expected), "{expected} is missing in {third}");
    }
}
