//! Edges of tournaments with periods: clocks that are late or ahead, exclusions that outlast a period, and what reaches a
//! period that is over and not final yet.

use serde_json::{Value, json};
use services::tournaments::command;
use storage::{audit::Actor, job::JobKind};

use crate::{
    cup::{HOUR_MS, MINUTE_MS, NOWHERE, definition, later, pass, players, refused, run_jobs, send, told},
    support::{TestServer, get, server, server_with_platform},
};

/// A cup with a period each hour, three hours long, that began at midnight.
async fn hourly(server: &TestServer, count: i64) {
    players(server, count).await;
    let rules = json!({
        "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T03:00:00Z",
        "reset": {"cron": "0 * * * *", "zone": "UTC"},
        "prizes": [{"from": 1, "to": 1, "what": {"code": "gold"}}],
    });
    send(server, &[definition(server, "cup-1", &rules)]).await;
}

fn of(server: &TestServer, id: &str, kind: &str, more: &Value) -> Value {
    let mut data = json!({"tournament_id": "cup", "platform_user_id": "p-1"});
    for (field, value) in more.as_object().unwrap() {
        data[field] = value.clone();
    }
    server.event(id, kind, &data)
}

async fn board(server: &TestServer, period: u32) -> Value {
    server.json(get(&format!("/v1/tournaments/cup/board?period={period}"))).await.1
}

fn excluded(server: &TestServer, id: &str) -> Value {
    of(server, id, "platform.player.disqualified", &json!({"reason": "two accounts"}))
}

#[tokio::test]
async fn a_score_of_a_period_that_has_just_begun_counts_when_the_clock_slept_through_the_one_before() {
    let server = server().await;
    hourly(&server, 1).await;
    // Two resets have come since anybody looked, the last one within the time for late scores.
    server.clock.advance_ms(2 * HOUR_MS + 30_000);
    send(&server, &[server.score("s1", "cup", "p-1", 5)]).await;
    run_jobs(&server).await;
    let page = board(&server, 2).await;
    assert_eq!(page["entries"][0]["score"], 5, "{page}");
}

#[tokio::test]
async fn attempts_that_are_given_to_an_excluded_player_do_not_end_the_exclusion() {
    let server = server().await;
    hourly(&server, 1).await;
    send(&server, &[server.score("s1", "cup", "p-1", 5), excluded(&server, "out")]).await;
    server.clock.advance_ms(HOUR_MS + MINUTE_MS);
    run_jobs(&server).await;
    let granted = of(&server, "more", "platform.tournament.attempts_granted", &json!({"attempts": 3}));
    assert_eq!(refused(&server, &granted).await, "not_eligible");
    assert_eq!(refused(&server, &server.score("s2", "cup", "p-1", 9)).await, "not_eligible");
    // Until it is taken back.
    let back = of(&server, "back", "platform.player.reinstated", &json!({}));
    send(&server, &[back, server.score("s2", "cup", "p-1", 9)]).await;
}

#[tokio::test]
async fn whoever_was_excluded_twice_is_back_with_all_they_had_when_that_is_taken_back() {
    let server = server().await;
    hourly(&server, 1).await;
    send(&server, &[server.score("s1", "cup", "p-1", 5), excluded(&server, "out")]).await;
    // The next period has begun, and the one before is not final yet.
    server.clock.advance_ms(HOUR_MS + 1000);
    run_jobs(&server).await;
    send(&server, &[excluded(&server, "out-again")]).await;
    let back = of(&server, "back", "platform.player.reinstated", &json!({}));
    send(&server, &[back]).await;
    let page = board(&server, 0).await;
    assert_eq!(page["entries"][0]["score"], 5, "{page}");
}

/// The names on a board, from rank 1.
async fn names(server: &TestServer, period: u32) -> Vec<String> {
    let page = board(server, period).await;
    let rows = page["entries"].as_array().unwrap_or_else(|| panic!("{page}"));
    rows.iter().map(|row| row["alias"].as_str().unwrap().to_owned()).collect()
}

async fn winners(server: &TestServer) -> Vec<Value> {
    let granted = told(server, "podium.reward.granted").await;
    granted.into_iter().map(|reward| reward["platform_user_id"].clone()).collect()
}

