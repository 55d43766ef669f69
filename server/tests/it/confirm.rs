//! What was done in the app is confirmed in the chat.

use domain::{Reachability, TelegramUserId};
use serde_json::Value;
use services::bot::confirm::{Done, Place, confirm};
use storage::outbox::OutgoingClass;

use crate::support::server_with_bot;

#[tokio::test]
async fn a_deed_in_the_app_is_confirmed_in_a_chat_that_can_be_reached_and_nowhere_else() {
    // Nobody listens there: what is to be sent is looked at before it leaves.
    let server = server_with_bot("http://127.0.0.1:1").await;
    server.write_to_bot(1, 42, "/start").await;
    server.take_outgoing().await;
    let deed = async |place: Place, is_saved: bool| {
        let mut tx = server.services.store().begin_write().await.unwrap();
        let user = tx.users().by_telegram_id(TelegramUserId(42)).await.unwrap().unwrap();
        let has_row =
            confirm(&server.services, &mut *tx, &user, Done::Claimed("20 free spins"), place).await.unwrap();
        if is_saved {
            tx.save().await.unwrap();
        }
        has_row
    };
    assert!(deed(Place::App, false).await);
    assert_eq!(server.take_outgoing().await, [], "a deed that was undone is confirmed to nobody");
    assert!(!deed(Place::Chat, true).await, "the chat has answered it");
    assert_eq!(server.take_outgoing().await, []);
    assert!(deed(Place::App, true).await);
    let row = server.take_outgoing().await.remove(0);
    let payload: Value = serde_json::from_str(&row.payload).unwrap();
    assert_eq!(
        (row.class, row.chat_id.0, payload["chat_id"].as_i64()),
        (OutgoingClass::Notice, 42, Some(42))
    );
    assert!(row.user_id.is_some(), "it leaves only while the chat is theirs");
    assert!(payload["text"].as_str().unwrap().starts_with("Claimed: 20 free spins"), "{payload}");

    let mut tx = server.services.store().begin_write().await.unwrap();
    tx.users()
        .set_reachability(TelegramUserId(42), Reachability::Blocked, server.services.now())
        .await
        .unwrap();
    tx.save().await.unwrap();
    assert!(!deed(Place::App, true).await);
    assert_eq!(server.take_outgoing().await, []);
}
