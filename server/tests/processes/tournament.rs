//! A tournament whose server is dead at its end, and killed again while it makes up for that.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Clock, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use server::system::SystemClock;
use sha2::Sha256;

use crate::support::{Database, Podium, start_simulator, wait_until};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// More than one slice of ranks, so that a kill may fall between them.
const PLAYERS: usize = 2_500;
/// More than two slices of prizes, likewise.
const WINNERS: usize = 450;
/// How many events one call brings.
const CALL: usize = 500;
/// How long after an edit the tournament ends, and for how long late scores are taken.
const ENDS_IN_MS: i64 = 4000;
const GRACE_S: i64 = 1;
const HOUR_MS: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn peers_1_3_4_a_tournament_that_ends_while_its_server_is_dead_is_finished_once_on_sqlite() {
    end_while_dead(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_1_3_4_a_tournament_that_ends_while_its_server_is_dead_is_finished_once_on_postgres() {
    end_while_dead(Database::postgres().await).await;
}

/// The platform, as far as this needs it.
struct Platform {
    client: reqwest::Client,
    address: String,
    calls: u32,
}

impl Platform {
    fn new(podium: &Podium) -> Self {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        let address = format!("http://127.0.0.1:{}/v1/platform/events", podium.port);
        Self { client, address, calls: 0 }
    }

    /// Sends events that are all taken.
    async fn send(&mut self, events: &[Value]) {
        self.calls += 1;
        let (id, body) = (format!("msg_{}", self.calls), json!(events).to_string());
        let timestamp = SystemClock.now().as_secs().to_string();
        let key = STANDARD.decode(KEY.trim_start_matches("whsec_")).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let request = self.client.post(&self.address).body(body);
        let request = request.header("content-type", "application/cloudevents-batch+json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", timestamp);
        let answer = request.header("webhook-signature", signature).send().await.unwrap();
        let text = answer.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["accepted"], json!(events.len()), "{answer}");
    }
}

fn event(id: &str, kind: &str, data: &Value) -> Value {
    let time = SystemClock.now();
    json!({"specversion": "1.0", "id": id, "source": "/test", "type": kind, "time": time, "data": data})
}

fn cup(id: &str, starts_at: Timestamp, ends_at: Timestamp) -> Value {
    let prizes = json!([{"from": 1, "to": WINNERS, "what": {"code": "spins", "amount": "20"}}]);
    event(
        id,
        "platform.tournament.upserted",
        &json!({
            "tournament_id": "cup", "title": {"en": "Cup"}, "starts_at": starts_at, "ends_at": ends_at,
            "operator": "best", "order": "desc", "prizes": prizes,
        }),
    )
}

async fn count(database: &Database, sql: &'static str) -> usize {
    database.rows(sql).await[0][0].parse().unwrap()
}

async fn rewards(database: &Database) -> usize {
    count(database, "SELECT CAST(COUNT(*) AS TEXT) FROM rewards").await
}

async fn ranks(database: &Database) -> usize {
    count(database, "SELECT CAST(ranks_written AS TEXT) FROM boards").await
}

async fn state(database: &Database) -> String {
    database.rows("SELECT state FROM tournaments").await[0][0].clone()
}

async fn end_while_dead(database: Database) {
    let simulator = start_simulator().await;
    let mut podium = Podium::new(&database, &simulator, false);
    podium.more = vec![
        ("PODIUM_PLATFORM_KEY", KEY.to_owned()),
        // Nobody takes them there: what is to be told stays to be counted.
        ("PODIUM_PLATFORM_WEBHOOK", "http://127.0.0.1:1/events".to_owned()),
        ("PODIUM_BOARDS_SCORE_GRACE_S", GRACE_S.to_string()),
    ];
    let mut platform = Platform::new(&podium);
    let mut running = podium.start().await;
    let starts_at = SystemClock.now().plus_ms(-HOUR_MS);
    platform.send(&[cup("cup-1", starts_at, SystemClock.now().plus_ms(HOUR_MS))]).await;
    let users: Vec<Value> = (1..=PLAYERS)
        .map(|number| {
            let data =
                json!({"platform_user_id": format!("p-{number}"), "alias": format!("Player {number}")});
            event(&format!("u-{number}"), "platform.user.upserted", &data)
        })
        .collect();
    for call in users.chunks(CALL) {
        platform.send(call).await;
    }
    let scores: Vec<Value> = (1..=PLAYERS)
        .map(|number| {
            let player = format!("p-{number}");
            let data = json!({"tournament_id": "cup", "platform_user_id": player, "score": number});
            event(&format!("s-{number}"), "platform.score.posted", &data)
        })
        .collect();
    for call in scores.chunks(CALL) {
        platform.send(call).await;
    }
    let ends_at = SystemClock.now().plus_ms(ENDS_IN_MS);
    platform.send(&[cup("cup-2", starts_at, ends_at)]).await;
    running.kill();
    assert_eq!(state(&database).await, "running");
    wait_until("the end has passed", Duration::from_secs(30), async || {
        SystemClock.now() > ends_at.plus_ms(GRACE_S * 1000)
    })
    .await;
    assert_eq!((state(&database).await.as_str(), rewards(&database).await), ("running", 0));

    // Killed while it writes ranks, or right behind.
    let mut running = podium.start().await;
    wait_until("ranks are written", Duration::from_secs(30), async || ranks(&database).await > 0).await;
    running.kill();
    let written = ranks(&database).await;
    // Killed while it gives prizes, or right behind.
    let mut running = podium.start().await;
    wait_until("prizes are given", Duration::from_secs(30), async || rewards(&database).await > 0).await;
    running.kill();
    assert!((written..=PLAYERS).contains(&ranks(&database).await), "no rank is lost that was written");
    let mut running = podium.start().await;
    wait_until("all have their prizes", Duration::from_mins(1), async || {
        rewards(&database).await == WINNERS && state(&database).await == "finished"
    })
    .await;
    running.kill();
    // One that finds nothing left to do.
    let mut running = podium.start().await;
    wait_until("no job is due", Duration::from_mins(1), async || {
        let open = "SELECT CAST(COUNT(*) AS TEXT) FROM jobs
                    WHERE state IN ('waiting', 'running') AND kind <> 'key_rotation'";
        count(&database, open).await == 0
    })
    .await;
    running.kill();
    check(&database).await;
    simulator.stop().await;
    database.remove().await;
}

/// Ranks, rewards and what the platform is told: each of it once.
async fn check(database: &Database) {
    let results = database
        .rows(
            "SELECT CAST(result.rank AS TEXT), CAST(result.score AS TEXT), users.platform_user_id
             FROM board_results AS result
             JOIN users ON users.user_id = result.user_id
             ORDER BY result.rank",
        )
        .await;
    let expected: Vec<Vec<String>> = (1..=PLAYERS)
        .map(|rank| {
            let number = PLAYERS + 1 - rank;
            vec![rank.to_string(), number.to_string(), format!("p-{number}")]
        })
        .collect();
    assert_eq!(results, expected);
    assert_eq!(rewards(database).await, WINNERS);
    let told = database.rows("SELECT kind, subject FROM outgoing_events ORDER BY event_id").await;
    let finished = told.iter().filter(|row| row[0] == "podium.tournament.finished").count();
    assert_eq!(finished, 1);
    let granted: Vec<&String> =
        told.iter().filter(|row| row[0] == "podium.reward.granted").map(|row| &row[1]).collect();
    let winners: BTreeSet<&String> = granted.iter().copied().collect();
    assert_eq!((granted.len(), winners.len()), (WINNERS, WINNERS), "each winner is told of once");
}
