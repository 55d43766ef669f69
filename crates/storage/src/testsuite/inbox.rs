//! Contracts of the inbox.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use domain::{BotId, Timestamp, UpdateId};
use futures::{future::join_all, join};
use uuid::Uuid;

use crate::{
    Store,
    inbox::{ClaimedUpdate, InboxBacklog, InboxStats, NewUpdate},
    testsuite::fixtures::{HARD_TEXT, at, lease, read, update, update_ids, write},
};

async fn add(store: &dyn Store, updates: &[NewUpdate]) -> u64 {
    write(store, async |transaction| transaction.inbox().add_many(updates).await.unwrap()).await
}

async fn claim_as(store: &dyn Store, now: Timestamp, lease: Uuid, limit: u32) -> Vec<ClaimedUpdate> {
    write(store, async |transaction| {
        transaction.inbox().claim(now, lease, now.plus_ms(15_000), limit).await.unwrap()
    })
    .await
}

async fn claim(store: &dyn Store, now: Timestamp, limit: u32) -> Vec<ClaimedUpdate> {
    claim_as(store, now, lease(1), limit).await
}

async fn complete(store: &dyn Store, update: &ClaimedUpdate, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.inbox().complete(update, now).await.unwrap()).await
}

async fn bury(store: &dyn Store, update: &ClaimedUpdate, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.inbox().bury(update, now, "test").await.unwrap()).await
}

async fn stats(store: &dyn Store) -> InboxStats {
    read(store, async |transaction| transaction.inbox().stats().await.unwrap()).await
}

/// The same bot and update id is the same update, in one call or in two; another bot's is another.
pub async fn an_update_is_stored_once(store: &dyn Store) {
    assert_eq!(add(store, &[]).await, 0);
    assert_eq!(add(store, &[update(1, 1), update(2, 1), update(1, 9)]).await, 2);
    let other_bot = NewUpdate { bot_id: BotId(8), ..update(1, 1) };
    assert_eq!(add(store, &[update(2, 1), other_bot, update(3, 1)]).await, 2);
    assert_eq!(stats(store).await.waiting, 4);
    // The first one stayed as it was.
    let claimed = claim(store, at(0), 1).await;
    assert_eq!(claimed[0].chat_id.unwrap().0, 1);
}

/// Stored without a transaction around it, an update is there as ever: once, durable, in the order of its chat.
pub async fn updates_are_stored_by_one_statement(store: &dyn Store) {
    assert_eq!(store.add_updates(&[]).await.unwrap(), 0);
    assert_eq!(store.add_updates(&[update(1, 1), update(2, 1), update(1, 9)]).await.unwrap(), 2);
    assert_eq!(store.add_updates(&[update(2, 1), update(3, 1)]).await.unwrap(), 1);
    assert_eq!(stats(store).await.waiting, 3);
    assert_eq!(update_ids(&claim(store, at(0), 10).await), [1]);
}

/// What was stored is handed out unchanged, so that it can be replayed.
pub async fn a_payload_survives_byte_for_byte(store: &dyn Store) {
    let text = serde_json::to_string(HARD_TEXT).unwrap();
    let payload = format!("{{ \"b\" : {text},\n \"a\":1.0e2, \"a\":\"\\u0000 \\ud83d\\ude00\" }}");
    let stored = NewUpdate { payload, received_at: at(-5), ..update(1, -1_001_234_567_890_123) };
    add(store, std::slice::from_ref(&stored)).await;
    let claimed = claim(store, at(0), 1).await.remove(0);
    assert_eq!(claimed.payload, stored.payload);
    assert_eq!(
        (
            claimed.bot_id,
            claimed.update_id,
            claimed.chat_id,
            claimed.received_at,
            claimed.attempt,
            claimed.lease
        ),
        (stored.bot_id, stored.update_id, stored.chat_id, stored.received_at, 1, lease(1))
    );
}

/// Lower ids first, whatever the order in which they were stored; never more than the limit.
pub async fn the_oldest_are_claimed_first(store: &dyn Store) {
    add(store, &[update(30, 3), update(10, 1)]).await;
    add(store, &[update(20, 2), update(40, 4)]).await;
    assert_eq!(update_ids(&claim(store, at(0), 3).await), [10, 20, 30]);
    assert_eq!(update_ids(&claim(store, at(0), 3).await), [40]);
    assert!(claim(store, at(0), 3).await.is_empty());
}

