//! A platform that plays: it tells Podium of people, tournaments, scores, missions and what is done for them, signed as a
//! real platform would.
//!
//! Invariant: ids of events hold the run and a number, so that a batch that is sent again is recognized; a new run
//! never repeats the ids of an earlier one.

pub mod cabinet;
pub mod cast;
pub mod quests;
pub mod race;
pub mod signature;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{Clock as _, Timestamp};
use reqwest::Client;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::SystemClock,
    config::DemoConfig,
    demo::{
        cabinet::Visits,
        cast::{Calendar, FINISHED, PEOPLE, Player, RUNNING},
        quests::Quests,
        race::{Next, Race},
        signature::{InvalidKey, Key},
    },
    simulator::{LOAD_FIRST_USER_ID, Simulator},
};

const SOURCE: &str = "urn:demo-platform";
/// The most events in one call.
const BATCH_MAX: usize = 50;
/// The most people of the simulated Telegram that play.
const GUESTS_MAX: usize = 50;
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why Podium did not take a batch.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// It can't be reached.
    #[error("Podium can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It answered with another status than 200.
    #[error("Podium answered {0}")]
    Status(u16),
}

/// The demo platform.
#[derive(Debug)]
pub struct Demo {
    config: DemoConfig,
    key: Key,
    client: Client,
    run: Timestamp,
    events: AtomicU64,
    paused: AtomicBool,
    guests: Mutex<BTreeMap<i64, Player>>,
    visits: Visits,
}

/// One event, before it has an id.
#[derive(Debug, Clone)]
struct Event {
    kind: &'static str,
    time: Timestamp,
    data: Value,
}

impl Demo {
    /// A platform that has not begun.
    ///
    /// # Errors
    /// When the key is none.
    pub fn new(config: DemoConfig, client: Client) -> Result<Self, InvalidKey> {
        let key = Key::parse(&config.key)?;
        Ok(Self {
            config,
            key,
            client,
            run: SystemClock.now(),
            events: AtomicU64::new(0),
            paused: AtomicBool::new(false),
            guests: Mutex::new(BTreeMap::new()),
            visits: Visits::default(),
        })
    }

    /// Stops or resumes the scores that come by themselves.
    pub fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// Whether no scores come by themselves.
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// The people of the simulated Telegram that play, by their Telegram id.
    fn guests(&self) -> MutexGuard<'_, BTreeMap<i64, Player>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts one score at once and returns Podium's answer. A person of the simulated Telegram is introduced to Podium
    /// first.
    ///
    /// # Errors
    /// When Podium does not take the call.
    pub async fn score(
        &self,
        tournament_id: &str,
        player: PlayerRef,
        score: i64,
        time: Option<Timestamp>,
    ) -> Result<Value, PostError> {
        let now = SystemClock.now();
        let mut events = Vec::new();
        let platform_user_id = match player {
            PlayerRef::Platform(id) => id,
            PlayerRef::Telegram { id, language } => {
                let player = Player::of_telegram(id, &language);
                events.push(Event { kind: "platform.user.upserted", time: now, data: player.to_data() });
                let platform_user_id = player.platform_user_id.clone();
                self.guests().insert(id, player);
                platform_user_id
            }
        };
        events.push(score_event(tournament_id, &platform_user_id, score, time.unwrap_or(now)));
        self.post(&self.numbered(events)).await
    }

    /// Gives events their ids.
    fn numbered(&self, events: Vec<Event>) -> Vec<Value> {
        events
            .into_iter()
            .map(|event| {
                let number = self.events.fetch_add(1, Ordering::Relaxed);
                json!({
                    "specversion": "1.0",
                    "id": format!("{}-{number}", self.run.as_millis()),
                    "source": SOURCE,
                    "type": event.kind,
                    "time": event.time,
                    "datacontenttype": "application/json",
                    "data": event.data,
                })
            })
            .collect()
    }

    async fn post(&self, events: &[Value]) -> Result<Value, PostError> {
        let body = json!(events).to_string();
        let first = events.first().and_then(|event| event["id"].as_str()).unwrap_or_default();
        let id = format!("msg_{first}");
        self.call("/v1/platform/events", "application/cloudevents-batch+json", &id, body).await
    }

    /// A signed call, and the JSON that answers it.
    async fn call(
        &self,
        path: &str,
        content_type: &'static str,
        id: &str,
        body: String,
    ) -> Result<Value, PostError> {
        let timestamp_s = SystemClock.now().as_secs();
        let response = self
            .client
            .post(format!("{}{path}", self.config.podium_url.trim_end_matches('/')))
            .timeout(TIMEOUT)
            .header("content-type", content_type)
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_s.to_string())
            .header("webhook-signature", self.key.sign(id, timestamp_s, &body))
            .body(body)
            .send()
            .await
            .map_err(PostError::Unreachable)?;
        let status = response.status();
        if !status.is_success() {
            return Err(PostError::Status(status.as_u16()));
        }
        response.json().await.map_err(PostError::Unreachable)
    }

    /// Posts events, as often as it takes.
    async fn post_until_taken(&self, events: Vec<Event>) {
        let events = self.numbered(events);
        for batch in events.chunks(BATCH_MAX) {
            let mut failures = 0_u32;
            loop {
                match self.post(batch).await {
                    Ok(answer) => {
                        note_rejections(&answer);
                        break;
                    }
                    Err(error) => {
                        if failures == 0 {
                            tracing::warn!("{error}: the demo platform tries again until it is taken");
                        }
                        failures += 1;
                        tokio::time::sleep(Duration::from_millis(u64::from(failures.min(10)) * 300)).await;
                    }
                }
            }
            if failures > 0 {
                tracing::info!("Podium takes the demo platform's events again");
            }
        }
    }
}

