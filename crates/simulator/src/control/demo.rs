//! The demo platform: one score at a time, pause and resume.

use axum::{Json, extract::State, http::StatusCode};
use domain::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::Refusal,
    demo::{Demo, PlayerRef},
    simulator::Simulator,
};

type Answer = Result<Json<Value>, Refusal>;

fn demo(simulator: &Simulator) -> Result<&Demo, Refusal> {
    simulator.demo().ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "start the simulator with --demo"))
}

/// Whether it plays.
pub async fn state(State(simulator): State<Simulator>) -> Json<Value> {
    let demo = simulator.demo();
    Json(json!({"running": demo.is_some(), "paused": demo.is_some_and(Demo::is_paused)}))
}

/// No scores by themselves from now on.
pub async fn pause(State(simulator): State<Simulator>) -> Answer {
    demo(&simulator)?.set_paused(true);
    simulator.ring();
    Ok(Json(json!({"paused": true})))
}

/// Scores by themselves again.
pub async fn resume(State(simulator): State<Simulator>) -> Answer {
    demo(&simulator)?.set_paused(false);
    simulator.ring();
    Ok(Json(json!({"paused": false})))
}

/// One score.
#[derive(Debug, Deserialize)]
pub struct NewScore {
    tournament_id: String,
    platform_user_id: Option<String>,
    telegram_user_id: Option<i64>,
    score: i64,
    time: Option<Timestamp>,
}

/// Posts one score and answers with what Podium said.
pub async fn score(State(simulator): State<Simulator>, Json(new): Json<NewScore>) -> Answer {
    let player = match (new.platform_user_id, new.telegram_user_id) {
        (Some(id), None) => PlayerRef::Platform(id),
        (None, Some(id)) => {
            let language = simulator.world().users.get(id).map(|user| user.language_code.clone());
            PlayerRef::Telegram { id, language: language.ok_or_else(Refusal::no_user)? }
        }
        _ => {
            let reason = "name one player: platform_user_id or telegram_user_id";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, reason));
        }
    };
    let demo = demo(&simulator)?;
    demo.score(&new.tournament_id, player, new.score, new.time)
        .await
        .map(Json)
        .map_err(|error| Refusal::new(StatusCode::BAD_GATEWAY, error))
}
