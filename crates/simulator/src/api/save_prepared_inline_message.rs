//! `savePreparedInlineMessage`.

use serde_json::{Value, json};

use crate::{
    api::{answer_inline_query, error::ApiError, params::Params},
    world::World,
};

/// How long a prepared message can be shared, in seconds.
const LIFETIME_S: i64 = 24 * 3600;

/// Keeps a message that a person may share from the Mini App.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let user_id = params.integer("user_id")?.unwrap_or_default();
    if world.users.get(user_id).is_none() {
        return Err(ApiError::bad_request("user not found"));
    }
    let result = params.json("result")?.ok_or_else(|| ApiError::bad_request("result isn't specified"))?;
    answer_inline_query::check(&result)?;
    let to = ["allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats"];
    if !to.iter().any(|name| params.flag(name)) {
        return Err(ApiError::bad_request("at least one chat type must be allowed"));
    }
    let expiration_date = world.now_s() + LIFETIME_S;
    let id = world.prepare_message(user_id, result);
    Ok(json!({"id": id, "expiration_date": expiration_date}))
}
