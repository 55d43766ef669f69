//! What can be looked at.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{control::Refusal, simulator::Simulator};

type Answer = Result<Json<Value>, Refusal>;

/// A chat with all messages in order.
pub async fn chat(State(simulator): State<Simulator>, Path(id): Path<i64>) -> Answer {
    simulator.chat(id).map(Json).ok_or_else(Refusal::no_user)
}

/// Whether the bot answered a press, and what.
pub async fn callback(State(simulator): State<Simulator>, Path(id): Path<String>) -> Answer {
    let callback = simulator.world().callbacks.get(&id).cloned();
    callback
        .map(|callback| Json(json!(callback)))
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "no button was pressed under this id"))
}

/// The counts.
pub async fn state(State(simulator): State<Simulator>) -> Json<Value> {
    Json(simulator.state())
}

/// How many calls are wanted.
#[derive(Debug, Deserialize)]
pub struct Newest {
    limit: Option<usize>,
}

/// The newest calls of the Bot API.
pub async fn calls(State(simulator): State<Simulator>, Query(newest): Query<Newest>) -> Json<Value> {
    Json(json!({"calls": simulator.calls(newest.limit.unwrap_or(100))}))
}

/// The bot and where its app lives.
pub async fn bot(State(simulator): State<Simulator>) -> Json<Value> {
    let mut bot = simulator.world().bot.to_api();
    bot["app_url"] = json!(simulator.config().app_url);
    Json(bot)
}
