//! Contracts of the outbox.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use domain::{BotId, Timestamp, UpdateId};
use futures::{future::join_all, join};
use uuid::Uuid;

use crate::{
    Store,
    outbox::{Cause, ClaimedOutgoing, NewOutgoing, OutboxBacklog, OutboxStats, Outcome, OutgoingClass},
    testsuite::fixtures::{BOT, HARD_TEXT, at, lease, outgoing, outgoing_numbers, read, user_id, write},
};

const SENT: Outcome = Outcome::Sent { message_id: Some(5) };

async fn add(store: &dyn Store, rows: &[NewOutgoing]) {
    write(store, async |transaction| transaction.outbox().add_many(rows).await.unwrap()).await;
}

async fn claim_as(
    store: &dyn Store,
    class: OutgoingClass,
    now: Timestamp,
    lease: Uuid,
    limit: u32,
) -> Vec<ClaimedOutgoing> {
    write(store, async |transaction| {
        transaction.outbox().claim(BOT, class, now, lease, now.plus_ms(30_000), limit).await.unwrap()
    })
    .await
}

async fn claim(store: &dyn Store, now: Timestamp, limit: u32) -> Vec<ClaimedOutgoing> {
    claim_as(store, OutgoingClass::Reply, now, lease(1), limit).await
}

async fn claim_of(store: &dyn Store, bot_id: BotId, now: Timestamp) -> Vec<ClaimedOutgoing> {
    write(store, async |transaction| {
        let (class, until) = (OutgoingClass::Reply, now.plus_ms(30_000));
        transaction.outbox().claim(bot_id, class, now, lease(2), until, 10).await.unwrap()
    })
    .await
}

async fn finish(store: &dyn Store, row: &ClaimedOutgoing, outcome: Outcome, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.outbox().finish(row, outcome, now).await.unwrap()).await
}

async fn retry(store: &dyn Store, row: &ClaimedOutgoing, run_at: Timestamp, flood: bool) -> bool {
    write(store, async |transaction| transaction.outbox().retry(row, run_at, flood).await.unwrap()).await
}

async fn end_expired(store: &dyn Store, now: Timestamp) -> u64 {
    write(store, async |transaction| transaction.outbox().end_expired(now).await.unwrap()).await
}

async fn stats(store: &dyn Store) -> OutboxStats {
    read(store, async |transaction| transaction.outbox().stats().await.unwrap()).await
}

/// What was written is handed out unchanged.
pub async fn a_payload_survives_byte_for_byte(store: &dyn Store) {
    let row = NewOutgoing {
        class: OutgoingClass::Notice,
        repeatable: true,
        method: "editMessageText".to_owned(),
        payload: format!("{{ \"text\" : {} }}", serde_json::to_string(HARD_TEXT).unwrap()),
        created_at: at(-3),
        user_id: Some(user_id(3)),
        ..outgoing(1, -1_001_234_567_890_123)
    };
    add(store, &[]).await;
    add(store, std::slice::from_ref(&row)).await;
    let claimed = claim_as(store, OutgoingClass::Notice, at(0), lease(9), 1).await.remove(0);
    let expected = ClaimedOutgoing {
        outgoing_id: row.outgoing_id,
        bot_id: row.bot_id,
        chat_id: row.chat_id,
        user_id: row.user_id,
        class: row.class,
        repeatable: row.repeatable,
        method: row.method,
        payload: row.payload,
        created_at: row.created_at,
        attempt: 1,
        lease: lease(9),
    };
    assert!(claimed == expected, "{claimed:?} is not {expected:?}, or differs in what is not shown");
}

/// A retried update writes no row twice; other rows of the same call are written, and another bot's update is another.
pub async fn a_cause_writes_each_row_once(store: &dyn Store) {
    let cause = |update_id, ordinal| Some(Cause { update_id: UpdateId(update_id), ordinal });
    let row = |number, cause| NewOutgoing { cause, ..outgoing(number, i64::try_from(number).unwrap()) };
    add(store, &[row(1, cause(1, 0)), row(2, cause(1, 1)), row(3, None), row(4, None)]).await;
    let other_bot = NewOutgoing { bot_id: BotId(8), ..row(8, cause(1, 0)) };
    add(store, &[row(5, cause(1, 0)), row(6, cause(1, 1)), row(7, cause(1, 2)), other_bot]).await;
    let mut numbers = outgoing_numbers(&claim(store, at(0), 10).await);
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 7]);
    assert_eq!(outgoing_numbers(&claim_of(store, BotId(8), at(0)).await), [8]);
}

