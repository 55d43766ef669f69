//! Edges of tournaments with periods: clocks that are late, and exclusions that outlast a period.

use serde_json::{Value, json};

use crate::{
    cup::{HOUR_MS, MINUTE_MS, definition, players, refused, run_jobs, send},
    support::{TestServer, get, server},
};

/// A cup with a period each hour, three hours long, that began at midnight.
async fn hourly(server: &TestServer, count: i64) {
    players(server, count).await;
    let rules = json!({
        "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T03:00:00Z",
        "reset": {"cron": "0 * * * *", "zone": "UTC"},
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
