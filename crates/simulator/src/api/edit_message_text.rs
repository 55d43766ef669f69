//! `editMessageText`.

use serde_json::{Value, json};

use crate::{
    api::{error::ApiError, keyboard, outgoing, params::Params},
    world::{
        World,
        chats::{Message, Sender},
    },
};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the \
                            same as a current content and reply markup of the message";

/// Changes a text that the bot sent.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    if let Some(id) = params.text("inline_message_id") {
        return call_inline(world, params, &id);
    }
    let chat_id = outgoing::chat_id(world, params)?;
    let message_id = params
        .integer("message_id")?
        .ok_or_else(|| ApiError::bad_request("message identifier is not specified"))?;
    let text = outgoing::text(params)?;
    let reply_markup = params.json("reply_markup")?;
    if let Some(markup) = &reply_markup {
        keyboard::check_inline(markup)?;
    }
    let message = world
        .chats
        .get(chat_id)
        .and_then(|chat| chat.message(message_id))
        .ok_or_else(|| ApiError::bad_request("message to edit not found"))?;
    if message.from != Sender::Bot {
        return Err(ApiError::bad_request("message can't be edited"));
    }
    if message.text == text.text && message.entities == text.entities && message.reply_markup == reply_markup
    {
        return Err(ApiError::bad_request(NOT_MODIFIED));
    }
    outgoing::admit(world, chat_id)?;
    let now_s = world.now_s();
    let bot = world.bot.to_api();
    world.counters.edited_total += 1;
    let user = world.users.get(chat_id).ok_or_else(|| ApiError::bad_request("chat not found"))?;
    let message = world
        .chats
        .get_mut(chat_id)
        .message_mut(message_id)
        .ok_or_else(|| ApiError::bad_request("message to edit not found"))?;
    change(message, text, reply_markup, now_s);
    Ok(message.to_api(user, &bot))
}

/// Changes a text that somebody sent through the bot, in whatever chat that was.
fn call_inline(world: &mut World, params: &Params, id: &str) -> Result<Value, ApiError> {
    let invalid = || ApiError::bad_request("MESSAGE_ID_INVALID");
    let text = outgoing::text(params)?;
    let reply_markup = params.json("reply_markup")?;
    if let Some(markup) = &reply_markup {
        keyboard::check_elsewhere(markup)?;
    }
    let (chat_id, message_id) = *world.inline.messages.get(id).ok_or_else(invalid)?;
    let now_s = world.now_s();
    let message = world.chats.get_mut(chat_id).message_mut(message_id).ok_or_else(invalid)?;
    if message.text == text.text && message.entities == text.entities && message.reply_markup == reply_markup
    {
        return Err(ApiError::bad_request(NOT_MODIFIED));
    }
    change(message, text, reply_markup, now_s);
    world.counters.edited_total += 1;
    Ok(json!(true))
}

fn change(message: &mut Message, text: outgoing::Text, reply_markup: Option<Value>, now_s: i64) {
    message.text = text.text;
    message.entities = text.entities;
    message.reply_markup = reply_markup;
    message.edit_date = Some(now_s);
}