/// The next update of a chat waits for the one before it.
pub async fn a_chat_is_claimed_one_at_a_time(store: &dyn Store) {
    add(store, &[update(1, 1), update(2, 1), update(3, 2)]).await;
    let claimed = claim(store, at(0), 10).await;
    assert_eq!(update_ids(&claimed), [1, 3]);
    assert!(claim(store, at(0), 10).await.is_empty());
    assert!(complete(store, &claimed[0], at(1)).await);
    assert_eq!(update_ids(&claim(store, at(1), 10).await), [2]);
}

/// The same chat id under two bots is two chats.
pub async fn chats_of_two_bots_are_apart(store: &dyn Store) {
    add(store, &[update(1, 1), NewUpdate { bot_id: BotId(8), ..update(2, 1) }]).await;
    assert_eq!(update_ids(&claim(store, at(0), 10).await), [1, 2]);
}

/// Updates without a chat are claimed side by side, also while others of them wait for a retry.
pub async fn updates_without_a_chat_wait_for_nobody(store: &dyn Store) {
    add(store, &[update(1, None), update(2, None), update(3, None)]).await;
    let claimed = claim(store, at(0), 2).await;
    assert_eq!(update_ids(&claimed), [1, 2]);
    write(store, async |transaction| {
        assert!(transaction.inbox().retry(&claimed[0], at(500), "test").await.unwrap());
    })
    .await;
    assert_eq!(update_ids(&claim(store, at(0), 2).await), [3]);
}

/// An update is held until its lease runs out; then another worker gets it, as a further try.
pub async fn a_dead_workers_update_is_taken_over(store: &dyn Store) {
    add(store, &[update(1, 1), update(2, 1)]).await;
    let dead = claim_as(store, at(0), lease(1), 10).await;
    assert_eq!(update_ids(&dead), [1]);
    assert!(claim_as(store, at(14_999), lease(2), 10).await.is_empty());
    let taken = claim_as(store, at(15_000), lease(2), 10).await;
    assert_eq!(update_ids(&taken), [1]);
    assert_eq!((taken[0].attempt, taken[0].lease), (2, lease(2)));
    assert!(!complete(store, &dead[0], at(15_001)).await);
    assert!(complete(store, &taken[0], at(15_001)).await);
    assert_eq!(update_ids(&claim_as(store, at(15_001), lease(3), 10).await), [2]);
}

/// A worker that lost an update neither ends it nor hands it back, and is told.
pub async fn a_lost_lease_changes_nothing(store: &dyn Store) {
    add(store, &[update(1, 1)]).await;
    let lost = claim_as(store, at(0), lease(1), 1).await.remove(0);
    let taken = claim_as(store, at(15_000), lease(2), 1).await.remove(0);
    write(store, async |transaction| {
        let mut inbox = transaction.inbox();
        assert!(!inbox.complete(&lost, at(15_001)).await.unwrap());
        assert!(!inbox.retry(&lost, at(15_001), "test").await.unwrap());
        assert!(!inbox.bury(&lost, at(15_001), "test").await.unwrap());
    })
    .await;
    assert_eq!(stats(store).await.running, 1);
    assert!(complete(store, &taken, at(15_002)).await);
    assert!(!complete(store, &taken, at(15_003)).await, "what is done is done once");
}

/// An update that waits for its next try keeps the later ones of its chat back, and nobody else's.
pub async fn a_retry_holds_its_chat_but_no_other(store: &dyn Store) {
    add(store, &[update(1, 1), update(2, 1), update(3, 2)]).await;
    let claimed = claim(store, at(0), 1).await;
    write(store, async |transaction| {
        assert!(transaction.inbox().retry(&claimed[0], at(500), "test").await.unwrap());
    })
    .await;
    assert_eq!(update_ids(&claim(store, at(499), 10).await), [3]);
    let again = claim(store, at(500), 10).await;
    assert_eq!(update_ids(&again), [1]);
    assert_eq!(again[0].attempt, 2);
}

/// A dead letter holds nobody up.
pub async fn a_buried_update_releases_its_chat(store: &dyn Store) {
    add(store, &[update(1, 1), update(2, 1)]).await;
    let claimed = claim(store, at(0), 10).await;
    assert!(bury(store, &claimed[0], at(1)).await);
    assert_eq!(stats(store).await.dead, 1);
    assert_eq!(update_ids(&claim(store, at(1), 10).await), [2]);
}

