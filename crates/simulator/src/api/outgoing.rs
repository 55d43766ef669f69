//! What all methods share that put a message into a chat: who may be written to, how often, and with what text.

use serde_json::Value;

use crate::{
    api::{error::ApiError, format, keyboard, params::Params},
    world::{
        World,
        chats::{Message, Sender},
    },
};

/// The most characters of a message.
const TEXT_CHARACTERS_MAX: usize = 4096;
/// The most characters under a picture or a file.
const CAPTION_CHARACTERS_MAX: usize = 1024;

/// The chat of a call.
///
/// # Errors
/// When it is missing or nobody's.
pub fn chat_id(world: &World, params: &Params) -> Result<i64, ApiError> {
    let written = params
        .text("chat_id")
        .filter(|id| !id.is_empty())
        .ok_or_else(|| ApiError::bad_request("chat_id is empty"))?;
    let id: i64 = written.parse().map_err(|_| ApiError::bad_request("chat not found"))?;
    world.users.get(id).map(|user| user.id).ok_or_else(|| ApiError::bad_request("chat not found"))
}

/// Whether the bot may write to a chat now; uses up one message of what the limits allow.
///
/// # Errors
/// 403 when the person blocked the bot or never started it, 429 when it writes too fast.
pub fn admit(world: &mut World, chat_id: i64) -> Result<(), ApiError> {
    let user = world.users.get(chat_id).ok_or_else(|| ApiError::bad_request("chat not found"))?;
    if user.blocked {
        return Err(ApiError::forbidden("bot was blocked by the user"));
    }
    if !user.started {
        return Err(ApiError::forbidden("bot can't initiate conversation with a user"));
    }
    let now_ms = world.now_ms();
    world.limits.take(chat_id, now_ms).map_err(ApiError::too_many_requests)
}

/// A text with its markup taken out.
pub struct Text {
    /// The bare text.
    pub text: String,
    /// What was bold, a link and so on.
    pub entities: Vec<Value>,
}

/// The text of a call.
///
/// # Errors
/// When it is empty, too long or its markup is broken.
pub fn text(params: &Params) -> Result<Text, ApiError> {
    let text = formatted(params, "text", "entities")?;
    if text.text.trim().is_empty() {
        return Err(ApiError::bad_request("message text is empty"));
    }
    if text.text.chars().count() > TEXT_CHARACTERS_MAX {
        return Err(ApiError::bad_request("message is too long"));
    }
    Ok(text)
}

/// The text under a picture or a file.
///
/// # Errors
/// When it is too long or its markup is broken.
pub fn caption(params: &Params) -> Result<Text, ApiError> {
    let caption = formatted(params, "caption", "caption_entities")?;
    if caption.text.chars().count() > CAPTION_CHARACTERS_MAX {
        return Err(ApiError::bad_request("message caption is too long"));
    }
    Ok(caption)
}

fn formatted(params: &Params, name: &str, entities: &str) -> Result<Text, ApiError> {
    let raw = params.text(name).unwrap_or_default();
    match params.text("parse_mode").as_deref().unwrap_or_default() {
        "" => {
            let entities = match params.json(entities)? {
                Some(Value::Array(entities)) => entities,
                _ => Vec::new(),
            };
            Ok(Text { text: raw, entities })
        }
        mode if mode.eq_ignore_ascii_case("html") => format::html(&raw),
        _ => Err(ApiError::bad_request("unsupported parse_mode")),
    }
}

/// Puts a message of the bot into a chat and answers with it.
///
/// # Errors
/// When the bot may not write, or the keyboard is wrong.
pub fn deliver(
    world: &mut World,
    params: &Params,
    text: Text,
    attachments: serde_json::Map<String, Value>,
) -> Result<Value, ApiError> {
    let chat_id = chat_id(world, params)?;
    let reply_markup = params.json("reply_markup")?;
    if let Some(markup) = &reply_markup {
        keyboard::check(markup)?;
    }
    admit(world, chat_id)?;
    let message = Message {
        entities: text.entities,
        reply_markup,
        attachments,
        ..Message::text(Sender::Bot, world.now_s(), text.text)
    };
    world.counters.sent_total += 1;
    let bot = world.bot.to_api();
    let user = world.users.get(chat_id).ok_or_else(|| ApiError::bad_request("chat not found"))?;
    Ok(world.chats.get_mut(chat_id).push(message).to_api(user, &bot))
}
