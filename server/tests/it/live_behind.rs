//! The live stream when there is more than its viewers, or the hints that make it, keep up with.

use bus::signals::Signal;
use domain::{
    PlayerKey, SeededRng, TelegramUserId,
    board::{LiveDelta, LiveSnapshot},
};
use futures::future::join_all;
use serde_json::{Value, json};
use services::boards::live::BEHIND_MAX;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

use crate::{
    cup::{players, send},
    live::watch,
    support::{TestServer, server},
};

async fn cup() -> TestServer {
    let server = server().await;
    players(&server, 2).await;
    let events =
        ["cup", "other"].map(|id| server.tournament(id, "best", "desc")).into_iter().collect::<Vec<_>>();
    send(&server, &events).await;
    send(&server, &[server.score("first", "cup", "p-1", 1)]).await;
    server
}

fn version(data: &Value) -> u64 {
    data["version"].as_u64().unwrap()
}

#[tokio::test]
async fn who_falls_behind_is_given_the_whole_window_and_then_what_changes() {
    let server = cup().await;
    let mut fast = watch(&server, "/v1/live?boards=cup", None).await;
    let mut slow = [
        watch(&server, "/v1/tournaments/cup/live", None).await,
        watch(&server, "/v1/live?boards=cup,other", None).await,
    ];
    for viewer in slow.iter_mut().chain([&mut fast]) {
        viewer.of("snapshot", "cup").await;
    }
    slow[1].of("snapshot", "other").await;
    // Two viewers don't read while frames are made, one after the other.
    let mut at = 0;
    for number in 0..=BEHIND_MAX {
        let score = server.score(&format!("s{number}"), "cup", "p-2", 10 + i64::try_from(number).unwrap());
        send(&server, &[score]).await;
        at = version(&fast.of("delta", "cup").await.1);
    }
    for viewer in &mut slow {
        let (_, kind, whole) = viewer.next_changed().await;
        assert_eq!((kind.as_str(), version(&whole)), ("snapshot", at), "{whole}");
    }
    send(&server, &[server.score("last", "cup", "p-2", 1_000)]).await;
    for viewer in &mut slow {
        let (_, kind, delta) = viewer.next_changed().await;
        assert_eq!((kind.as_str(), &delta["from"]), ("delta", &json!(at)), "{delta}");
    }
}

/// How many hints about boards a receiver has heard. Fails when it has lost some.
fn heard(hints: &mut Receiver<Signal>) -> usize {
    let mut boards = 0;
    loop {
        match hints.try_recv() {
            Ok(hint) => boards += usize::from(matches!(hint, Signal::Boards { .. })),
            Err(TryRecvError::Empty) => return boards,
            Err(error) => panic!("{error}"),
        }
    }
}

const CALLS: usize = 5;
const EVENTS: usize = 1_000;

/// Thousands of cohorts, all of which move at once, beside a board that is watched.
#[tokio::test]
async fn a_commit_that_touches_five_thousand_boards_leaves_a_stream_in_order() {
    let server = cup().await;
    let mut league = server.tournament("league", "best", "desc");
    league["data"]["cohorts"] = json!({"size": 2});
    send(&server, &[league]).await;
    let name = |number: usize| format!("l-{number}");
    for call in 0..2 * CALLS {
        let numbers = call * EVENTS..(call + 1) * EVENTS;
        let users: Vec<Value> =
            numbers.map(|number| server.user(&name(number), &format!("L {number}"), None)).collect();
        send(&server, &users).await;
    }
    let mut viewer = watch(&server, "/v1/tournaments/cup/live", None).await;
    let (_, snapshot) = viewer.of("snapshot", "cup").await;
    let mut held: LiveSnapshot = serde_json::from_value(snapshot).unwrap();
    let mut hints = server.services.signals().subscribe();

    // Each call places two players in each of hundreds of cohorts and moves the board that is watched. As a platform does,
    // who is told that there is no room just now comes again.
    let server = &server;
    let points = |call: usize| 10 + i64::try_from(call).unwrap();
    let calls = (0..2 * CALLS).map(|call| async move {
        let mut scores: Vec<Value> = (call * EVENTS..(call + 1) * EVENTS - 1)
            .map(|number| server.score(&format!("l{number}"), "league", &name(number), 5))
            .collect();
        scores.push(server.score(&format!("c{call}"), "cup", "p-2", points(call)));
        let scores = Value::Array(scores);
        while server.request(server.signed_events(&scores)).await.status() != 200 {}
    });
    join_all(calls).await;
    let mut tx = server.services.store().begin_read().await.unwrap();
    let boards = tx.periods().boards(&"league".parse().unwrap(), 0, Some(4_990), 10).await.unwrap();
    drop(tx);
    assert!(!boards.is_empty(), "fewer boards than that were touched");
    let told = heard(&mut hints);
    assert!((1..=2 * CALLS).contains(&told), "{told} hints for {} calls", 2 * CALLS);

    while held.entries[0].score.points() < points(2 * CALLS - 1) {
        let (_, delta) = viewer.of("delta", "cup").await;
        let delta: LiveDelta = serde_json::from_value(delta).unwrap();
        assert!(held.apply(delta), "a delta does not follow on what the viewer holds");
    }
    assert_eq!((held.total, held.entries[0].alias.as_str()), (2, "Player 2"));
}

#[tokio::test]
async fn hints_that_are_lost_take_no_names_along() {
    let server = cup().await;
    let mut viewer = watch(&server, "/v1/live?boards=cup", None).await;
    let (_, snapshot) = viewer.of("snapshot", "cup").await;
    assert_eq!(snapshot["entries"][0]["alias"], "Player 1");
    // Without a hint, so that only a node that asks the database anew knows of it.
    let mut tx = server.services.store().begin_write().await.unwrap();
    let user = tx.users().by_telegram_id(TelegramUserId(1)).await.unwrap().unwrap().user_id;
    tx.users().hide(user, Some("Somebody"), &PlayerKey::new(&SeededRng::new(1))).await.unwrap();
    tx.save().await.unwrap();
    for _ in 0..3_000 {
        server.services.signals().publish(Signal::Inbox);
    }
    send(&server, &[server.score("s2", "cup", "p-2", 9)]).await;
    let (_, delta) = viewer.of("delta", "cup").await;
    assert!(!delta.to_string().contains("Somebody"), "a name was asked for again: {delta}");
    assert_eq!(server.standings("cup").await[1].0, "Player 1");
}