/// Dead letters wait again, the oldest first, all or one, and are tried as if for the first time.
pub async fn dead_letters_are_replayed(store: &dyn Store) {
    add(store, &[update(1, 1), update(2, 2), update(3, 3), update(4, 4)]).await;
    for dead in claim(store, at(0), 3).await {
        bury(store, &dead, at(1)).await;
    }
    let replay = async |update_id: Option<i64>, limit| {
        write(store, async |transaction| {
            transaction.inbox().replay_dead(update_id.map(UpdateId), at(2), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(replay(Some(4), 10).await, 0, "what is not dead is left alone");
    assert_eq!(replay(Some(3), 10).await, 1);
    assert_eq!(replay(None, 1).await, 1);
    let claimed = claim(store, at(2), 10).await;
    assert_eq!(update_ids(&claimed), [1, 3, 4]);
    assert!(claimed.iter().all(|update| update.attempt == 1));
    assert_eq!(replay(None, 10).await, 1);
    assert_eq!(replay(None, 10).await, 0);
}

/// Requests arrive side by side: an update that is stored behind a later one of its chat waits until that one, already
/// running, is done.
pub async fn a_lower_id_that_comes_late_waits_for_the_running_one(store: &dyn Store) {
    add(store, &[update(6, 1)]).await;
    let running = claim_as(store, at(0), lease(1), 10).await;
    add(store, &[update(5, 1)]).await;
    assert!(claim_as(store, at(1), lease(2), 10).await.is_empty());
    // Also when the worker died: what was begun is finished first.
    let taken = claim_as(store, at(15_000), lease(3), 10).await;
    assert_eq!(update_ids(&taken), [6]);
    assert!(!complete(store, &running[0], at(15_001)).await);
    assert!(complete(store, &taken[0], at(15_001)).await);
    assert_eq!(update_ids(&claim_as(store, at(15_001), lease(4), 10).await), [5]);
}

/// However many updates one chat has, the others are reached.
pub async fn a_chat_with_much_to_do_holds_nobody_up(store: &dyn Store) {
    let mut updates: Vec<NewUpdate> = (1..=3000).map(|id| update(id, 1)).collect();
    updates.push(update(5000, 2));
    assert_eq!(add(store, &updates).await, 3001);
    assert_eq!(update_ids(&claim(store, at(0), 2).await), [1, 5000]);
}

/// Every state is counted, and the age is that of the oldest update that is not handled.
pub async fn stats_tell_how_much_is_where(store: &dyn Store) {
    assert_eq!(stats(store).await, InboxStats::default());
    let updates: Vec<NewUpdate> =
        (1..=7).map(|id| NewUpdate { received_at: at(id * 10), ..update(id, id) }).collect();
    add(store, &updates).await;
    let claimed = claim(store, at(100), 4).await;
    complete(store, &claimed[0], at(101)).await;
    bury(store, &claimed[1], at(101)).await;
    assert_eq!(
        stats(store).await,
        InboxStats { waiting: 3, running: 2, done: 1, dead: 1, oldest_open_at: Some(at(30)) }
    );
}

/// What is open and what was given up is counted as `stats` counts it; what is done is not in it.
pub async fn a_backlog_is_what_is_open_or_given_up(store: &dyn Store) {
    let backlog =
        async || read(store, async |transaction| transaction.inbox().backlog().await.unwrap()).await;
    assert_eq!(backlog().await, InboxBacklog::default());
    let updates: Vec<NewUpdate> =
        (1..=7).map(|id| NewUpdate { received_at: at(id * 10), ..update(id, id) }).collect();
    add(store, &updates).await;
    let claimed = claim(store, at(100), 4).await;
    complete(store, &claimed[0], at(101)).await;
    bury(store, &claimed[1], at(101)).await;
    let expected = InboxBacklog { waiting: 3, running: 2, dead: 1, oldest_open_at: Some(at(30)) };
    assert_eq!(backlog().await, expected);
    complete(store, &claimed[2], at(102)).await;
    assert_eq!(backlog().await, InboxBacklog { running: 1, oldest_open_at: Some(at(40)), ..expected });
}

/// Dead letters go when they were given up long enough ago, the longest ago first; nothing else goes with them.
pub async fn old_dead_letters_are_removed(store: &dyn Store) {
    let updates: Vec<NewUpdate> = (1..=5).map(|id| update(id, id)).collect();
    add(store, &updates).await;
    let claimed = claim(store, at(0), 4).await;
    complete(store, &claimed[0], at(1)).await;
    for (dead, milliseconds) in claimed[1..].iter().zip([30, 20, 10]) {
        bury(store, dead, at(milliseconds)).await;
    }
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.inbox().remove_dead(before, limit).await.unwrap()).await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(30), 1).await, 1);
    assert_eq!(remove(at(30), 10).await, 1);
    assert_eq!(
        stats(store).await,
        InboxStats { waiting: 1, running: 0, done: 1, dead: 1, oldest_open_at: Some(at(0)) }
    );
    let left = write(store, async |transaction| {
        transaction.inbox().replay_dead(Some(UpdateId(2)), at(40), 10).await.unwrap()
    });
    assert_eq!(left.await, 1, "the one that was given up last is still there");
}

/// Only what was done long enough ago is removed, the longest ago first, and no dead letter with it.
pub async fn old_done_updates_are_removed(store: &dyn Store) {
    let updates: Vec<NewUpdate> = (1..=5).map(|id| update(id, id)).collect();
    add(store, &updates).await;
    let claimed = claim(store, at(0), 4).await;
    bury(store, &claimed[0], at(1)).await;
    for (done, milliseconds) in claimed[1..].iter().zip([30, 20, 10]) {
        complete(store, done, at(milliseconds)).await;
    }
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.inbox().remove_done(before, limit).await.unwrap()).await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(30), 1).await, 1);
    assert_eq!(remove(at(30), 10).await, 1);
    assert_eq!(
        stats(store).await,
        InboxStats { waiting: 1, running: 0, done: 1, dead: 1, oldest_open_at: Some(at(0)) }
    );
    // What was removed is new when it comes again; what is kept is not.
    assert_eq!(add(store, &[update(4, 4), update(3, 3), update(2, 2)]).await, 2);
}

