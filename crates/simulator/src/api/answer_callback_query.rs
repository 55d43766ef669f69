//! `answerCallbackQuery`.

use serde_json::{Value, json};

use crate::{
    api::{error::ApiError, params::Params},
    world::World,
};

const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";

/// Answers a press of a button, once.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let id = params.text("callback_query_id").unwrap_or_default();
    let text = params.text("text").filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(ApiError::bad_request("MESSAGE_TOO_LONG"));
    }
    let callback = world
        .callbacks
        .get_mut(&id)
        .filter(|callback| !callback.answered)
        .ok_or_else(|| ApiError::bad_request(TOO_OLD))?;
    callback.answered = true;
    callback.text = text;
    callback.show_alert = params.flag("show_alert");
    Ok(json!(true))
}
