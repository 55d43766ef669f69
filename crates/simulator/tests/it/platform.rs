//! The demo platform, against a stand-in for Podium.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use simulator::{Config, DemoConfig, demo::signature::Key};

use crate::bot::{Bot, USER, quick, until};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Calls = Arc<Mutex<Vec<(HeaderMap, String)>>>;

async fn podium() -> (String, Calls) {
    let calls = Calls::default();
    let take = async |State(calls): State<Calls>, headers: HeaderMap, body: String| {
        let count = serde_json::from_str::<Vec<Value>>(&body).unwrap().len();
        calls.lock().unwrap().push((headers, body));
        axum::Json(json!({"accepted": count, "duplicates": 0, "rejected": []}))
    };
    let app = Router::new().route("/v1/platform/events", post(take)).with_state(Arc::clone(&calls));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, calls)
}

fn events(calls: &Calls) -> Vec<Value> {
    let bodies = calls.lock().unwrap();
    bodies.iter().flat_map(|(_, body)| serde_json::from_str::<Vec<Value>>(body).unwrap()).collect()
}

/// Whether everybody and everything is introduced: the finished tournament is closed last.
fn is_open(calls: &Calls) -> bool {
    events(calls).iter().filter(|event| event["type"] == "platform.tournament.upserted").count() == 6
}

async fn demo(score_every_ms: u64) -> (Bot, Calls) {
    let (podium_url, calls) = podium().await;
    let demo = DemoConfig { podium_url, key: KEY.to_owned(), score_every_ms, seed: 1 };
    (Bot::new(Config { demo: Some(demo), ..quick() }).await, calls)
}

#[tokio::test]
async fn every_call_is_signed_and_every_event_has_its_own_id() {
    let (_bot, calls) = demo(50).await;
    until("the opening is over", || is_open(&calls)).await;
    let opening = events(&calls).len();
    until("scores follow", || events(&calls).len() > opening + 10).await;
    let key = Key::parse(KEY).unwrap();
    for (headers, body) in calls.lock().unwrap().iter() {
        let header = |name: &str| headers[name].to_str().unwrap();
        assert_eq!(header("content-type"), "application/cloudevents-batch+json");
        let timestamp = header("webhook-timestamp").parse().unwrap();
        assert_eq!(header("webhook-signature"), key.sign(header("webhook-id"), timestamp, body));
    }
    let events = events(&calls);
    let ids: std::collections::BTreeSet<&str> =
        events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), events.len());
    let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!(of("platform.user.upserted"), 61);
    assert_eq!(of("platform.tournament.upserted"), 6);
}

#[tokio::test]
async fn a_person_of_the_simulated_telegram_is_linked() {
    let (_bot, calls) = demo(50).await;
    until("the person is introduced", || {
        events(&calls).iter().any(|event| event["data"]["telegram_user_id"] == json!(USER))
    })
    .await;
}

#[tokio::test]
async fn one_score_can_be_caused() {
    let (bot, calls) = demo(0).await;
    until("the opening is over", || is_open(&calls)).await;
    let score = json!({"tournament_id": "galaxy-sprint", "telegram_user_id": USER, "score": 4242});
    let answer = bot.control("demo/score", score).await;
    assert_eq!(answer, json!({"accepted": 2, "duplicates": 0, "rejected": []}));
    let events = events(&calls);
    let scored = events.iter().find(|event| event["data"]["score"] == 4242).unwrap();
    let linked = events.iter().find(|event| event["data"]["telegram_user_id"] == json!(USER)).unwrap();
    assert_eq!(scored["data"]["platform_user_id"], linked["data"]["platform_user_id"]);
}

#[tokio::test]
async fn a_paused_platform_posts_no_scores() {
    let (bot, calls) = demo(50).await;
    bot.control("demo/pause", json!({})).await;
    assert_eq!(bot.look("demo").await, json!({"running": true, "paused": true}));
    // A newcomer shows that the platform went round once more after the pause.
    let newcomer = bot.control("users", json!({"first_name": "Grace"})).await;
    until("the newcomer is introduced", || {
        events(&calls).iter().any(|event| event["data"]["telegram_user_id"] == newcomer["id"])
    })
    .await;
    let scores = || events(&calls).iter().filter(|event| event["type"] == "platform.score.posted").count();
    let before = scores();
    let other = bot.control("users", json!({"first_name": "Edsger"})).await;
    until("the second newcomer is introduced", || {
        events(&calls).iter().any(|event| event["data"]["telegram_user_id"] == other["id"])
    })
    .await;
    // Three scores enter the newcomer; no others came.
    assert_eq!(scores(), before + 3);
}
