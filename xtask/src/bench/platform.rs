//! The platform's side of a benchmark: signed batches of events.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use serde_json::{Value, json};

use crate::bench::podium::PLATFORM_KEY;
use crate::bench::{client, init_data};
use crate::clock;

/// The tournament that all benchmarks use.
pub const TOURNAMENT: &str = "bench";

/// Another one, on which the same players play.
pub const OTHER_TOURNAMENT: &str = "bench-other";

/// One event; the id must be new.
///
/// # Errors
/// When the clock is wrong.
fn event(kind: &str, id: &str, data: &Value) -> Result<Value> {
    Ok(json!({
        "specversion": "1.0",
        "id": id,
        "source": "bench",
        "type": kind,
        "time": Timestamp::from_millis(clock::unix_ms()?).to_string(),
        "data": data,
    }))
}

/// A tournament, running for a day.
///
/// # Errors
/// When the clock is wrong.
pub fn tournament(tournament_id: &str, operator: &str) -> Result<Value> {
    event("platform.tournament.upserted", tournament_id, &definition(tournament_id, operator, 86_400_000)?)
}

/// The same tournament, which is over in a second now.
///
/// # Errors
/// When the clock is wrong.
pub fn tournament_ends(tournament_id: &str, operator: &str) -> Result<Value> {
    let id = format!("{tournament_id}-ends");
    event("platform.tournament.upserted", &id, &definition(tournament_id, operator, 1_000)?)
}

/// A tournament that began an hour ago.
fn definition(tournament_id: &str, operator: &str, lasts_ms: i64) -> Result<Value> {
    let now = Timestamp::from_millis(clock::unix_ms()?);
    Ok(json!({
        "tournament_id": tournament_id,
        "title": { "en": "Bench" },
        "starts_at": now.plus_ms(-3_600_000),
        "ends_at": now.plus_ms(lasts_ms),
        "operator": operator,
        "order": "desc",
    }))
}

/// The n-th player, linked to the Telegram id that [`init_data::sign`] gives the same number.
///
/// # Errors
/// When the clock is wrong.
pub fn player(number: u64) -> Result<Value> {
    let data = json!({
        "platform_user_id": format!("p{number}"),
        "alias": format!("Player {number}"),
        "telegram_user_id": 5_000_000_000 + number,
    });
    event("platform.user.upserted", &format!("user-{number}"), &data)
}

/// A score of the n-th player.
///
/// # Errors
/// When the clock is wrong.
pub fn score(tournament_id: &str, event_number: u64, player: u64, score: u64) -> Result<Value> {
    let data =
        json!({ "tournament_id": tournament_id, "platform_user_id": format!("p{player}"), "score": score });
    event("platform.score.posted", &format!("{tournament_id}-{event_number}"), &data)
}

/// A signed call with these events.
///
/// # Errors
/// When the clock is wrong.
pub fn call(id: &str, events: &[Value]) -> Result<Vec<u8>> {
    let body = serde_json::to_vec(events).context("events can't be written as JSON")?;
    let seconds = clock::unix_ms()? / 1000;
    let key = STANDARD
        .decode(PLATFORM_KEY.trim_start_matches("whsec_"))
        .context("the platform's key is no base64")?;
    let signed = [format!("{id}.{seconds}.").as_bytes(), &body].concat();
    let signature = format!("v1,{}", STANDARD.encode(init_data::hmac(&key, &signed)));
    let headers = [
        ("content-type", "application/cloudevents-batch+json"),
        ("webhook-id", id),
        ("webhook-timestamp", &seconds.to_string()),
        ("webhook-signature", &signature),
    ];
    Ok(client::post("/v1/platform/events", &headers, &body))
}
