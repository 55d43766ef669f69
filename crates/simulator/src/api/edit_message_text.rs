//! `editMessageText`.

use serde_json::Value;

use crate::{
    api::{error::ApiError, keyboard, outgoing, params::Params},
    world::{World, chats::Sender},
};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the \
                            same as a current content and reply markup of the message";

/// Changes a text that the bot sent.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
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
    message.text = text.text;
    message.entities = text.entities;
    message.reply_markup = reply_markup;
    message.edit_date = Some(now_s);
    Ok(message.to_api(user, &bot))
}