/// Who scored.
#[derive(Debug, Clone)]
pub enum PlayerRef {
    /// A player by the platform's id.
    Platform(String),
    /// A person of the simulated Telegram.
    Telegram {
        /// The Telegram id.
        id: i64,
        /// Their language.
        language: String,
    },
}

fn note_rejections(answer: &Value) {
    let rejected = answer["rejected"].as_array().map_or(0, Vec::len);
    if rejected > 0 {
        let code = answer.pointer("/rejected/0/code").and_then(Value::as_str).unwrap_or("unknown");
        tracing::warn!("Podium rejected {rejected} events of the demo platform, the first with {code}");
    }
}

fn score_event(tournament_id: &str, platform_user_id: &str, score: i64, time: Timestamp) -> Event {
    let data = json!({"tournament_id": tournament_id, "platform_user_id": platform_user_id, "score": score});
    Event { kind: "platform.score.posted", time, data }
}

fn acted(time: Timestamp, data: Value) -> Event {
    Event { kind: "platform.activity", time, data }
}

fn scored(next: &Next, time: Timestamp) -> Event {
    score_event(next.tournament_id, &next.platform_user_id, next.score, time)
}

/// Plays until it is told to stop.
pub async fn run(simulator: Simulator, stop: CancellationToken) {
    let Some(demo) = simulator.demo() else { return };
    tokio::select! {
        () = play(&simulator, demo) => {}
        () = stop.cancelled() => {}
    }
}

async fn play(simulator: &Simulator, demo: &Demo) {
    let mut race = Race::new(demo.config.seed);
    let mut quests = Quests::new(demo.config.seed);
    let mut calendar = Calendar::new(SystemClock.now());
    demo.post_until_taken(opening(&mut race, calendar)).await;
    tracing::info!("the demo platform has introduced {PEOPLE} players and their tournaments to Podium");
    let pause = Duration::from_millis(demo.config.score_every_ms.max(50));
    loop {
        let now = SystemClock.now();
        let mut events = Vec::new();
        if calendar.is_used_up(now) {
            calendar = Calendar::new(now);
            events.extend(calendar.tournaments().into_iter().map(|data| upserted(now, data)));
        }
        for player in newcomers(simulator, demo) {
            events.push(Event { kind: "platform.user.upserted", time: now, data: player.to_data() });
            if demo.config.score_every_ms > 0 {
                let id = &player.platform_user_id;
                events.extend(race.enter(id, RUNNING.len()).iter().map(|next| scored(next, now)));
                events.extend(quests.past(id, now).into_iter().map(|(time, data)| acted(time, data)));
            }
        }
        if demo.config.score_every_ms > 0 && !demo.is_paused() {
            let guests: Vec<String> =
                demo.guests().values().map(|player| player.platform_user_id.clone()).collect();
            events.extend(race.next(&guests).map(|next| scored(&next, now)));
            events.extend(quests.next(&guests).map(|data| acted(now, data)));
        }
        if !events.is_empty() {
            demo.post_until_taken(events).await;
        }
        tokio::time::sleep(pause).await;
    }
}

fn upserted(time: Timestamp, data: Value) -> Event {
    Event { kind: "platform.tournament.upserted", time, data }
}

/// Everybody and everything that is there from the start.
fn opening(race: &mut Race, calendar: Calendar) -> Vec<Event> {
    let now = SystemClock.now();
    let people: Vec<Player> = (0..PEOPLE).map(Player::invented).collect();
    let mut events: Vec<Event> = people
        .iter()
        .map(|player| Event { kind: "platform.user.upserted", time: now, data: player.to_data() })
        .collect();
    events.extend(calendar.tournaments().into_iter().map(|data| upserted(now, data)));
    let missions = quests::missions(now).into_iter();
    events.extend(missions.map(|data| Event { kind: "platform.mission.upserted", time: now, data }));
    for (number, player) in (0_i64..).zip(&people) {
        let time = now.plus_ms(-60_000 * (90 - number));
        // Everybody plays in the first tournament, most in the second, half in the third.
        let tournaments = 1 + usize::from(number % 4 != 0) + usize::from(number % 4 > 1);
        let entered = race.enter(&player.platform_user_id, tournaments);
        events.extend(entered.iter().map(|next| scored(next, time)));
    }
    // A tournament that is over takes no scores: it is opened, filled and closed.
    let ended_at = calendar.finished_at();
    events.push(upserted(now, calendar.finished(now.plus_ms(3_600_000))));
    for (number, player) in (0_i64..).zip(&people).take(40) {
        let time = ended_at.plus_ms(-60_000 * (number + 1));
        events.push(score_event(FINISHED, &player.platform_user_id, race.past(), time));
    }
    events.push(upserted(now.plus_ms(1), calendar.finished(ended_at)));
    events
}

/// The people of the simulated Telegram that Podium does not know as players yet.
fn newcomers(simulator: &Simulator, demo: &Demo) -> Vec<Player> {
    let mut guests = demo.guests();
    let room = GUESTS_MAX.saturating_sub(guests.len());
    let new: Vec<Player> = simulator
        .world()
        .users
        .iter()
        .filter(|user| !user.is_stranger && !is_made_for_load(user.id) && !guests.contains_key(&user.id))
        .take(room)
        .map(|user| Player::of_telegram(user.id, &user.language_code))
        .collect();
    guests.extend(new.iter().filter_map(|player| Some((player.telegram_user_id?, player.clone()))));
    new
}

fn is_made_for_load(id: i64) -> bool {
    (LOAD_FIRST_USER_ID..LOAD_FIRST_USER_ID + 1_000_000_000).contains(&id)
}
