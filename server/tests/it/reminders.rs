//! "Notify me": who asked for it is told before a tournament starts, once.

use serde_json::json;

use crate::{
    cup::{
        HOUR_MS, MINUTE_MS, about, consents, later, pass, players, reachable, run_jobs, send, state, texts,
        wants_reminder,
    },
    support::{delete_as, post_as, server_with_bot},
};

#[tokio::test]
async fn who_asked_for_it_is_told_five_minutes_before_the_start_once_and_by_consent() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 3).await;
    send(&server, &[later(&server, "cup-1", HOUR_MS, &json!({}))]).await;
    let people = [reachable(&server, 1).await, reachable(&server, 2).await, reachable(&server, 3).await];
    consents(&server, &people[0]).await;
    consents(&server, &people[2]).await;
    for player in &people {
        wants_reminder(&server, player).await;
    }
    server.json(delete_as("/v1/tournaments/cup/reminder", &people[2].jwt)).await;
    let (_, mine) = about(&server, "/me", Some(&people[2])).await;
    assert_eq!(mine["wants_reminder"], json!(false));
    server.take_outgoing().await;
    pass(&server, 50 * MINUTE_MS).await;
    assert!(texts(&server).await.is_empty(), "too early");
    // It is moved by half an hour, so that it is planned anew.
    send(&server, &[later(&server, "cup-2", 40 * MINUTE_MS, &json!({}))]).await;
    pass(&server, 10 * MINUTE_MS).await;
    assert!(texts(&server).await.is_empty(), "it starts later now");
    pass(&server, 25 * MINUTE_MS).await;
    let told = texts(&server).await;
    assert_eq!(told.len(), 1, "2 has not said yes, 3 has taken it back: {told:?}");
    assert_eq!(told[0].0, 1);
    pass(&server, 2 * MINUTE_MS).await;
    assert!(texts(&server).await.is_empty(), "once");
}

#[tokio::test]
async fn who_asks_in_the_last_minutes_before_the_start_is_told_all_the_same_and_once() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 3).await;
    let people = [reachable(&server, 1).await, reachable(&server, 2).await, reachable(&server, 3).await];
    for player in &people {
        consents(&server, player).await;
    }
    let told_now = async || {
        let told = texts(&server).await;
        told.into_iter()
            .filter(|(_, text)| text.contains("starts in"))
            .map(|(chat, _)| chat)
            .collect::<Vec<_>>()
    };
    // It is announced when the time to tell of it has passed already.
    send(&server, &[later(&server, "cup-1", 4 * MINUTE_MS, &json!({}))]).await;
    run_jobs(&server).await;
    server.take_outgoing().await;
    wants_reminder(&server, &people[0]).await;
    wants_reminder(&server, &people[0]).await;
    run_jobs(&server).await;
    assert_eq!(told_now().await, [1]);
    pass(&server, 3 * MINUTE_MS).await;
    wants_reminder(&server, &people[1]).await;
    run_jobs(&server).await;
    assert_eq!(told_now().await, [2], "1 was told already");
    pass(&server, MINUTE_MS).await;
    wants_reminder(&server, &people[2]).await;
    run_jobs(&server).await;
    assert_eq!(told_now().await, [0; 0], "it has begun");
}

#[tokio::test]
async fn a_reminder_that_is_late_past_the_start_or_of_a_canceled_tournament_is_not_sent() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 1).await;
    let player = reachable(&server, 1).await;
    consents(&server, &player).await;
    send(&server, &[later(&server, "cup-1", HOUR_MS, &json!({}))]).await;
    wants_reminder(&server, &player).await;
    let mut other = later(&server, "zoo-1", HOUR_MS, &json!({}));
    other["data"]["tournament_id"] = json!("zoo");
    send(&server, &[other]).await;
    server.json(post_as("/v1/tournaments/zoo/reminder", &player.jwt, &json!({}))).await;
    let cancel = server.event("cancel", "platform.tournament.canceled", &json!({"tournament_id": "zoo"}));
    send(&server, &[cancel]).await;
    server.take_outgoing().await;
    // Nobody works until a minute behind the start.
    pass(&server, HOUR_MS + MINUTE_MS).await;
    assert!(texts(&server).await.is_empty());
    assert_eq!(state(&server).await, "running");
}
