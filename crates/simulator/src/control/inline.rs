//! Inline mode: typing behind the bot's name, and sending what it found.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{control::Refusal, simulator::Simulator};

type Answer = Result<Json<Value>, Refusal>;

/// What stands behind the bot's name.
#[derive(Debug, Deserialize)]
pub struct Typed {
    query: String,
    /// Where the page begins: the `next_offset` of the one before.
    #[serde(default)]
    offset: String,
}

/// A person types.
pub async fn ask(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Json(typed): Json<Typed>,
) -> Answer {
    let (update_id, query_id) = simulator.type_inline(id, &typed.query, &typed.offset)?;
    Ok(Json(json!({"update_id": update_id, "query_id": query_id})))
}

/// What the bot found.
pub async fn found(State(simulator): State<Simulator>, Path(id): Path<String>) -> Answer {
    let world = simulator.world();
    let query = world
        .inline
        .queries
        .get(&id)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "there is no such query"))?;
    Ok(Json(json!(query)))
}

/// A result that a person chooses.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    query_id: String,
    result_id: String,
}

/// A person sends a result.
pub async fn choose(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Json(chosen): Json<Chosen>,
) -> Answer {
    let update_id = simulator.choose_result(id, &chosen.query_id, &chosen.result_id)?;
    Ok(Json(json!({"update_id": update_id})))
}

/// A person deletes a message for both.
pub async fn delete(State(simulator): State<Simulator>, Path((id, message_id)): Path<(i64, i64)>) -> Answer {
    simulator.delete_message(id, message_id)?;
    Ok(Json(json!({})))
}
