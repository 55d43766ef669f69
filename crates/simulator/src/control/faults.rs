//! What goes wrong on purpose, how fast the bot may write, and back to the beginning.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{config::LimitsConfig, simulator::Simulator, world::faults::Faults};

/// The faults to come.
pub async fn get_faults(State(simulator): State<Simulator>) -> Json<Faults> {
    Json(simulator.faults())
}

/// Replaces the faults to come.
pub async fn set_faults(State(simulator): State<Simulator>, Json(faults): Json<Faults>) -> Json<Faults> {
    simulator.set_faults(faults);
    Json(simulator.faults())
}

/// How fast the bot may write.
pub async fn get_limits(State(simulator): State<Simulator>) -> Json<LimitsConfig> {
    Json(simulator.limits())
}

/// The limits to change; what is left out stays.
#[derive(Debug, Deserialize)]
pub struct NewLimits {
    per_chat_per_second: Option<f64>,
    per_chat_burst: Option<u32>,
    per_second: Option<u32>,
    enabled: Option<bool>,
}

/// Changes how fast the bot may write.
pub async fn set_limits(
    State(simulator): State<Simulator>,
    Json(new): Json<NewLimits>,
) -> Json<LimitsConfig> {
    let old = simulator.limits();
    simulator.set_limits(LimitsConfig {
        per_chat_per_second: new.per_chat_per_second.unwrap_or(old.per_chat_per_second),
        per_chat_burst: new.per_chat_burst.unwrap_or(old.per_chat_burst),
        per_second: new.per_second.unwrap_or(old.per_second),
        enabled: new.enabled.unwrap_or(old.enabled),
    });
    Json(simulator.limits())
}

/// Whether Telegram's script can be reached.
#[derive(Debug, Serialize, Deserialize)]
pub struct Script {
    reachable: bool,
}

/// Whether Telegram's script can be reached.
pub async fn get_script(State(simulator): State<Simulator>) -> Json<Script> {
    Json(Script { reachable: simulator.world().script_reachable })
}

/// Makes Telegram's script unreachable, or lets it be reached again.
pub async fn set_script(State(simulator): State<Simulator>, Json(script): Json<Script>) -> Json<Script> {
    simulator.set_script_reachable(script.reachable);
    Json(script)
}

/// Goes back to the beginning.
pub async fn reset(State(simulator): State<Simulator>) -> Json<Value> {
    simulator.reset();
    Json(json!({}))
}