/// A sender gets the rows of its own bot, however long another one's have been due.
pub async fn a_bots_rows_are_its_own(store: &dyn Store) {
    let other = |number| NewOutgoing { bot_id: BotId(8), run_at: at(-1000), ..outgoing(number, 1) };
    add(store, &[other(1), other(2), outgoing(3, 1)]).await;
    let claimed = claim(store, at(0), 1).await;
    assert_eq!(outgoing_numbers(&claimed), [3]);
    assert!(finish(store, &claimed[0], SENT, at(0)).await);
    assert!(claim(store, at(0), 10).await.is_empty());
    // They wait as before: the same chat's row of another bot holds nobody up.
    for number in [1, 2] {
        let claimed = claim_of(store, BotId(8), at(0)).await;
        assert_eq!((outgoing_numbers(&claimed), claimed[0].attempt), (vec![number], 1));
        assert!(finish(store, &claimed[0], SENT, at(0)).await);
    }
}

/// The rows of a chat leave in the order of their ids, the next one when the one before it ended.
pub async fn a_chats_rows_leave_in_order(store: &dyn Store) {
    add(store, &[outgoing(2, 1), outgoing(3, 1), outgoing(1, 1)]).await;
    for number in 1..=3 {
        let claimed = claim(store, at(0), 10).await;
        assert_eq!(outgoing_numbers(&claimed), [number]);
        assert!(finish(store, &claimed[0], SENT, at(1)).await);
    }
    assert!(claim(store, at(0), 10).await.is_empty());
}

/// While a row of a chat is on the wire no other of it leaves, of whatever class.
pub async fn a_chat_has_one_row_on_the_wire(store: &dyn Store) {
    let mass = NewOutgoing { class: OutgoingClass::Mass, ..outgoing(1, 1) };
    add(store, &[mass, outgoing(2, 1), outgoing(3, 2)]).await;
    let on_the_wire = claim_as(store, OutgoingClass::Mass, at(0), lease(1), 10).await;
    assert_eq!(outgoing_numbers(&on_the_wire), [1]);
    assert_eq!(outgoing_numbers(&claim(store, at(0), 10).await), [3]);
    assert!(finish(store, &on_the_wire[0], SENT, at(1)).await);
    assert_eq!(outgoing_numbers(&claim(store, at(1), 10).await), [2]);
}

/// A reply does not wait behind mass mail that was written earlier; mass mail waits behind an earlier reply.
pub async fn an_urgent_row_passes_a_less_urgent_one(store: &dyn Store) {
    let of = |class, number, chat_id| NewOutgoing { class, ..outgoing(number, chat_id) };
    add(
        store,
        &[
            of(OutgoingClass::Mass, 1, 1),
            of(OutgoingClass::Reply, 2, 1),
            of(OutgoingClass::Reply, 3, 2),
            of(OutgoingClass::Mass, 4, 2),
            of(OutgoingClass::Notice, 5, 3),
        ],
    )
    .await;
    // Chat 2 has an earlier reply.
    assert_eq!(outgoing_numbers(&claim_as(store, OutgoingClass::Mass, at(0), lease(1), 10).await), [1]);
    // Chat 1 is on the wire: its row ends, so that the replies can be looked at.
    assert_eq!(end_expired(store, at(30_000)).await, 1);
    assert_eq!(outgoing_numbers(&claim(store, at(30_000), 10).await), [2, 3]);
    assert_eq!(
        outgoing_numbers(&claim_as(store, OutgoingClass::Notice, at(30_000), lease(1), 10).await),
        [5],
        "only rows of the class are claimed"
    );

    add(store, &[of(OutgoingClass::Mass, 10, 9), of(OutgoingClass::Reply, 11, 9)]).await;
    assert_eq!(
        outgoing_numbers(&claim(store, at(30_000), 10).await),
        [11],
        "a reply passes waiting mass mail"
    );
}

/// Of several chats the one whose row is due the longest goes first; never more than the limit.
pub async fn the_longest_due_are_claimed_first(store: &dyn Store) {
    let due = |number, milliseconds| NewOutgoing {
        run_at: at(milliseconds),
        ..outgoing(number, i64::try_from(number).unwrap())
    };
    add(store, &[due(1, 30), due(2, 10), due(3, 20), due(4, 10)]).await;
    assert_eq!(outgoing_numbers(&claim(store, at(30), 3).await), [2, 4, 3]);
    assert_eq!(outgoing_numbers(&claim(store, at(30), 3).await), [1]);
}

