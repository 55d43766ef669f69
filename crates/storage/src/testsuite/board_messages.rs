//! Contracts of boards in chats.

use domain::{ChatId, Locale, OutgoingId};
use uuid::Uuid;

use crate::{
    BoxTransaction, Store,
    board_message::{BoardMessage, BoardMessageLimits, LastSend, NewBoardMessage},
    outbox::{Outcome, OutgoingClass},
    testsuite::fixtures::{BOT, at, lease, outgoing, telegram_profile, tournament_id, user_id, write},
};

const MANY: BoardMessageLimits = BoardMessageLimits { in_chat: 100, in_all: 100 };

/// A board in a chat, sent by the row with this number, to be looked at from 30 on.
pub fn message(chat: i64, tournament: &str, row: u128) -> NewBoardMessage {
    NewBoardMessage {
        bot_id: BOT,
        chat_id: ChatId(chat),
        tournament_id: tournament_id(tournament),
        user_id: None,
        locale: Locale::Fr,
        message_id: None,
        outgoing_id: OutgoingId::from_uuid(Uuid::from_u128(row)),
        shown: [1; 32],
        look_at: at(30),
        created_at: at(0),
        expires_at: at(1_000),
    }
}

async fn put(store: &dyn Store, message: &NewBoardMessage, limits: BoardMessageLimits) -> Option<i64> {
    write(store, async |transaction| transaction.board_messages().put(message, limits).await.unwrap()).await
}

/// Sends the open row of the outbox for a chat, and ends it at `now`.
async fn send(transaction: &mut BoxTransaction, number: u128, chat: i64, outcome: Outcome, now: i64) {
    let mut outbox = transaction.outbox();
    outbox.add_many(&[outgoing(number, chat)]).await.unwrap();
    let claimed = outbox.claim(BOT, OutgoingClass::Reply, at(now), lease(1), at(now + 100), 1).await.unwrap();
    assert!(outbox.finish(&claimed[0], outcome, at(now)).await.unwrap());
}

/// Claims at `now` what was quiet for 10; it is looked at again 30 later.
async fn claim(store: &dyn Store, now: i64, limit: u32) -> Vec<BoardMessage> {
    write(store, async |transaction| {
        transaction.board_messages().claim_due(BOT, at(now), at(now - 10), at(now + 30), limit).await.unwrap()
    })
    .await
}

/// A message is claimed when its time has come, by one; it tells what became of the row that sent it.
pub async fn a_board_is_claimed_once_and_comes_back_as_it_was(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        send(transaction, 1, 5, Outcome::Sent { message_id: Some(77) }, 0).await;
        send(transaction, 2, 6, Outcome::Blocked, 0).await;
    })
    .await;
    let own = NewBoardMessage { user_id: Some(user_id(1)), ..message(5, "cup", 1) };
    put(store, &own, MANY).await;
    put(store, &NewBoardMessage { look_at: at(29), ..message(6, "cup", 2) }, MANY).await;
    // Its row is gone.
    put(store, &NewBoardMessage { look_at: at(31), ..message(7, "cup", 3) }, MANY).await;
    assert_eq!(claim(store, 28, 9).await, []);
    let first = claim(store, 30, 1).await;
    assert_eq!(first.len(), 1, "no more than were asked for");
    assert_eq!((first[0].chat_id, first[0].last_send), (ChatId(6), LastSend::Refused));
    let second = claim(store, 30, 9).await;
    let expected = BoardMessage {
        bot_id: BOT,
        chat_id: ChatId(5),
        tournament_id: tournament_id("cup"),
        user_id: Some(user_id(1)),
        locale: Locale::Fr,
        message_id: Some(77),
        outgoing_id: own.outgoing_id,
        last_send: LastSend::Sent,
        shown: [1; 32],
        expires_at: at(1_000),
    };
    assert_eq!(second, [expected]);
    let third = claim(store, 31, 9).await;
    assert_eq!((third.len(), third[0].last_send, third[0].message_id), (1, LastSend::Unknown, None));
    assert_eq!(claim(store, 59, 9).await, []);
    assert_eq!(claim(store, 60, 9).await.len(), 2);
}

