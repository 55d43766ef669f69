//! What people do: write, press buttons, block the bot. Each deed leaves its trace in the chat and queues the update
//! that the real Telegram would send.

use serde_json::{Map, Value, json};

use crate::world::{
    Callback, World,
    chats::{Message, Sender},
};

/// Why a person could not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeedError {
    /// Nobody has that id.
    #[error("there is no user with this id")]
    NoUser,
    /// The chat has no such message of the bot.
    #[error("the bot sent no message with this id")]
    NoMessage,
    /// A person has to unblock the bot first.
    #[error("the user blocked the bot: unblock it first")]
    Blocked,
    /// The text is empty or too long.
    #[error("a message has 1 to 4096 characters")]
    Text,
    /// The data of the button is empty or too long.
    #[error("the data of a button has 1 to 64 bytes")]
    Data,
    /// The update queue is full.
    #[error("too many updates wait already")]
    Full,
    /// No message was prepared under that id, or for somebody else.
    #[error("no message was prepared for this user under this id")]
    NotPrepared,
}

impl World {
    /// A person writes a text. Returns the id of the update, none when the bot does not want such updates.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn write(&mut self, user_id: i64, text: &str) -> Result<Option<i64>, DeedError> {
        if text.is_empty() || text.chars().count() > 4096 {
            return Err(DeedError::Text);
        }
        let mut message = Message::text(Sender::User, self.now_s(), text);
        message.entities = command_entities(text);
        self.put(user_id, message)
    }

    /// A person sends something that is no text, such as `contact`, `web_app_data` or `write_access_allowed`.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn send_attachment(
        &mut self,
        user_id: i64,
        kind: &str,
        content: Value,
    ) -> Result<Option<i64>, DeedError> {
        let mut message = Message::text(Sender::User, self.now_s(), "");
        message.attachments = Map::from_iter([(kind.to_owned(), content)]);
        self.put(user_id, message)
    }

    fn put(&mut self, user_id: i64, message: Message) -> Result<Option<i64>, DeedError> {
        let user = self.users.get_mut(user_id).ok_or(DeedError::NoUser)?;
        if user.blocked {
            return Err(DeedError::Blocked);
        }
        user.started = true;
        let bot = self.bot.to_api();
        let api = self.chats.get_mut(user_id).push(message).to_api(user, &bot);
        self.queue(user_id, "message", api)
    }

    /// A person presses an inline button. Returns the ids of the update and of the callback.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn press(
        &mut self,
        user_id: i64,
        message_id: i64,
        data: &str,
    ) -> Result<(Option<i64>, String), DeedError> {
        if data.is_empty() || data.len() > 64 {
            return Err(DeedError::Data);
        }
        let user = self.users.get(user_id).ok_or(DeedError::NoUser)?;
        let message = self
            .chats
            .get(user_id)
            .and_then(|chat| chat.message(message_id))
            .filter(|message| message.from == Sender::Bot || message.inline_message_id.is_some())
            .ok_or(DeedError::NoMessage)?;
        let callback_id = self.random_id();
        let mut content = json!({
            "id": callback_id,
            "from": user.to_api(),
            "chat_instance": user_id.wrapping_mul(2_654_435_761).to_string(),
            "data": data,
        });
        // Of what was sent through it a bot is told no more than how to change it.
        match &message.inline_message_id {
            Some(id) => content["inline_message_id"] = json!(id),
            None => content["message"] = message.to_api(user, &self.bot.to_api()),
        }
        self.remember_callback(
            callback_id.clone(),
            Callback { user_id, answered: false, text: None, show_alert: false },
        );
        Ok((self.queue(user_id, "callback_query", content)?, callback_id))
    }

    /// A person blocks the bot, or takes that back. Nothing happens when it is so already.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn set_blocked(&mut self, user_id: i64, blocked: bool) -> Result<Option<i64>, DeedError> {
        let date = self.now_s();
        let bot = self.bot.to_api();
        let user = self.users.get_mut(user_id).ok_or(DeedError::NoUser)?;
        if user.blocked == blocked {
            return Ok(None);
        }
        user.blocked = blocked;
        let member = json!({"user": bot, "status": "member"});
        let kicked = json!({"user": bot, "status": "kicked", "until_date": 0});
        let (old, new) = if blocked { (member, kicked) } else { (kicked, member) };
        let content = json!({
            "chat": user.to_api_chat(),
            "from": user.to_api(),
            "date": date,
            "old_chat_member": old,
            "new_chat_member": new,
        });
        self.queue(user_id, "my_chat_member", content)
    }

    /// A person shares a prepared message; it shows in their own chat, sent by them through the bot.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn share_prepared(&mut self, user_id: i64, prepared_id: &str) -> Result<(), DeedError> {
        let (_, result) = self
            .prepared
            .get(prepared_id)
            .filter(|(owner, _)| *owner == user_id)
            .ok_or(DeedError::NotPrepared)?
            .clone();
        self.put_through_bot(user_id, &result).map(drop)
    }

    /// A person deletes a message for both sides. The bot hears nothing of it.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn delete(&mut self, user_id: i64, message_id: i64) -> Result<(), DeedError> {
        self.users.get(user_id).ok_or(DeedError::NoUser)?;
        if self.chats.get_mut(user_id).remove(message_id) { Ok(()) } else { Err(DeedError::NoMessage) }
    }

    pub(crate) fn queue(
        &mut self,
        user_id: i64,
        kind: &str,
        content: Value,
    ) -> Result<Option<i64>, DeedError> {
        if !self.webhook.wants(kind) {
            return Ok(None);
        }
        let now_ms = self.now_ms();
        self.updates.queue(user_id, kind, content, now_ms).map(Some).ok_or(DeedError::Full)
    }
}

/// Marks the commands in a text, counted in UTF-16 as Telegram does.
fn command_entities(text: &str) -> Vec<Value> {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let trimmed = word.trim_end();
        let is_command = trimmed.strip_prefix('/').is_some_and(|rest| {
            let name = rest.split('@').next().unwrap_or_default();
            (1..=32).contains(&name.len())
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@')
        });
        if is_command {
            entities.push(
                json!({"type": "bot_command", "offset": offset, "length": trimmed.encode_utf16().count()}),
            );
        }
        offset += word.encode_utf16().count();
    }
    entities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_marked_in_utf16() {
        assert_eq!(
            command_entities("/start abc"),
            [json!({"type": "bot_command", "offset": 0, "length": 6})]
        );
        assert_eq!(command_entities("😀 /help"), [json!({"type": "bot_command", "offset": 3, "length": 5})]);
        assert!(command_entities("a/b / text").is_empty());
    }
}
