//! Events that come behind newer ones: a sender who tries again brings what is not true any more.

use serde_json::{Value, json};

use crate::{
    cup::{DAY_MS, HOUR_MS, MINUTE_MS, definition, players, refused, row, send},
    support::{TestServer, server},
};

/// An event as it happened some time ago.
fn ago(server: &TestServer, mut event: Value, ms: i64) -> Value {
    event["time"] = json!(server.services.now().plus_ms(-ms));
    event
}

fn corrected(server: &TestServer, id: &str, score: Option<i64>) -> Value {
    let mut data = json!({"tournament_id": "cup", "platform_user_id": "p-1", "event": {"id": "s1"}});
    if let Some(score) = score {
        data["score"] = json!(score);
    }
    server.event(id, "platform.score.corrected", &data)
}

#[tokio::test]
async fn of_several_corrections_the_one_of_the_latest_time_holds() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({})), server.score("s1", "cup", "p-1", 50)]).await;
    server.clock.advance_ms(10 * MINUTE_MS);
    let stands = async || server.standings("cup").await.pop().map(|(_, score)| score);
    send(&server, &[ago(&server, corrected(&server, "c2", Some(20)), MINUTE_MS)]).await;
    assert_eq!(stands().await, Some(20));
    // Taken, since there is nothing to send again, and without effect.
    send(&server, &[ago(&server, corrected(&server, "c1", Some(10)), 2 * MINUTE_MS)]).await;
    send(&server, &[ago(&server, corrected(&server, "void", None), 2 * MINUTE_MS)]).await;
    assert_eq!(stands().await, Some(20));
    send(&server, &[corrected(&server, "c3", Some(30))]).await;
    assert_eq!(stands().await, Some(30));
    // From the future it would hold for good.
    let ahead = ago(&server, corrected(&server, "c4", Some(40)), -(5 * MINUTE_MS + 1));
    assert_eq!(refused(&server, &ahead).await, "tournament_not_running");
    assert_eq!(stands().await, Some(30));
}

#[tokio::test]
async fn a_correction_from_so_long_ago_that_a_repeated_one_is_not_known_is_refused() {
    let server = server().await;
    players(&server, 1).await;
    let long = json!({"ends_at": server.services.now().plus_ms(60 * DAY_MS)});
    send(&server, &[definition(&server, "cup-1", &long), server.score("s1", "cup", "p-1", 50)]).await;
    let correction = corrected(&server, "c1", Some(10));
    server.clock.advance_ms(30 * DAY_MS + 1);
    assert_eq!(refused(&server, &correction).await, "tournament_not_running");
}

#[tokio::test]
async fn a_definition_that_comes_behind_a_newer_one_changes_nothing() {
    let server = server().await;
    let old = definition(&server, "cup-old", &json!({"title": {"en": "Old"}}));
    server.clock.advance_ms(MINUTE_MS);
    let ends_at = server.services.now().plus_ms(3 * HOUR_MS);
    send(&server, &[definition(&server, "cup-new", &json!({"title": {"en": "New"}, "ends_at": ends_at}))])
        .await;
    send(&server, &[old]).await;
    let stands = row(&server).await.tournament;
    assert_eq!((stands.title.for_locale(domain::Locale::En), stands.ends_at), ("New", ends_at));
    // By a clock that was ahead; what is told from now on is not held to be older.
    let ahead = ago(&server, definition(&server, "cup-ahead", &json!({"title": {"en": "Ahead"}})), -DAY_MS);
    send(&server, &[ahead]).await;
    server.clock.advance_ms(1000);
    send(&server, &[definition(&server, "cup-next", &json!({"title": {"en": "Next"}}))]).await;
    assert_eq!(row(&server).await.tournament.title.for_locale(domain::Locale::En), "Next");
}

#[tokio::test]
async fn a_mission_that_comes_behind_a_newer_one_changes_nothing() {
    let server = server().await;
    let mission = |id: &str, title: &str| {
        let data = json!({
            "mission_id": "daily", "title": {"en": title}, "kind": "daily", "starts_at": "2026-01-01T00:00:00Z",
            "rule": {"event": "bet.settled", "target": 3}, "reward": {"code": "badge"},
        });
        server.event(id, "platform.mission.upserted", &data)
    };
    let title = async || {
        let mut tx = server.services.store().begin_read().await.unwrap();
        let row = tx.missions().by_id(&"daily".parse().unwrap()).await.unwrap().unwrap();
        row.mission.title.for_locale(domain::Locale::En).to_owned()
    };
    let old = mission("old", "Old");
    server.clock.advance_ms(MINUTE_MS);
    send(&server, &[mission("new", "New"), old]).await;
    assert_eq!(title().await, "New");
    server.clock.advance_ms(MINUTE_MS);
    send(&server, &[mission("next", "Next")]).await;
    assert_eq!(title().await, "Next");
}
