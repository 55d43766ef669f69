//! `answerInlineQuery`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    api::{error::ApiError, keyboard, params::Params},
    world::{World, inline::Answer},
};

/// For how long a query takes an answer; the real server names no figure, and refuses after about as long.
const LIFETIME_MS: i64 = 10_000;
/// The most results of one answer.
const RESULTS_MAX: usize = 50;
const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";

/// Answers what somebody types behind the bot's name, once.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let id = params.text("inline_query_id").unwrap_or_default();
    let Some(Value::Array(results)) = params.json("results")? else {
        return Err(ApiError::bad_request("can't parse results: expected an Array"));
    };
    if results.len() > RESULTS_MAX {
        return Err(ApiError::bad_request("RESULTS_TOO_MUCH"));
    }
    let mut ids = BTreeSet::new();
    for result in &results {
        check(result)?;
        if !ids.insert(result["id"].as_str().unwrap_or_default()) {
            return Err(ApiError::bad_request("RESULT_ID_DUPLICATE"));
        }
    }
    let next_offset = params.text("next_offset").unwrap_or_default();
    if next_offset.len() > 64 {
        return Err(ApiError::bad_request("NEXT_OFFSET_INVALID"));
    }
    let button = params.json("button")?;
    if let Some(button) = &button {
        check_button(button)?;
    }
    let now_ms = world.now_ms();
    let query = world
        .inline
        .queries
        .get_mut(&id)
        .filter(|query| query.answer.is_none() && now_ms - query.at_ms < LIFETIME_MS)
        .ok_or_else(|| ApiError::bad_request(TOO_OLD))?;
    query.answer = Some(Answer { results, next_offset, button });
    Ok(json!(true))
}

/// Checks a result; only articles are looked at closely.
///
/// # Errors
/// With the real server's words for what is wrong.
pub fn check(result: &Value) -> Result<(), ApiError> {
    let text = |name: &str| result.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("type").is_empty() {
        return Err(ApiError::bad_request("can't parse inline query result: type must be non-empty"));
    }
    if !(1..=64).contains(&text("id").len()) {
        return Err(ApiError::bad_request("RESULT_ID_INVALID"));
    }
    if text("type") == "article" {
        if text("title").is_empty() {
            return Err(ApiError::bad_request("ARTICLE_TITLE_EMPTY"));
        }
        let message = result.pointer("/input_message_content/message_text").and_then(Value::as_str);
        match message.map(|message| message.chars().count()) {
            None | Some(0) => return Err(ApiError::bad_request("MESSAGE_EMPTY")),
            Some(1..=4096) => {}
            Some(_) => return Err(ApiError::bad_request("message is too long")),
        }
    }
    match result.get("reply_markup") {
        Some(markup) => keyboard::check_elsewhere(markup),
        None => Ok(()),
    }
}

/// The button above the results opens the chat with the bot, or a Mini App.
fn check_button(button: &Value) -> Result<(), ApiError> {
    let text = |name: &str| button.get(name).and_then(Value::as_str);
    if text("text").is_none_or(str::is_empty) {
        return Err(ApiError::bad_request("can't parse inline query results button: text must be non-empty"));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    match (text("start_parameter"), button.pointer("/web_app/url").and_then(Value::as_str)) {
        (Some(parameter), None) if (1..=64).contains(&parameter.len()) && parameter.bytes().all(allowed) => {
            Ok(())
        }
        (None, Some(url)) => keyboard::check_web_app_url(url, "inline query results button Web App"),
        _ => Err(ApiError::bad_request("START_PARAM_INVALID")),
    }
}
