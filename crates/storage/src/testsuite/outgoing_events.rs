//! Contracts of events on their way out.

use std::collections::BTreeSet;

use domain::{OutgoingEventId, Timestamp};
use futures::future::join_all;
use uuid::Uuid;

use crate::{
    Store,
    outgoing_event::{ClaimedOutgoingEvent, Ending, NewOutgoingEvent, OutgoingEventBacklog},
    testsuite::fixtures::{HARD_TEXT, at, lease, read, write},
};

fn event(number: u128, subject: &str) -> NewOutgoingEvent {
    NewOutgoingEvent {
        event_id: OutgoingEventId::from_uuid(Uuid::from_u128(number)),
        kind: "podium.test.happened".to_owned(),
        subject: subject.to_owned(),
        data: format!(r#"{{"number":{number}}}"#),
        created_at: at(0),
    }
}

async fn add(store: &dyn Store, events: &[NewOutgoingEvent]) {
    write(store, async |transaction| {
        for event in events {
            transaction.outgoing_events().add(event).await.unwrap();
        }
    })
    .await;
}

async fn claim_as(store: &dyn Store, now: Timestamp, lease: Uuid, limit: u32) -> Vec<ClaimedOutgoingEvent> {
    write(store, async |transaction| {
        transaction.outgoing_events().claim(now, lease, now.plus_ms(30_000), limit).await.unwrap()
    })
    .await
}

async fn claim(store: &dyn Store, now: Timestamp) -> Vec<ClaimedOutgoingEvent> {
    claim_as(store, now, lease(1), 10).await
}

async fn finish(store: &dyn Store, event: &ClaimedOutgoingEvent, ending: Ending, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.outgoing_events().finish(event, ending, now).await.unwrap())
        .await
}

async fn retry(store: &dyn Store, event: &ClaimedOutgoingEvent, due_at: Timestamp) -> bool {
    write(store, async |transaction| transaction.outgoing_events().retry(event, due_at).await.unwrap()).await
}

async fn backlog(store: &dyn Store) -> OutgoingEventBacklog {
    read(store, async |transaction| transaction.outgoing_events().backlog().await.unwrap()).await
}

fn numbers(claimed: &[ClaimedOutgoingEvent]) -> Vec<u128> {
    claimed.iter().map(|event| event.event.event_id.as_uuid().as_u128()).collect()
}

/// What was written is handed out unchanged, and not before it was saved.
pub async fn an_event_survives_as_it_was_written(store: &dyn Store) {
    let written = NewOutgoingEvent {
        data: format!("{{ \"text\" : {} }}", serde_json::to_string(HARD_TEXT).unwrap()),
        created_at: at(-3),
        ..event(1, HARD_TEXT.replace('\u{1}', "").as_str())
    };
    let mut unsaved = store.begin_write().await.unwrap();
    unsaved.outgoing_events().add(&written).await.unwrap();
    drop(unsaved);
    assert_eq!(claim(store, at(0)).await, []);

    add(store, std::slice::from_ref(&written)).await;
    let expected = ClaimedOutgoingEvent { event: written, attempt: 1, lease: lease(1) };
    assert_eq!(claim(store, at(0)).await, [expected]);
}

/// An event that waits for its next try keeps back the later ones of its subject, and no other.
pub async fn a_retry_waits_and_holds_its_subject_alone(store: &dyn Store) {
    add(store, &[event(1, "a"), event(2, "a"), event(3, "b")]).await;
    let claimed = claim(store, at(0)).await;
    assert_eq!(numbers(&claimed), [1, 3]);
    assert_eq!(numbers(&claim(store, at(0)).await), []);

    assert!(retry(store, &claimed[0], at(1_000)).await);
    assert!(finish(store, &claimed[1], Ending::Sent, at(0)).await);
    assert_eq!(numbers(&claim(store, at(999)).await), []);
    let again = claim(store, at(1_000)).await;
    assert_eq!((numbers(&again), again[0].attempt), (vec![1], 2));
    // Sent or given up: either lets the next one go.
    assert!(finish(store, &again[0], Ending::Dead, at(1_000)).await);
    assert_eq!(numbers(&claim(store, at(1_000)).await), [2]);
}

/// The event of a sender that died is due again when its lease has run out, and counts as tried.
pub async fn a_dead_senders_event_is_taken_over(store: &dyn Store) {
    add(store, &[event(1, "a")]).await;
    assert_eq!(claim_as(store, at(0), lease(1), 1).await[0].attempt, 1);
    assert_eq!(claim_as(store, at(29_999), lease(2), 1).await, []);
    let taken = claim_as(store, at(30_000), lease(2), 1).await;
    assert_eq!((taken[0].attempt, taken[0].lease), (2, lease(2)));
}