/// Several workers claim and complete at once, while the updates of a chat are stored out of order: no chat is held
/// twice, and each update is handled once.
pub async fn workers_at_once_never_share_a_chat(store: &dyn Store) {
    // Odd and even ids are stored by two producers; an odd number of chats gives each chat some of both.
    handle_all_at_once(store, 5).await;
}

/// Several workers claim and complete at once: each chat's updates are handed out in their order.
pub async fn workers_at_once_keep_each_chats_order(store: &dyn Store) {
    // With an even number of chats each of them belongs to one producer, which stores in order.
    let handled = handle_all_at_once(store, 6).await;
    for (chat, ids) in handled {
        assert!(ids.is_sorted(), "chat {chat} was handled as {ids:?}");
    }
}

/// Stores updates and handles them with several workers. Returns the ids that each chat handed out, in that order.
async fn handle_all_at_once(store: &dyn Store, chats: i64) -> BTreeMap<i64, Vec<i64>> {
    const WORKERS: u128 = 6;
    const UPDATES: i64 = 120;
    const TURNS_MAX: u128 = 10_000;
    let held = Mutex::new(BTreeSet::new());
    let handled = Mutex::new(BTreeMap::<i64, Vec<i64>>::new());
    let is_done =
        || i64::try_from(handled.lock().unwrap().values().map(Vec::len).sum::<usize>()) == Ok(UPDATES);
    let producer = async |first: i64| {
        for id in (first..=UPDATES).step_by(2) {
            add(store, &[update(id, id % chats)]).await;
        }
    };
    let worker = async |number: u128| {
        for turn in 0.. {
            assert!(turn < TURNS_MAX, "the updates do not come to an end");
            if is_done() {
                break;
            }
            let claimed = claim_as(store, at(0), lease(number * TURNS_MAX + turn), 2).await;
            for update in &claimed {
                let chat = update.chat_id.unwrap().0;
                assert!(held.lock().unwrap().insert(chat), "two workers hold chat {chat}");
                handled.lock().unwrap().entry(chat).or_default().push(update.update_id.0);
            }
            for update in &claimed {
                let mut transaction = store.begin_write().await.unwrap();
                assert!(transaction.inbox().complete(update, at(1)).await.unwrap());
                // Until the commit nobody else can be given the chat.
                held.lock().unwrap().remove(&update.chat_id.unwrap().0);
                transaction.save().await.unwrap();
            }
        }
    };
    join!(producer(1), producer(2), join_all((1..=WORKERS).map(&worker)));

    let handled = handled.into_inner().unwrap();
    let mut all: Vec<i64> = handled.values().flatten().copied().collect();
    all.sort_unstable();
    assert_eq!(all, (1..=UPDATES).collect::<Vec<_>>(), "each update is handled once");
    assert_eq!(stats(store).await.done, u64::try_from(UPDATES).unwrap());
    handled
}