#[tokio::test]
async fn whoever_is_excluded_while_it_is_frozen_wins_nothing_in_a_period_that_has_ended_meanwhile() {
    let server = server_with_platform(NOWHERE).await;
    hourly(&server, 2).await;
    send(&server, &[server.score("s1", "cup", "p-1", 50), server.score("s2", "cup", "p-2", 40)]).await;
    server.clock.advance_ms(HOUR_MS - 5 * MINUTE_MS);
    let id = "cup".parse().unwrap();
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::freeze(&server.services, &mut *tx, Actor::system(), &id).await.unwrap();
    tx.save().await.unwrap();
    // The next period begins meanwhile, and the cheater is found.
    pass(&server, 15 * MINUTE_MS).await;
    send(&server, &[excluded(&server, "out")]).await;
    assert_eq!(names(&server, 0).await, ["Player 2"]);
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::thaw(&server.services, &mut *tx, Actor::system(), &id).await.unwrap();
    tx.save().await.unwrap();
    pass(&server, MINUTE_MS).await;
    let (_, results) = server.json(get("/v1/tournaments/cup/results?period=0")).await;
    assert_eq!(results["results"][0]["alias"], "Player 2", "{results}");
    assert_eq!(results["players"], json!(1));
    assert_eq!(winners(&server).await, ["p-2"]);
}

#[tokio::test]
async fn an_exclusion_and_its_end_reach_the_period_before_until_its_ranks_are_final() {
    let server = server_with_platform(NOWHERE).await;
    hourly(&server, 2).await;
    send(&server, &[server.score("s1", "cup", "p-1", 50), server.score("s2", "cup", "p-2", 40)]).await;
    server.clock.advance_ms(HOUR_MS + 10_000);
    run_jobs(&server).await;
    send(&server, &[server.score("s3", "cup", "p-1", 5), excluded(&server, "out")]).await;
    assert_eq!((names(&server, 0).await, names(&server, 1).await), (vec!["Player 2".to_owned()], Vec::new()));
    // What comes late for the period before is refused as well as what is of the new one.
    let mut late = server.score("late", "cup", "p-1", 99);
    late["time"] = json!(server.services.now().plus_ms(-20_000));
    assert_eq!(refused(&server, &late).await, "not_eligible");
    assert_eq!(refused(&server, &server.score("s4", "cup", "p-1", 99)).await, "not_eligible");
    // It was an error.
    send(&server, &[of(&server, "back", "platform.player.reinstated", &json!({})), late]).await;
    assert_eq!(names(&server, 0).await, ["Player 1", "Player 2"]);
    assert_eq!(names(&server, 1).await, ["Player 1"]);
    // Or not. What is final by then stays.
    send(&server, &[excluded(&server, "out-again")]).await;
    pass(&server, MINUTE_MS).await;
    send(&server, &[of(&server, "back-again", "platform.player.reinstated", &json!({}))]).await;
    assert_eq!(names(&server, 0).await, ["Player 2"]);
    assert_eq!(names(&server, 1).await, ["Player 1"]);
    assert_eq!(winners(&server).await, ["p-2"]);
}

#[tokio::test]
async fn every_board_that_is_not_final_is_computed_anew() {
    let server = server().await;
    hourly(&server, 1).await;
    send(&server, &[server.score("s1", "cup", "p-1", 5)]).await;
    server.clock.advance_ms(HOUR_MS + 1000);
    run_jobs(&server).await;
    let id = "cup".parse().unwrap();
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::recompute(&server.services, &mut *tx, Actor::system(), &id).await.unwrap();
    for board in ["cup", "cup.1"] {
        assert!(tx.jobs().get(JobKind::BoardRecompute, board).await.unwrap().is_some(), "{board}");
    }
}

#[tokio::test]
async fn a_score_does_not_count_before_it_can_have_been_reached() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[later(&server, "cup-1", 2 * MINUTE_MS, &json!({}))]).await;
    let ahead = |id: &str, ms: i64| {
        let mut score = server.score(id, "cup", "p-1", 5);
        score["time"] = json!(server.services.now().plus_ms(ms));
        score
    };
    // By a clock that is ahead by three minutes it has begun, and by ours it has not.
    assert_eq!(refused(&server, &ahead("s1", 3 * MINUTE_MS)).await, "tournament_not_running");
    server.clock.advance_ms(2 * MINUTE_MS);
    send(&server, &[ahead("s1", 3 * MINUTE_MS)]).await;
    assert_eq!(refused(&server, &ahead("s2", 5 * MINUTE_MS + 1)).await, "tournament_not_running");
    send(&server, &[ahead("s2", 5 * MINUTE_MS)]).await;
}
