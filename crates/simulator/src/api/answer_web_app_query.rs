//! `answerWebAppQuery`.

use serde_json::{Value, json};

use crate::{
    api::{answer_inline_query, error::ApiError, params::Params},
    world::World,
};

/// Puts a message into the chat from which a Mini App was opened, once.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let result = params.json("result")?.ok_or_else(|| ApiError::bad_request("result isn't specified"))?;
    let id = params.text("web_app_query_id").unwrap_or_default();
    answer_inline_query::check(&result)?;
    let user_id =
        world.web_app_queries.remove(&id).ok_or_else(|| ApiError::bad_request("QUERY_ID_INVALID"))?;
    let message_id = world.put_through_bot(user_id, &result).map_err(ApiError::bad_request)?;
    let sent = world.chats.get(user_id).and_then(|chat| chat.message(message_id));
    Ok(json!({"inline_message_id": sent.and_then(|message| message.inline_message_id.clone())}))
}
