//! Events of the platform: signed, applied once, one bad one stops no other.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestServer, post_json, problem_code, server};

async fn server_with_cup() -> TestServer {
    let server = server().await;
    let cup = server.tournament("cup", "best", "desc");
    let answer =
        server.events(&json!([cup, server.user("a", "Ann", None), server.user("b", "Bob", None)])).await;
    assert_eq!(answer, json!({"accepted": 3, "duplicates": 0, "rejected": []}));
    server
}

fn aliases(standings: &[(String, i64)]) -> Vec<&str> {
    standings.iter().map(|(alias, _)| alias.as_str()).collect()
}

#[tokio::test]
async fn a_repeated_event_changes_nothing() {
    let server = server().await;
    let batch = json!([
        server.tournament("cup", "sum", "desc"),
        server.user("a", "Ann", None),
        server.score("s1", "cup", "a", 5),
        server.score("s1", "cup", "a", 5),
    ]);
    assert_eq!(server.events(&batch).await, json!({"accepted": 3, "duplicates": 1, "rejected": []}));
    assert_eq!(server.events(&batch).await, json!({"accepted": 0, "duplicates": 4, "rejected": []}));
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 5)]);
}

/// Calls that come together share a transaction. What one of them may not do must not be taken for done when another,
/// which brings what was missing, asks for it too.
#[tokio::test]
async fn calls_that_share_a_commit_do_not_share_their_faults() {
    let server = server_with_cup().await;
    let early = server.score("s1", "cup", "late", 5);
    let (first, refused, whole) = (
        json!([server.score("s0", "cup", "a", 1)]),
        json!([early]),
        json!([server.user("late", "Lea", None), early]),
    );
    let (_, refused, whole) =
        tokio::join!(server.events(&first), server.events(&refused), server.events(&whole));
    assert_eq!(refused["rejected"][0]["code"], "player_unknown");
    assert_eq!(whole, json!({"accepted": 2, "duplicates": 0, "rejected": []}));
    assert_eq!(aliases(&server.standings("cup").await), ["Lea", "Ann"]);
}

#[tokio::test]
async fn one_bad_event_does_not_stop_the_others_and_may_come_again() {
    let server = server_with_cup().await;
    let batch = json!([
        server.score("s1", "cup", "a", 5),
        server.score("s2", "cup", "nobody", 5),
        server.score("s3", "nowhere", "a", 5),
        {"specversion": "1.0", "id": "s4", "source": "/test", "type": "platform.unknown", "time": "2026-01-01T00:00:00Z"},
        server.event("s5", "platform.score.posted", &json!({"tournament_id": "cup", "platform_user_id": "a", "score": 1.5})),
        server.event("s6", "platform.score.posted", &json!({"tournament_id": "cup", "platform_user_id": "a", "score": 9_007_199_254_740_993_i64})),
        "nonsense",
        server.score("s7", "cup", "b", 7),
    ]);
    let answer = server.events(&batch).await;
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(2), &json!(0)), "{answer}");
    let rejected: Vec<(u64, &str)> = answer["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["index"].as_u64().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rejected,
        [
            (1, "player_unknown"),
            (2, "tournament_unknown"),
            (3, "event_type_unknown"),
            (4, "event_data_invalid"),
            (5, "event_data_invalid"),
            (6, "bad_request"),
        ]
    );
    assert_eq!(aliases(&server.standings("cup").await), ["Bob", "Ann"]);

    let again = json!([server.user("nobody", "Nick", None), batch[1]]);
    assert_eq!(server.events(&again).await["accepted"], 2, "a rejected event was not marked as seen");
}

#[tokio::test]
async fn what_an_event_needs_may_come_in_the_same_call_before_it() {
    let server = server().await;
    let batch = json!([
        server.score("s0", "cup", "a", 1),
        server.tournament("cup", "best", "desc"),
        server.user("a", "Ann", None),
        server.score("s1", "cup", "a", 2),
    ]);
    let answer = server.events(&batch).await;
    assert_eq!(answer["accepted"], 3);
    assert_eq!(answer["rejected"][0]["index"], 0);
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 2)]);
}

#[tokio::test]
async fn peers_1_2_07_scores_count_by_their_time_and_only_within_the_window() {
    let server = server_with_cup().await;
    let early = server.score("early", "cup", "a", 3);
    server.clock.advance_ms(10_000);
    let late = server.score("late", "cup", "b", 3);
    // The later score arrives first; the earlier one stands higher all the same.
    server.events(&json!([late])).await;
    server.events(&json!([early])).await;
    assert_eq!(aliases(&server.standings("cup").await), ["Ann", "Bob"]);

    server.clock.advance_ms(3_589_999);
    let in_time = server.score("in-time", "cup", "b", 9);
    server.clock.advance_ms(1);
    let over = server.score("over", "cup", "b", 99);
    server.clock.advance_ms(59_999);
    let answer = server.events(&json!([in_time, over])).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
    assert_eq!(answer["rejected"][0]["code"], "tournament_not_running");
    server.clock.advance_ms(1);
    let mut too_late = in_time.clone();
    too_late["id"] = json!("too-late");
    assert_eq!(server.events(&json!([too_late])).await["rejected"][0]["code"], "tournament_not_running");
    assert_eq!(server.standings("cup").await[0], ("Bob".to_owned(), 9));
}

