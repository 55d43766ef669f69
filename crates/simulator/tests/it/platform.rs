//! The demo platform, against a stand-in for Podium.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
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
    let redeem = async |headers: HeaderMap, body: String| {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let timestamp = header("webhook-timestamp").parse().unwrap();
        let signature = Key::parse(KEY).unwrap().sign(&header("webhook-id"), timestamp, &body);
        let is_signed = header("webhook-signature") == signature;
        match serde_json::from_str::<Value>(&body).unwrap()["code"].as_str() {
            Some("good") if is_signed => Ok(axum::Json(
                json!({"platform_user_id": "demo-001", "user_id": "u", "to": "kyc", "step": "passport"}),
            )),
            _ => Err(StatusCode::CONFLICT),
        }
    };
    let app = Router::new()
        .route("/v1/platform/events", post(take))
        .route("/v1/platform/handoffs", post(redeem))
        .with_state(Arc::clone(&calls));
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

#[tokio::test]
async fn the_cabinet_signs_in_whom_a_hand_over_brings_and_confirms_a_phone_once() {
    let (bot, calls) = demo(0).await;
    until("the opening is over", || is_open(&calls)).await;
    let cabinet = format!("{}/cabinet", bot.telegram.base_url());
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let get = async |query: &str| {
        let answer = client.get(format!("{cabinet}{query}")).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, page) = get("?to=kyc&step=passport&code=good").await;
    assert!(status.is_success() && page.contains("Signed in as"), "{page}");
    assert!(page.contains(">kyc<") && page.contains(">passport<"), "{page}");
    assert!(!page.contains("demo-001"), "the public name stands there");

    let secret = page.split_once("name=\"secret\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let confirm = || {
        let form = ("content-type", "application/x-www-form-urlencoded");
        client.post(&cabinet).header(form.0, form.1).body(format!("secret={secret}")).send()
    };
    assert!(confirm().await.unwrap().status().is_success());
    let confirmed = events(&calls).pop().unwrap();
    assert_eq!(
        (&confirmed["data"]["platform_user_id"], &confirmed["data"]["contact_confirmed"]),
        (&json!("demo-001"), &json!(true))
    );
    assert_eq!(confirm().await.unwrap().status(), StatusCode::FORBIDDEN, "a visit confirms once");

    let (status, page) = get("?to=profile&code=used").await;
    assert!(status == StatusCode::CONFLICT && page.contains("used before"), "{page}");
    let (status, page) = get("?to=%3Cb%3E").await;
    assert!(status.is_success() && page.contains("Sign in") && page.contains("&lt;b&gt;"), "{page}");
}
