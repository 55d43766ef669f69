//! A player who does missions, and what the platform tells of them.

use axum::http::StatusCode;
use domain::{Timestamp, session::SignedIn};
use serde_json::{Value, json};
use storage::outgoing_event::Ending;

use crate::support::{TestServer, get_as, post_as, problem_code};

/// A platform that nobody asks: what would be posted to it is read from its rows.
pub const NOWHERE: &str = "http://127.0.0.1:1/events";
pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A player, and the number of the next event.
pub struct Game<'server> {
    pub server: &'server TestServer,
    pub player: SignedIn,
    events: std::cell::Cell<u32>,
}

impl<'server> Game<'server> {
    pub async fn begin(server: &'server TestServer) -> Self {
        server.events(&json!([server.user("p-42", "Silver Fox", Some(42))])).await;
        Self { server, player: server.sign_in(42, "Ada").await, events: std::cell::Cell::new(0) }
    }

    pub fn next_id(&self, kind: &str) -> String {
        self.events.set(self.events.get() + 1);
        format!("{kind}-{}", self.events.get())
    }

    /// What the player does now.
    pub fn act(&self, activity: &str, fields: &Value) -> Value {
        let data = json!({"platform_user_id": "p-42", "activity": activity, "fields": fields});
        self.server.event(&self.next_id("act"), "platform.activity", &data)
    }

    /// Sends events that are all taken.
    pub async fn send(&self, events: &[Value]) {
        let answer = self.server.events(&json!(events)).await;
        assert_eq!(answer["accepted"], events.len(), "{answer}");
    }

    pub async fn bet(&self, times: usize) {
        let bets: Vec<Value> = (0..times).map(|_| self.act("bet", &json!({}))).collect();
        self.send(&bets).await;
    }

    /// A mission of the platform: to bet twice, with some fields replaced.
    pub fn mission(&self, id: &str, kind: &str, replaced: &Value) -> Value {
        let mut data = json!({
            "mission_id": id, "title": {"en": format!("Mission {id}")}, "kind": kind,
            "starts_at": "2026-01-01T00:00:00Z", "rule": {"event": "bet", "target": 2},
            "reward": {"code": "free_spins", "amount": "20"},
        });
        for (field, value) in replaced.as_object().unwrap() {
            data[field] = value.clone();
        }
        data.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.server.event(&self.next_id("mission"), "platform.mission.upserted", &data)
    }

    pub async fn has(&self, id: &str, kind: &str, replaced: &Value) {
        self.send(&[self.mission(id, kind, replaced)]).await;
    }

    /// Lets time pass, and the player come back.
    pub async fn later(&mut self, milliseconds: i64) {
        self.server.clock.advance_ms(milliseconds);
        self.player = self.server.sign_in(42, "Ada").await;
    }

    pub async fn go_to(&mut self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        self.later(time.millis_since(self.server.services.now())).await;
    }

    pub async fn list(&self) -> Value {
        let (status, body) = self.server.json(get_as("/v1/missions", &self.player.jwt)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub async fn card(&self, id: &str) -> Value {
        let (status, body) = self.server.json(get_as(&format!("/v1/missions/{id}"), &self.player.jwt)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// State, value and target.
    pub async fn stand(&self, id: &str) -> (String, String, String) {
        let card = self.card(id).await;
        let text = |field: &str| card[field].as_str().unwrap().to_owned();
        (text("state"), text("value"), text("target"))
    }

    pub async fn state(&self, id: &str) -> String {
        self.stand(id).await.0
    }

    pub async fn claim(&self, id: &str) -> (StatusCode, Value) {
        let path = format!("/v1/missions/{id}/claim");
        self.server.json(post_as(&path, &self.player.jwt, &json!({}))).await
    }

    pub async fn claimed(&self, id: &str) -> Value {
        let (status, body) = self.claim(id).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub async fn refused(&self, id: &str) -> String {
        let (status, body) = self.claim(id).await;
        problem_code(status, &body)
    }

    /// The `source_id`s of the rewards that the platform is told of next.
    pub async fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            let now = self.server.services.now();
            let mut tx = self.server.services.store().begin_write().await.unwrap();
            let lease = uuid::Uuid::from_u128(1);
            let claimed = tx.outgoing_events().claim(now, lease, now.plus_ms(1_000), 100).await.unwrap();
            for event in &claimed {
                assert!(tx.outgoing_events().finish(event, Ending::Sent, now).await.unwrap());
                if event.event.kind == "podium.reward.granted" {
                    let data: Value = serde_json::from_str(&event.event.data).unwrap();
                    told.push(data["source_id"].as_str().unwrap().to_owned());
                }
            }
            tx.save().await.unwrap();
            if claimed.is_empty() {
                // What is granted in the same millisecond has no order.
                told.sort_unstable();
                return told;
            }
        }
    }
}

pub fn stand(state: &str, value: &str, target: &str) -> (String, String, String) {
    (state.to_owned(), value.to_owned(), target.to_owned())
}
