//! The private chats between people and the bot: messages, keyboards, menu buttons.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::world::users::User;

/// The most messages a chat keeps; older ones are forgotten.
pub const MESSAGES_MAX: usize = 10_000;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sender {
    /// The person.
    User,
    /// The bot.
    Bot,
}

/// A message.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// The id, counted in each chat.
    pub message_id: i64,
    /// Who wrote it.
    pub from: Sender,
    /// When, in seconds since 1970.
    pub date: i64,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_date: Option<i64>,
    /// The text or the caption, without markup.
    pub text: String,
    /// Where the text is bold, a link and so on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Value>,
    /// The keyboard as the bot sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<Value>,
    /// What else there is: `photo`, `document`, `contact`, `web_app_data`, …, with the Bot API's names.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub attachments: serde_json::Map<String, Value>,
    /// Under which id the bot may change it, when somebody sent it through the bot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline_message_id: Option<String>,
}

impl Message {
    /// A plain text message; the chat gives it its id.
    pub fn text(from: Sender, date: i64, text: impl Into<String>) -> Self {
        Self {
            message_id: 0,
            from,
            date,
            edit_date: None,
            text: text.into(),
            entities: Vec::new(),
            reply_markup: None,
            attachments: serde_json::Map::new(),
            inline_message_id: None,
        }
    }

    /// The message as the Bot API's `Message`.
    pub fn to_api(&self, user: &User, bot: &Value) -> Value {
        let mut message = json!({
            "message_id": self.message_id,
            "from": match self.from { Sender::User => user.to_api(), Sender::Bot => bot.clone() },
            "chat": user.to_api_chat(),
            "date": self.date,
        });
        let has_media = self.attachments.contains_key("photo") || self.attachments.contains_key("document");
        let (text_name, entities_name) =
            if has_media { ("caption", "caption_entities") } else { ("text", "entities") };
        if !self.text.is_empty() {
            message[text_name] = json!(self.text);
        }
        if !self.entities.is_empty() {
            message[entities_name] = json!(self.entities);
        }
        if let Some(edit_date) = self.edit_date {
            message["edit_date"] = json!(edit_date);
        }
        // The Bot API returns inline keyboards alone.
        if let Some(markup) = self.inline_keyboard() {
            message["reply_markup"] = markup.clone();
        }
        for (name, value) in &self.attachments {
            message[name] = value.clone();
        }
        message
    }

    /// The inline keyboard under the message.
    pub fn inline_keyboard(&self) -> Option<&Value> {
        self.reply_markup.as_ref().filter(|markup| markup.get("inline_keyboard").is_some())
    }
}

/// A private chat.
#[derive(Debug, Default)]
pub struct Chat {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// The keyboard in the place of the phone's own.
    pub reply_keyboard: Option<Value>,
    /// The chat's own menu button.
    pub menu_button: Option<Value>,
    last_message_id: i64,
}

impl Chat {
    /// Adds a message and gives it its id.
    pub fn push(&mut self, mut message: Message) -> &Message {
        self.last_message_id += 1;
        message.message_id = self.last_message_id;
        if let Some(markup) = &message.reply_markup {
            if markup.get("keyboard").is_some() {
                self.reply_keyboard = Some(markup.clone());
            } else if markup.get("remove_keyboard").is_some() {
                self.reply_keyboard = None;
            }
        }
        if self.messages.len() >= MESSAGES_MAX {
            self.messages.remove(0);
        }
        let at = self.messages.len();
        self.messages.push(message);
        &self.messages[at]
    }

    /// The message with an id.
    pub fn message(&self, message_id: i64) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.message_id == message_id)
    }

    /// Removes a message. Returns whether it was there.
    pub fn remove(&mut self, message_id: i64) -> bool {
        let before = self.messages.len();
        self.messages.retain(|message| message.message_id != message_id);
        self.messages.len() < before
    }

    /// The message with an id, to be changed.
    pub fn message_mut(&mut self, message_id: i64) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|message| message.message_id == message_id)
    }
}

/// All chats, by the id of the person.
#[derive(Debug, Default)]
pub struct Chats(BTreeMap<i64, Chat>);

impl Chats {
    /// The chat with a person.
    pub fn get(&self, chat_id: i64) -> Option<&Chat> {
        self.0.get(&chat_id)
    }

    /// The chat with a person, made when it is the first time.
    pub fn get_mut(&mut self, chat_id: i64) -> &mut Chat {
        self.0.entry(chat_id).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_keyboard_stays_until_it_is_removed() {
        let mut chat = Chat::default();
        let with =
            |markup: Value| Message { reply_markup: Some(markup), ..Message::text(Sender::Bot, 0, "x") };
        chat.push(with(json!({"keyboard": [["a"]]})));
        chat.push(Message::text(Sender::Bot, 0, "y"));
        assert!(chat.reply_keyboard.is_some());
        chat.push(with(json!({"remove_keyboard": true})));
        assert!(chat.reply_keyboard.is_none());
    }

    #[test]
    fn message_ids_grow_also_when_old_messages_are_forgotten() {
        let mut chat = Chat::default();
        for _ in 0..=MESSAGES_MAX {
            chat.push(Message::text(Sender::User, 0, "x"));
        }
        assert_eq!(chat.messages.len(), MESSAGES_MAX);
        assert_eq!(chat.messages[0].message_id, 2);
    }
}
