//! `setChatMenuButton` and `getChatMenuButton`.

use serde_json::{Value, json};

use crate::{
    api::{error::ApiError, keyboard, outgoing, params::Params},
    world::World,
};

/// Sets the button beside the composer, of one chat or of all.
pub fn set(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let button = params.json("menu_button")?.unwrap_or_else(|| json!({"type": "default"}));
    let kind = button.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "default" | "commands" => {}
        "web_app" => {
            let text = button.get("text").and_then(Value::as_str).unwrap_or_default();
            if text.is_empty() {
                return Err(ApiError::bad_request("menu button text must be non-empty"));
            }
            let url = button.pointer("/web_app/url").and_then(Value::as_str).unwrap_or_default();
            keyboard::check_web_app_url(url, "menu button Web App")?;
        }
        _ => return Err(ApiError::bad_request("can't parse menu button: MenuButton has unsupported type")),
    }
    let button = (kind != "default").then_some(button);
    if params.text("chat_id").is_some() {
        let chat_id = outgoing::chat_id(world, params)?;
        world.chats.get_mut(chat_id).menu_button = button;
    } else {
        world.menu_button = button;
    }
    Ok(json!(true))
}

/// The button beside the composer.
pub fn get(world: &World, params: &Params) -> Result<Value, ApiError> {
    if params.text("chat_id").is_some() {
        return Ok(world.menu_button_of(outgoing::chat_id(world, params)?));
    }
    Ok(world.menu_button.clone().unwrap_or_else(|| json!({"type": "commands"})))
}
