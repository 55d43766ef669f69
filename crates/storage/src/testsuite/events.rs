//! Contracts of seen events.

use domain::{EventId, EventSource};
use futures::future::join_all;

use crate::{
    Store,
    event::SeenSlice,
    testsuite::fixtures::{at, read, write},
};

fn event(source: &str, id: &str) -> (EventSource, EventId) {
    (source.parse().unwrap(), id.parse().unwrap())
}

async fn mark(store: &dyn Store, events: &[(EventSource, EventId)]) -> Vec<bool> {
    write(store, async |transaction| transaction.events().mark_seen(events, at(0)).await.unwrap()).await
}

/// An event is new once, in one call or in two; the same id of another source is another event.
pub async fn an_event_is_new_once(store: &dyn Store) {
    let events = [event("a", "1"), event("a", "2"), event("a", "1"), event("b", "1"), event("a", "'\"\\")];
    assert_eq!(mark(store, &events).await, [true, true, false, true, true]);
    assert_eq!(mark(store, &[event("a", "3"), event("a", "2"), event("a", "3")]).await, [true, false, false]);
    assert_eq!(mark(store, &[event("A", "1"), event("a", "1 ".trim())]).await, [true, false]);
    assert!(mark(store, &[]).await.is_empty());
}

/// What was forgotten may come again; the rest may not.
pub async fn a_forgotten_event_is_new_again(store: &dyn Store) {
    let events = [event("a", "1"), event("a", "2"), event("b", "1")];
    mark(store, &events).await;
    write(store, async |transaction| {
        transaction.events().forget(&[event("a", "1"), event("c", "9")]).await.unwrap();
        transaction.events().forget(&[]).await.unwrap();
    })
    .await;
    assert_eq!(mark(store, &events).await, [true, false, false]);
}

/// Calls at once, with the same events in different orders: each event is new to one of them, and none fails.
pub async fn calls_at_once_do_not_share_an_event(store: &dyn Store) {
    for round in 0..5 {
        let forth: Vec<_> = (0..200).map(|number| event("a", &format!("{round}-{number}"))).collect();
        let back: Vec<_> = forth.iter().rev().cloned().collect();
        let calls = (0..8).map(|call| mark(store, if call % 2 == 0 { &forth } else { &back }));
        let new = join_all(calls).await.iter().flatten().filter(|is_new| **is_new).count();
        assert_eq!(new, forth.len());
    }
}

/// Slices lead through all events in the order of source and id, and tell which of them are old.
pub async fn old_events_are_met_slice_by_slice(store: &dyn Store) {
    let mark_at = async |milliseconds, events: &[_]| {
        write(store, async |transaction| {
            transaction.events().mark_seen(events, at(milliseconds)).await.unwrap();
        })
        .await;
    };
    mark_at(10, &[event("a", "1"), event("b", "0"), event("a", "3")]).await;
    mark_at(20, &[event("a", "2"), event("B", "9"), event("b", "1")]).await;
    let slice = async |before, after: Option<&_>, limit| {
        read(store, async |transaction| transaction.events().seen_before(before, after, limit).await.unwrap())
            .await
    };
    // By bytes: B 9, a 1, a 2, a 3, b 0, b 1.
    let first = slice(at(20), None, 3).await;
    assert_eq!(first, SeenSlice { old: vec![event("a", "1")], next: Some(event("a", "2")) });
    let second = slice(at(20), first.next.as_ref(), 3).await;
    assert_eq!(
        second,
        SeenSlice { old: vec![event("a", "3"), event("b", "0")], next: Some(event("b", "1")) }
    );
    assert_eq!(slice(at(20), second.next.as_ref(), 3).await, SeenSlice::default());
    assert_eq!(slice(at(10), None, 7).await, SeenSlice::default(), "what is just old enough stays");
}
