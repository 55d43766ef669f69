//! A tournament under test: its definition with rules, its jobs, and what became of it.

use axum::http::StatusCode;
use domain::{Timestamp, TournamentId, session::SignedIn};
use serde_json::{Value, json};
use services::jobs::{house, worker};
use storage::{outgoing_event::NewOutgoingEvent, tournament::TournamentRow};

use crate::support::{TestServer, get, get_as, post_as, problem_code};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Where nobody takes the events that are sent.
pub const NOWHERE: &str = "http://127.0.0.1:1/events";

/// A definition of the cup: an hour from now on, with some fields replaced.
pub fn definition(server: &TestServer, event_id: &str, replaced: &Value) -> Value {
    let mut event = server.tournament("cup", "best", "desc");
    event["id"] = json!(event_id);
    for (field, value) in replaced.as_object().unwrap() {
        event["data"][field] = value.clone();
    }
    event
}

/// The same for a cup that starts after `starts_in` and lasts an hour.
pub fn later(server: &TestServer, event_id: &str, starts_in: i64, replaced: &Value) -> Value {
    let starts_at = server.services.now().plus_ms(starts_in);
    let mut event = definition(server, event_id, replaced);
    event["data"]["starts_at"] = json!(starts_at);
    event["data"]["ends_at"] = json!(starts_at.plus_ms(HOUR_MS));
    event
}

/// Sends events that are all taken.
pub async fn send(server: &TestServer, events: &[Value]) {
    let answer = server.events(&json!(events)).await;
    assert_eq!(answer["accepted"], events.len(), "{answer}");
}

/// Sends one event that is refused, and returns the code.
pub async fn refused(server: &TestServer, event: &Value) -> String {
    let answer = server.events(&json!([event])).await;
    answer["rejected"][0]["code"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Does every job that is due, and what it plans for now.
pub async fn run_jobs(server: &TestServer) {
    for _ in 0..100 {
        if worker::work_once(&server.services, &house()).await.unwrap() == 0 {
            return;
        }
    }
    panic!("jobs plan jobs without end");
}

/// Lets time pass, and the jobs run that are due then.
pub async fn pass(server: &TestServer, milliseconds: i64) {
    server.clock.advance_ms(milliseconds);
    run_jobs(server).await;
}

/// Users of the platform, each linked to a person at Telegram with this number.
pub async fn players(server: &TestServer, count: i64) {
    let users: Vec<Value> = (1..=count)
        .map(|number| server.user(&format!("p-{number}"), &format!("Player {number}"), Some(number)))
        .collect();
    send(server, &users).await;
}

pub async fn row(server: &TestServer) -> TournamentRow {
    let id: TournamentId = "cup".parse().unwrap();
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.tournaments().by_id(&id).await.unwrap().unwrap()
}

pub async fn state(server: &TestServer) -> &'static str {
    row(server).await.status.state.as_str()
}

pub async fn join(server: &TestServer, player: &SignedIn) -> (StatusCode, Value) {
    server.json(post_as("/v1/tournaments/cup/join", &player.jwt, &json!({}))).await
}

pub async fn joins(server: &TestServer, player: &SignedIn) -> Value {
    let (status, body) = join(server, player).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

pub async fn joins_not(server: &TestServer, player: &SignedIn) -> String {
    let (status, body) = join(server, player).await;
    problem_code(status, &body)
}

/// An answer of the API about the cup.
pub async fn about(server: &TestServer, part: &str, player: Option<&SignedIn>) -> (StatusCode, Value) {
    let path = format!("/v1/tournaments/cup{part}");
    match player {
        Some(player) => server.json(get_as(&path, &player.jwt)).await,
        None => server.json(get(&path)).await,
    }
}

/// The events that wait for the platform, of a kind.
pub async fn told(server: &TestServer, kind: &str) -> Vec<Value> {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let now = server.services.now();
    let mut found = Vec::new();
    // Those of one subject leave one at a time.
    loop {
        let lease = uuid::Uuid::from_u128(found.len() as u128 + 1);
        let claimed = tx.outgoing_events().claim(now, lease, now.plus_ms(1000), 100).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        for one in claimed {
            tx.outgoing_events().finish(&one, storage::outgoing_event::Ending::Sent, now).await.unwrap();
            found.push(one.event);
        }
    }
    tx.save().await.unwrap();
    let of_kind = |event: NewOutgoingEvent| {
        (event.kind == kind).then(|| serde_json::from_str::<Value>(&event.data).unwrap())
    };
    found.into_iter().filter_map(of_kind).collect()
}

/// The texts that wait to be sent, by the chat's number.
pub async fn texts(server: &TestServer) -> Vec<(i64, String)> {
    let rows = server.take_outgoing().await;
    rows.iter()
        .map(|row| {
            let payload: Value = serde_json::from_str(&row.payload).unwrap();
            (row.chat_id.0, payload["text"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

/// Signs a person in whom the bot may write to.
pub async fn reachable(server: &TestServer, number: i64) -> SignedIn {
    server.write_to_bot(number, number, "/start").await;
    server.sign_in(number, "Ada").await
}

/// Says yes to notices of tournaments.
pub async fn consents(server: &TestServer, player: &SignedIn) {
    let (status, _) =
        server.json(post_as("/v1/tg/consents", &player.jwt, &json!({"tournaments": true}))).await;
    assert_eq!(status, StatusCode::OK);
}

/// Asks to be told of the cup.
pub async fn wants_reminder(server: &TestServer, player: &SignedIn) {
    let (status, body) = server.json(post_as("/v1/tournaments/cup/reminder", &player.jwt, &json!({}))).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
}

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
