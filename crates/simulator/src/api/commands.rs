//! `setMyCommands`, `getMyCommands` and `deleteMyCommands`.

use serde_json::{Value, json};

use crate::{
    api::{error::ApiError, params::Params},
    world::World,
};

/// Sets the commands for a scope and a language.
pub fn set(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let Some(Value::Array(commands)) = params.json("commands")? else {
        return Err(ApiError::bad_request("can't parse commands: expected an Array of BotCommand"));
    };
    if commands.len() > 100 {
        return Err(ApiError::bad_request("too many commands specified"));
    }
    let mut kept = Vec::with_capacity(commands.len());
    for command in &commands {
        let name = command.get("command").and_then(Value::as_str).unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or(name);
        let description = command.get("description").and_then(Value::as_str).unwrap_or_default();
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(valid) {
            return Err(ApiError::bad_request("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&description.chars().count()) {
            return Err(ApiError::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
        kept.push(json!({"command": name, "description": description}));
    }
    world.commands.insert(key(params)?, Value::Array(kept));
    Ok(json!(true))
}

/// The commands for exactly this scope and language.
pub fn get(world: &World, params: &Params) -> Result<Value, ApiError> {
    Ok(world.commands.get(&key(params)?).cloned().unwrap_or_else(|| json!([])))
}

/// Removes the commands for a scope and a language.
pub fn delete(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    world.commands.remove(&key(params)?);
    Ok(json!(true))
}

fn key(params: &Params) -> Result<String, ApiError> {
    let language = params.text("language_code").unwrap_or_default();
    if !(language.is_empty()
        || (language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase())))
    {
        return Err(ApiError::bad_request("invalid language code specified"));
    }
    let scope = params.json("scope")?.unwrap_or_else(|| json!({"type": "default"}));
    let kind = scope.get("type").and_then(Value::as_str).unwrap_or_default();
    let place = |name: &str| scope.get(name).map(ToString::to_string).unwrap_or_default();
    match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => {
            Ok(format!("{kind}/{language}"))
        }
        "chat" | "chat_administrators" => Ok(format!("{kind}:{}/{language}", place("chat_id"))),
        "chat_member" => Ok(format!("{kind}:{}:{}/{language}", place("chat_id"), place("user_id"))),
        _ => Err(ApiError::bad_request("can't parse BotCommandScope: unsupported type specified")),
    }
}