/// A row that is due later waits, and later rows of its chat behind it.
pub async fn a_row_is_not_claimed_before_it_is_due(store: &dyn Store) {
    add(store, &[NewOutgoing { run_at: at(100), ..outgoing(1, 1) }, outgoing(2, 1)]).await;
    assert!(claim(store, at(99), 10).await.is_empty());
    assert_eq!(outgoing_numbers(&claim(store, at(100), 10).await), [1]);
}

/// A row on the wire is not claimed again, even when its lease ran out: nobody knows whether it arrived.
pub async fn a_row_is_not_claimed_twice(store: &dyn Store) {
    add(store, &[outgoing(1, 1)]).await;
    assert_eq!(claim_as(store, OutgoingClass::Reply, at(0), lease(1), 10).await.len(), 1);
    assert!(claim_as(store, OutgoingClass::Reply, at(1), lease(2), 10).await.is_empty());
    assert!(claim_as(store, OutgoingClass::Reply, at(90_000), lease(2), 10).await.is_empty());
}

/// A 429 says nothing about the message: it is tried as often as if Telegram had not been asked.
pub async fn a_flood_is_no_try_of_the_message(store: &dyn Store) {
    add(store, &[outgoing(1, 1)]).await;
    for (claimed_at, flood, attempt) in
        [(0, true, 1), (10, true, 1), (20, false, 1), (30, true, 2), (40, false, 2), (50, true, 3)]
    {
        let claimed = claim(store, at(claimed_at), 1).await.remove(0);
        assert_eq!(claimed.attempt, attempt, "at {claimed_at}");
        assert!(retry(store, &claimed, at(claimed_at + 10), flood).await);
    }
    assert_eq!(stats(store).await.flood_waits, 4);
}

/// A retried row waits for its time, keeps its place in the chat, and counts its tries; a 429 is counted.
pub async fn a_retry_waits_and_holds_its_chat(store: &dyn Store) {
    add(store, &[outgoing(1, 1), outgoing(2, 1)]).await;
    let first = claim(store, at(0), 10).await.remove(0);
    assert!(retry(store, &first, at(500), false).await);
    assert!(claim(store, at(499), 10).await.is_empty());
    let second = claim(store, at(500), 10).await.remove(0);
    assert_eq!((second.outgoing_id, second.attempt), (first.outgoing_id, 2));
    assert!(retry(store, &second, at(600), true).await);
    assert_eq!(stats(store).await.flood_waits, 1);
    let third = claim(store, at(600), 10).await.remove(0);
    assert!(retry(store, &third, at(700), true).await);
    assert_eq!(stats(store).await.flood_waits, 2);
}

/// A row whose request never left waits as if it had not been claimed.
pub async fn a_given_back_row_has_not_been_tried(store: &dyn Store) {
    add(store, &[outgoing(1, 1)]).await;
    let claimed = claim(store, at(0), 1).await.remove(0);
    let give_back = async |row: &ClaimedOutgoing| {
        write(store, async |transaction| transaction.outbox().give_back(row, at(50)).await.unwrap()).await
    };
    assert!(give_back(&claimed).await);
    assert!(!give_back(&claimed).await);
    assert!(claim(store, at(49), 1).await.is_empty());
    assert_eq!(claim(store, at(50), 1).await[0].attempt, 1);
}

/// A sender that lost a row neither ends it nor hands it back, counts no 429 for it, and is told.
pub async fn a_lost_lease_changes_nothing(store: &dyn Store) {
    add(store, &[NewOutgoing { repeatable: true, ..outgoing(1, 1) }]).await;
    let lost = claim_as(store, OutgoingClass::Reply, at(0), lease(1), 1).await.remove(0);
    assert_eq!(end_expired(store, at(30_000)).await, 0);
    let taken = claim_as(store, OutgoingClass::Reply, at(30_000), lease(2), 1).await.remove(0);
    assert!(!finish(store, &lost, SENT, at(30_001)).await);
    assert!(!retry(store, &lost, at(30_001), true).await);
    write(store, async |transaction| {
        assert!(!transaction.outbox().give_back(&lost, at(30_001)).await.unwrap());
    })
    .await;
    let now = stats(store).await;
    assert_eq!((now.sending, now.flood_waits), (1, 0));
    assert!(finish(store, &taken, SENT, at(30_002)).await);
    assert!(!finish(store, &taken, Outcome::Failed, at(30_003)).await, "what ended has ended");
}

