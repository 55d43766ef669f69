//! What other leaderboards have, as far as no other test here shows it already. The numbers are those of the rows in
//! docs/COMPARISON.md.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    cup::{HOUR_MS, about, definition, pass, players, run_jobs, send},
    support::{TestServer, get, post_as, post_json, server},
};

/// A score that was reached some time ago.
fn ago(server: &TestServer, id: &str, player: &str, score: i64, milliseconds: i64) -> Value {
    let mut event = server.score(id, "cup", player, score);
    event["time"] = json!(server.services.now().plus_ms(-milliseconds));
    event
}

#[tokio::test]
async fn peers_1_2_04_of_equal_scores_the_earlier_one_stands_above_however_late_it_is_told() {
    let server = server().await;
    players(&server, 3).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    server.clock.advance_ms(60_000);
    send(&server, &[ago(&server, "s1", "p-1", 7, 1000), ago(&server, "s2", "p-2", 7, 2000)]).await;
    // The youngest account, told last, was the first to reach it.
    send(&server, &[ago(&server, "s3", "p-3", 7, 3000)]).await;
    let names: Vec<String> = server.standings("cup").await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Player 3", "Player 2", "Player 1"]);
}

#[tokio::test]
async fn peers_1_2_05_resets_follow_a_clock_that_is_put_forward() {
    let server = server().await;
    let now = server.services.now();
    let start: domain::Timestamp = "2026-03-28T12:00:00Z".parse().unwrap();
    server.clock.advance_ms(start.millis_since(now));
    let rules = json!({
        "starts_at": start, "ends_at": "2026-03-31T00:00:00Z",
        "reset": {"cron": "0 20 * * *", "zone": "Europe/Rome"},
    });
    send(&server, &[definition(&server, "cup-1", &rules)]).await;
    for _ in 0..60 {
        pass(&server, HOUR_MS).await;
    }
    let (_, periods) = about(&server, "/periods", None).await;
    let ends: Vec<&str> =
        periods["periods"].as_array().unwrap().iter().map(|one| one["ends_at"].as_str().unwrap()).collect();
    // It is 20:00 in Rome each time.
    let expected = [
        "2026-03-31T00:00:00.000Z",
        "2026-03-30T18:00:00.000Z",
        "2026-03-29T18:00:00.000Z",
        "2026-03-28T19:00:00.000Z",
    ];
    assert_eq!(ends, expected);
}

#[tokio::test]
async fn peers_1_2_09_nobody_but_the_platform_can_bring_a_score() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let player = server.sign_in(1, "Ada").await;
    let score = json!([server.score("s1", "cup", "p-1", 1_000_000)]);
    let (status, _) = server.json(post_json("/v1/platform/events", &score)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = server.json(post_as("/v1/platform/events", &player.jwt, &score)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    for path in ["/v1/tournaments/cup", "/v1/tournaments/cup/board", "/v1/tournaments/cup/scores"] {
        let (status, _) = server.json(post_as(path, &player.jwt, &json!({"score": 1_000_000}))).await;
        assert!(status.is_client_error(), "{path} answered {status}");
    }
    assert_eq!(server.standings("cup").await, []);
}

#[tokio::test]
async fn peers_1_2_12_the_next_page_goes_on_behind_the_last_row_whoever_has_climbed_meanwhile() {
    let server = server().await;
    players(&server, 6).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let scores: Vec<Value> =
        (1..=6).map(|n| server.score(&format!("s{n}"), "cup", &format!("p-{n}"), 100 - n)).collect();
    send(&server, &scores).await;
    run_jobs(&server).await;
    let aliases = |page: &Value| -> Vec<String> {
        let rows = page["entries"].as_array().unwrap();
        rows.iter().map(|row| row["alias"].as_str().unwrap().to_owned()).collect()
    };
    let (_, first) = server.json(get("/v1/tournaments/cup/board?limit=3")).await;
    assert_eq!(aliases(&first), ["Player 1", "Player 2", "Player 3"]);
    // With pages by number everybody would move down by one, and somebody be shown twice.
    send(&server, &[server.score("climb", "cup", "p-6", 1000)]).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let (_, second) = server.json(get(&format!("/v1/tournaments/cup/board?limit=3&cursor={cursor}"))).await;
    assert_eq!(aliases(&second), ["Player 4", "Player 5"]);
}