#[tokio::test]
async fn peers_1_2_01_02_each_operator_and_order_ranks_by_its_rule() {
    type Case = (&'static str, &'static str, [(&'static str, i64); 2]);
    let cases: [Case; 6] = [
        ("best", "desc", [("Ann", 7), ("Bob", 5)]),
        ("best", "asc", [("Ann", 1), ("Bob", 5)]),
        ("sum", "desc", [("Ann", 12), ("Bob", 5)]),
        ("sum", "asc", [("Bob", 5), ("Ann", 12)]),
        ("latest", "desc", [("Bob", 5), ("Ann", 4)]),
        ("latest", "asc", [("Ann", 4), ("Bob", 5)]),
    ];
    for (operator, order, expected) in cases {
        let server = server().await;
        let mut batch = vec![
            server.tournament("cup", operator, order),
            server.user("a", "Ann", None),
            server.user("b", "Bob", None),
            server.score("b1", "cup", "b", 5),
        ];
        for (id, score) in [("a1", 1), ("a2", 7), ("a3", 4)] {
            server.clock.advance_ms(1000);
            batch.push(server.score(id, "cup", "a", score));
        }
        let expected: Vec<(String, i64)> =
            expected.iter().map(|(alias, score)| ((*alias).to_owned(), *score)).collect();
        server.events(&Value::Array(batch)).await;
        assert_eq!(server.standings("cup").await, expected, "{operator} {order}");
    }
}

#[tokio::test]
async fn the_platform_links_a_person_and_a_contradiction_is_refused() {
    let server = server().await;
    let light = server.sign_in(42, "Ada").await;
    let answer = server.events(&json!([server.user("a", "Ann", Some(42))])).await;
    assert_eq!(answer["accepted"], 1);
    let linked = server.sign_in(42, "Ada").await;
    assert_eq!(linked.user.user_id, light.user.user_id, "linking keeps the user");
    assert_eq!(linked.user.platform_user_id.unwrap().as_str(), "a");
    assert_eq!(linked.user.alias, "Ann");

    let taken = json!([server.user("b", "Bob", Some(42)), server.user("a", "Ann", Some(43))]);
    let answer = server.events(&taken).await;
    assert_eq!(answer["accepted"], 0);
    assert!(
        answer["rejected"].as_array().unwrap().iter().all(|one| one["code"] == "telegram_id_taken"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_light_profile_becomes_the_platform_s_user_who_was_known_before() {
    let server = server_with_cup().await;
    server.events(&json!([server.score("s1", "cup", "a", 5)])).await;
    let light = server.sign_in(42, "Ada").await;
    server.events(&json!([server.user("a", "Ann", Some(42))])).await;
    // The session goes on, as the user who has the score.
    let (status, body) =
        server.json(post_json("/v1/tg/refresh", &json!({"refresh_token": light.refresh_token}))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let board = crate::support::get_as("/v1/tournaments/cup/board", body["jwt"].as_str().unwrap());
    let (_, board) = server.json(board).await;
    assert_eq!(board["me"]["alias"], "Ann");
    assert_eq!(board["me"]["rank"], 1);
}

#[tokio::test]
async fn unsigned_changed_old_and_unknown_calls_are_refused() {
    let server = server().await;
    let events = json!([server.user("a", "Ann", None)]);
    let (status, body) = server.json(post_json("/v1/platform/events", &events)).await;
    assert_eq!(problem_code(status, &body), "signature_invalid");

    let mut changed = server.signed_events(&events);
    *changed.body_mut() = axum::body::Body::from(events.to_string().replace("Ann", "Eve"));
    let (status, body) = server.json(changed).await;
    assert_eq!(problem_code(status, &body), "signature_invalid");

    let old = server.signed_events(&events);
    server.clock.advance_ms(301_000);
    let (status, body) = server.json(old).await;
    assert_eq!(problem_code(status, &body), "signature_invalid");

    let mut other_type = server.signed_events(&events);
    other_type.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let (status, body) = server.json(other_type).await;
    assert_eq!(problem_code(status, &body), "unsupported_media_type");

    let many: Vec<Value> = (0..1001).map(|number| server.user(&number.to_string(), "Ann", None)).collect();
    let (status, body) = server.json(server.signed_events(&Value::Array(many))).await;
    assert_eq!(problem_code(status, &body), "too_large");
}

#[tokio::test]
async fn a_single_event_may_come_alone() {
    let server = server().await;
    let mut single = server.signed_events(&server.user("a", "Ann", None));
    single
        .headers_mut()
        .insert("content-type", "application/cloudevents+json; charset=utf-8".parse().unwrap());
    let (status, body) = server.json(single).await;
    assert_eq!((status, &body["accepted"]), (StatusCode::OK, &json!(1)));
}