/// What dead senders left becomes ambiguous, except what may be repeated, which waits again at once.
pub async fn rows_of_dead_senders_are_ended(store: &dyn Store) {
    add(store, &[outgoing(1, 1), NewOutgoing { repeatable: true, ..outgoing(2, 2) }, outgoing(3, 1)]).await;
    let claimed = claim(store, at(0), 10).await;
    assert_eq!(claimed.len(), 2);
    assert_eq!(end_expired(store, at(29_999)).await, 0);
    assert_eq!(stats(store).await.sending, 2);
    assert_eq!(end_expired(store, at(30_000)).await, 1);
    let now = stats(store).await;
    assert_eq!((now.sending, now.ambiguous, now.waiting), (0, 1, 2));
    // The chat of the ambiguous row goes on with its next one.
    let again = claim_as(store, OutgoingClass::Reply, at(30_000), lease(2), 10).await;
    assert_eq!(outgoing_numbers(&again), [3, 2]);
    assert_eq!(again[1].attempt, 2);
}

/// Every state is counted, and the age is that of the waiting row that is due the longest.
pub async fn stats_tell_how_much_is_where(store: &dyn Store) {
    assert_eq!(stats(store).await, OutboxStats::default());
    let rows: Vec<NewOutgoing> = (1..=8)
        .map(|number| NewOutgoing {
            run_at: at(number * 10),
            ..outgoing(u128::try_from(number).unwrap(), number)
        })
        .collect();
    add(store, &rows).await;
    let claimed = claim(store, at(100), 6).await;
    let outcomes =
        [SENT, Outcome::Sent { message_id: None }, Outcome::Blocked, Outcome::Failed, Outcome::Ambiguous];
    for (row, outcome) in claimed.iter().zip(outcomes) {
        assert!(finish(store, row, outcome, at(101)).await);
    }
    assert_eq!(
        stats(store).await,
        OutboxStats {
            waiting: 2,
            sending: 1,
            sent: 2,
            blocked: 1,
            failed: 1,
            ambiguous: 1,
            flood_waits: 0,
            oldest_due_at: Some(at(70)),
        }
    );
}

/// What is open and what ended badly is counted as `stats` counts it; what was sent or blocked is not in it.
pub async fn a_backlog_is_what_is_open_or_ended_badly(store: &dyn Store) {
    let backlog =
        async || read(store, async |transaction| transaction.outbox().backlog().await.unwrap()).await;
    assert_eq!(backlog().await, OutboxBacklog::default());
    let rows: Vec<NewOutgoing> = (1..=9)
        .map(|number| NewOutgoing {
            run_at: at(number * 10),
            ..outgoing(u128::try_from(number).unwrap(), number)
        })
        .collect();
    add(store, &rows).await;
    let claimed = claim(store, at(100), 7).await;
    let outcomes =
        [SENT, Outcome::Blocked, Outcome::Failed, Outcome::Failed, Outcome::Ambiguous, Outcome::Ambiguous];
    for (row, outcome) in claimed.iter().zip(outcomes) {
        assert!(finish(store, row, outcome, at(101)).await);
    }
    let expected =
        OutboxBacklog { waiting: 2, sending: 1, failed: 2, ambiguous: 2, oldest_due_at: Some(at(80)) };
    assert_eq!(backlog().await, expected);
}

/// Only what ended long enough ago is removed, the longest ago first.
pub async fn old_ended_rows_are_removed(store: &dyn Store) {
    add(store, &[outgoing(1, 1), outgoing(2, 2), outgoing(3, 3), outgoing(4, 4)]).await;
    let claimed = claim(store, at(0), 3).await;
    for (row, milliseconds) in claimed.iter().zip([30, 20, 10]) {
        finish(store, row, SENT, at(milliseconds)).await;
    }
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.outbox().remove_ended(before, limit).await.unwrap())
            .await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(30), 1).await, 1);
    assert_eq!(remove(at(30), 10).await, 1);
    let left = stats(store).await;
    assert_eq!((left.sent, left.waiting), (1, 1));
}