/// Whoever lost an event to another sender changes nothing any more.
pub async fn a_lost_lease_changes_nothing(store: &dyn Store) {
    add(store, &[event(1, "a")]).await;
    let lost = claim_as(store, at(0), lease(1), 1).await.remove(0);
    let held = claim_as(store, at(30_000), lease(2), 1).await.remove(0);
    assert!(!finish(store, &lost, Ending::Sent, at(30_000)).await);
    assert!(!retry(store, &lost, at(0)).await);
    assert_eq!(claim(store, at(30_001)).await, []);
    assert!(finish(store, &held, Ending::Sent, at(30_002)).await);
    assert!(!finish(store, &held, Ending::Dead, at(30_003)).await);
    assert!(!retry(store, &held, at(30_003)).await);
    assert_eq!(claim(store, at(100_000)).await, []);
}

/// Gauges see what waits, what is held and what was given up, and from when the oldest is.
pub async fn a_backlog_is_what_is_open_or_given_up(store: &dyn Store) {
    assert_eq!(backlog(store).await, OutgoingEventBacklog::default());
    let old = NewOutgoingEvent { created_at: at(-5), ..event(1, "a") };
    add(store, &[old, event(2, "a"), event(3, "b"), event(4, "c"), event(5, "d")]).await;
    let claimed = claim_as(store, at(0), lease(1), 3).await;
    assert_eq!(numbers(&claimed), [1, 3, 4]);
    assert!(finish(store, &claimed[1], Ending::Sent, at(0)).await);
    assert!(finish(store, &claimed[2], Ending::Dead, at(0)).await);
    let expected = OutgoingEventBacklog { waiting: 2, sending: 1, dead: 1, oldest_open_at: Some(at(-5)) };
    assert_eq!(backlog(store).await, expected);
    assert!(finish(store, &claimed[0], Ending::Sent, at(0)).await);
    let expected = OutgoingEventBacklog { waiting: 2, sending: 0, dead: 1, oldest_open_at: Some(at(0)) };
    assert_eq!(backlog(store).await, expected);
}

/// What was given up can be sent after all, under the same id, from the first try on.
pub async fn a_dead_event_is_replayed(store: &dyn Store) {
    add(store, &[event(1, "a"), event(2, "b"), event(3, "c")]).await;
    for (claimed, ending) in claim(store, at(0)).await.iter().zip([Ending::Dead, Ending::Dead, Ending::Sent])
    {
        assert!(finish(store, claimed, ending, at(1)).await);
    }
    let replay = async |limit| {
        write(store, async |transaction| {
            transaction.outgoing_events().replay_dead(at(9), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(replay(1).await, 1);
    assert_eq!(claim(store, at(8)).await, []);
    let again = claim(store, at(9)).await;
    assert_eq!((numbers(&again), again[0].attempt), (vec![1], 1));
    assert_eq!(replay(10).await, 1);
    assert_eq!(numbers(&claim(store, at(9)).await), [2]);
    assert_eq!(replay(10).await, 0);
}

/// Events that were sent and events that were given up are removed by ages of their own; open ones never.
pub async fn old_ended_events_are_removed(store: &dyn Store) {
    add(store, &[event(1, "a"), event(2, "b"), event(3, "c"), event(4, "d"), event(5, "e")]).await;
    let claimed = claim_as(store, at(0), lease(1), 4).await;
    for (claimed, (ending, ended_at)) in
        claimed.iter().zip([(Ending::Sent, 1), (Ending::Sent, 2), (Ending::Sent, 3), (Ending::Dead, 1)])
    {
        assert!(finish(store, claimed, ending, at(ended_at)).await);
    }
    let remove = async |ending, before, limit| {
        write(store, async |transaction| {
            transaction.outgoing_events().remove_ended(ending, at(before), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(remove(Ending::Sent, 3, 1).await, 1);
    assert_eq!(remove(Ending::Sent, 3, 10).await, 1);
    assert_eq!(remove(Ending::Sent, 3, 10).await, 0);
    assert_eq!(backlog(store).await.dead, 1);
    assert_eq!(remove(Ending::Dead, 2, 10).await, 1);
    assert_eq!(
        backlog(store).await,
        OutgoingEventBacklog { waiting: 1, oldest_open_at: Some(at(0)), ..Default::default() }
    );
}

/// However many senders claim at once, each event and each subject is one sender's.
pub async fn senders_at_once_never_share_an_event(store: &dyn Store) {
    let events: Vec<NewOutgoingEvent> =
        (0..40).map(|number| event(number + 1, &format!("subject-{}", number % 20))).collect();
    add(store, &events).await;
    let claims = join_all((0..8).map(|sender| claim_as(store, at(0), lease(sender), 4))).await;
    let claimed: Vec<u128> = claims.iter().flat_map(|claimed| numbers(claimed)).collect();
    let distinct: BTreeSet<u128> = claimed.iter().copied().collect();
    assert_eq!(distinct.len(), claimed.len(), "{claimed:?}");
    // The second event of each subject waits for its first.
    assert_eq!(distinct, (1..=20).collect::<BTreeSet<u128>>());
}