/// A second message for the same board takes the first one's place, and tells which message that was.
pub async fn a_chat_has_one_message_a_board(store: &dyn Store) {
    write(store, async |transaction| {
        send(transaction, 1, 5, Outcome::Sent { message_id: Some(77) }, 0).await;
    })
    .await;
    assert_eq!(put(store, &message(5, "cup", 1), MANY).await, None);
    assert_eq!(put(store, &message(5, "derby", 2), MANY).await, None);
    assert_eq!(put(store, &message(5, "cup", 3), MANY).await, Some(77));
    // The number of the second is not known yet.
    assert_eq!(put(store, &message(5, "cup", 4), MANY).await, None);
    let same = NewBoardMessage { message_id: Some(80), ..message(5, "cup", 5) };
    assert_eq!(put(store, &same, MANY).await, None);
    assert_eq!(put(store, &same, MANY).await, None, "it is the same message");
    let claimed = claim(store, 30, 9).await;
    assert_eq!(claimed.len(), 2);
    assert_eq!(claimed.iter().find(|one| one.tournament_id.as_str() == "cup").unwrap().message_id, Some(80));
}

/// Who holds an earlier claim changes and removes nothing of a message that came later.
pub async fn a_message_that_was_replaced_is_not_changed_any_more(store: &dyn Store) {
    put(store, &message(5, "cup", 1), MANY).await;
    let mut held = claim(store, 30, 9).await.remove(0);
    held.message_id = Some(77);
    let next = OutgoingId::from_uuid(Uuid::from_u128(2));
    write(store, async |transaction| {
        assert!(transaction.board_messages().edited(&held, next, [2; 32]).await.unwrap());
    })
    .await;
    let now_held = claim(store, 60, 9).await.remove(0);
    assert_eq!((now_held.message_id, now_held.shown, now_held.outgoing_id), (Some(77), [2; 32], next));
    write(store, async |transaction| {
        let mut messages = transaction.board_messages();
        assert!(!messages.edited(&held, next, [3; 32]).await.unwrap());
        assert!(!messages.remove(&held).await.unwrap());
        assert!(messages.remove(&now_held).await.unwrap());
    })
    .await;
    assert_eq!(claim(store, 900, 9).await, []);
}

/// A message whose last row is open, or ended a moment ago, is left alone.
pub async fn no_message_is_claimed_while_its_edit_is_open_or_fresh(store: &dyn Store) {
    put(store, &message(5, "cup", 1), MANY).await;
    write(store, async |transaction| {
        transaction.outbox().add_many(&[outgoing(1, 5)]).await.unwrap();
    })
    .await;
    assert_eq!(claim(store, 40, 9).await, [], "the row waits");
    let row = write(store, async |transaction| {
        let mut outbox = transaction.outbox();
        outbox.claim(BOT, OutgoingClass::Reply, at(41), lease(1), at(100), 1).await.unwrap().remove(0)
    })
    .await;
    assert_eq!(claim(store, 42, 9).await, [], "the row is on the wire");
    write(store, async |transaction| {
        let outcome = Outcome::Sent { message_id: Some(7) };
        assert!(transaction.outbox().finish(&row, outcome, at(45)).await.unwrap());
    })
    .await;
    assert_eq!(claim(store, 54, 9).await, [], "it was sent a moment ago");
    assert_eq!(claim(store, 55, 9).await.len(), 1);
}

/// Beyond the limits the oldest ones expire, and are due at once for their last change.
pub async fn the_oldest_messages_expire_when_there_are_too_many(store: &dyn Store) {
    let limits = BoardMessageLimits { in_chat: 2, in_all: 4 };
    let posted = |chat: i64, tournament: &str, row: u128, now: i64| NewBoardMessage {
        created_at: at(now),
        look_at: at(500),
        ..message(chat, tournament, row)
    };
    for (number, tournament) in (0_u8..).zip(["a", "b", "c"]) {
        put(store, &posted(5, tournament, u128::from(number) + 1, i64::from(number)), limits).await;
    }
    let expired = claim(store, 100, 9).await;
    assert_eq!(expired.len(), 1, "{expired:?}");
    assert_eq!((expired[0].tournament_id.as_str(), expired[0].expires_at), ("a", at(2)));
    for chat in 6..9 {
        put(store, &posted(chat, "a", u128::from(chat.unsigned_abs()), chat), limits).await;
    }
    let expired = claim(store, 101, 9).await;
    assert_eq!(expired.len(), 1, "of five that keep up, one is too many: {expired:?}");
    assert_eq!((expired[0].chat_id, expired[0].tournament_id.as_str()), (ChatId(5), "b"));
}