/// Several senders claim and finish at once, while the rows of a chat are written out of order: no chat has two rows on
/// the wire, and each row leaves once.
pub async fn senders_at_once_never_share_a_chat(store: &dyn Store) {
    // Odd and even numbers are written by two producers; an odd number of chats gives each chat some of both.
    send_all_at_once(store, 5).await;
}

/// Several senders claim and finish at once: each chat's rows leave in their order.
pub async fn senders_at_once_keep_each_chats_order(store: &dyn Store) {
    // With an even number of chats each of them belongs to one producer, which writes in order.
    let sent = send_all_at_once(store, 6).await;
    for (chat, numbers) in sent {
        assert!(numbers.is_sorted(), "the rows of chat {chat} left as {numbers:?}");
    }
}

/// Writes rows and sends them with several senders. Returns the numbers of each chat's rows as they left.
async fn send_all_at_once(store: &dyn Store, chats: i64) -> BTreeMap<i64, Vec<u128>> {
    const SENDERS: u128 = 6;
    const ROWS: i64 = 120;
    const TURNS_MAX: u128 = 10_000;
    let on_the_wire = Mutex::new(BTreeSet::new());
    let sent = Mutex::new(BTreeMap::<i64, Vec<u128>>::new());
    let is_done = || i64::try_from(sent.lock().unwrap().values().map(Vec::len).sum::<usize>()) == Ok(ROWS);
    let producer = async |first: i64| {
        for number in (first..=ROWS).step_by(2) {
            add(store, &[outgoing(u128::try_from(number).unwrap(), number % chats)]).await;
        }
    };
    let sender = async |sender: u128| {
        for turn in 0.. {
            assert!(turn < TURNS_MAX, "the rows do not come to an end");
            if is_done() {
                break;
            }
            let lease = lease(sender * TURNS_MAX + turn);
            let claimed = claim_as(store, OutgoingClass::Reply, at(0), lease, 2).await;
            for row in &claimed {
                assert!(on_the_wire.lock().unwrap().insert(row.chat_id), "a chat has two rows on the wire");
                sent.lock()
                    .unwrap()
                    .entry(row.chat_id.0)
                    .or_default()
                    .push(row.outgoing_id.as_uuid().as_u128());
            }
            for row in &claimed {
                let mut transaction = store.begin_write().await.unwrap();
                assert!(transaction.outbox().finish(row, SENT, at(1)).await.unwrap());
                // Until the commit nobody else can be given the chat.
                on_the_wire.lock().unwrap().remove(&row.chat_id);
                transaction.save().await.unwrap();
            }
        }
    };
    join!(producer(1), producer(2), join_all((1..=SENDERS).map(&sender)));

    let sent = sent.into_inner().unwrap();
    let mut all: Vec<u128> = sent.values().flatten().copied().collect();
    all.sort_unstable();
    assert_eq!(all, (1..=u128::try_from(ROWS).unwrap()).collect::<Vec<_>>(), "each row leaves once");
    sent
}

/// What waits on behalf of an account is taken back, be it waiting for its next try; what is on the wire, what is over,
/// and the rows of others stay.
pub async fn an_account_s_waiting_rows_are_taken_back(store: &dyn Store) {
    let of = |number, chat_id, user| NewOutgoing { user_id: user, ..outgoing(number, chat_id) };
    let account = Some(user_id(1));
    add(
        store,
        &[
            of(1, 1, account),
            of(2, 2, account),
            of(3, 3, account),
            of(4, 1, account),
            of(5, 1, Some(user_id(2))),
            of(6, 1, None),
        ],
    )
    .await;
    let claimed = claim(store, at(0), 3).await;
    assert_eq!(outgoing_numbers(&claimed), [1, 2, 3]);
    assert!(finish(store, &claimed[1], SENT, at(1)).await);
    write(store, async |transaction| {
        assert!(transaction.outbox().retry(&claimed[2], at(50), false).await.unwrap());
    })
    .await;
    let cancel = async || {
        write(store, async |transaction| transaction.outbox().cancel_waiting(user_id(1)).await.unwrap()).await
    };
    assert_eq!(cancel().await, 2, "4 waits, 3 waits for its next try");
    assert_eq!(cancel().await, 0);
    assert!(finish(store, &claimed[0], SENT, at(2)).await, "what is on the wire goes on");
    assert_eq!(outgoing_numbers(&claim(store, at(100), 10).await), [5]);
    assert_eq!(stats(store).await.sent, 2);
}
