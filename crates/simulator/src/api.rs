//! The Bot API at `/bot<token>/<method>` and `/file/bot<token>/<path>`.
//!
//! Invariant: one file a method; each is a plain function of the world and the parameters, except `getUpdates`, which
//! waits. The token never reaches the log.

mod answer;
mod answer_callback_query;
mod answer_inline_query;
mod answer_web_app_query;
mod chat_menu_button;
mod commands;
mod edit_message_text;
pub mod error;
mod format;
mod get_file;
mod get_me;
mod get_updates;
mod keyboard;
mod outgoing;
pub mod params;
mod save_prepared_inline_message;
mod send_file;
mod send_message;
mod webhook;

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;

use crate::{
    api::{answer::Answer, error::ApiError, params::Params},
    server::Cut,
    simulator::Simulator,
    world::{World, calls::Call, faults::Met},
};

/// The most bytes of a call, files included.
pub const BODY_BYTES_MAX: usize = 50 * 1024 * 1024;

/// Answers everything that is addressed to the bot; `None` for other addresses.
pub async fn handle(
    State(simulator): State<Simulator>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return file(&simulator, rest);
    }
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !is_token(&simulator, token) {
        return answer(Err(ApiError::unauthorized()));
    }
    let method = method.trim_end_matches('/').to_owned();
    let lower = method.to_ascii_lowercase();
    let (slow_ms, met) = {
        let mut world = simulator.world();
        (world.faults.slow_ms, world.faults.meet(&lower))
    };
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(error) => return answer(Err(error)),
    };
    if slow_ms > 0 {
        tokio::time::sleep(Duration::from_millis(slow_ms)).await;
    }
    let payload = params.to_log();
    let (result, dropped) = match met {
        Met::DropBefore => (Err(ApiError::new(0, "")), true),
        Met::Refusal(error) => (Err(error), false),
        Met::Nothing => (call(&simulator, &lower, &params).await, false),
        Met::DropAfter => (call(&simulator, &lower, &params).await, true),
    };
    let status = match (&result, dropped) {
        (_, true) => 0,
        (Ok(_), false) => 200,
        (Err(error), false) => error.code,
    };
    simulator.change(|world| {
        match status {
            409 => world.counters.conflicts_409 += 1,
            429 => world.counters.floods_429 += 1,
            403 => world.counters.forbidden_403 += 1,
            _ => {}
        }
        let at_ms = world.now_ms();
        world.calls.push(Call { at_ms, method, payload, status });
    });
    if dropped {
        cut.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    answer(result)
}

/// Carries out a method (in lower case).
async fn call(simulator: &Simulator, method: &str, params: &Params) -> Result<Answer, ApiError> {
    if method == "getupdates" {
        return get_updates::call(simulator, params).await.map(Answer::from);
    }
    simulator.change(|world| dispatch(world, method, params))
}

/// Carries out what the answer to a webhook asks for, where that is allowed.
pub fn call_from_webhook(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) {
    let Some(params) = Params::of_webhook_answer(headers, body) else { return };
    let Some(method) = params.text("method") else { return };
    let lower = method.to_ascii_lowercase();
    if lower.starts_with("get")
        || ["setwebhook", "deletewebhook", "close", "logout"].contains(&lower.as_str())
    {
        return;
    }
    simulator.change(|world| {
        let result = dispatch(world, &lower, &params);
        let status = result.as_ref().map_or_else(|error| error.code, |_| 200);
        let at_ms = world.now_ms();
        world.calls.push(Call { at_ms, method, payload: params.to_log(), status });
    });
}

fn dispatch(world: &mut World, method: &str, params: &Params) -> Result<Answer, ApiError> {
    let result = match method {
        "setwebhook" => return webhook::set(world, params),
        "deletewebhook" => return Ok(webhook::delete(world, params)),
        "getwebhookinfo" => Ok(webhook::info(world)),
        "getme" => Ok(get_me::call(world)),
        "sendmessage" => send_message::call(world, params),
        "editmessagetext" => edit_message_text::call(world, params),
        "answercallbackquery" => answer_callback_query::call(world, params),
        "answerinlinequery" => answer_inline_query::call(world, params),
        "setmycommands" => commands::set(world, params),
        "getmycommands" => commands::get(world, params),
        "deletemycommands" => commands::delete(world, params),
        "setchatmenubutton" => chat_menu_button::set(world, params),
        "getchatmenubutton" => chat_menu_button::get(world, params),
        "answerwebappquery" => answer_web_app_query::call(world, params),
        "savepreparedinlinemessage" => save_prepared_inline_message::call(world, params),
        "sendphoto" => send_file::photo(world, params),
        "senddocument" => send_file::document(world, params),
        "getfile" => get_file::call(world, params),
        _ => Err(ApiError::unknown_method()),
    };
    result.map(Answer::from)
}

fn answer(result: Result<Answer, ApiError>) -> Response {
    match result {
        Ok(answer) => Json(answer.to_body()).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(error.to_body())).into_response()
        }
    }
}

fn is_token(simulator: &Simulator, written: &str) -> bool {
    percent_decode_str(written).decode_utf8().is_ok_and(|token| token == simulator.config().token)
}

fn file(simulator: &Simulator, rest: &str) -> Response {
    let Some((token, path)) = rest.split_once('/') else { return StatusCode::NOT_FOUND.into_response() };
    if !is_token(simulator, token) {
        return answer(Err(ApiError::unauthorized()));
    }
    match simulator.world().files.at(path) {
        Some(file) => {
            ([(header::CONTENT_TYPE, file.content_type.clone())], file.content.clone()).into_response()
        }
        None => answer(Err(ApiError::new(404, "Not Found"))),
    }
}
