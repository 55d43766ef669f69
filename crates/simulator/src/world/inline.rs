//! Inline mode: what people type behind the bot's name, what the bot found, and what was sent to a chat.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::world::{
    REMEMBERED_MAX, World,
    chats::{Message, Sender},
    people::DeedError,
};

/// The most characters behind the bot's name.
const QUERY_CHARACTERS_MAX: usize = 256;

/// What the bot found.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The results.
    pub results: Vec<Value>,
    /// Where the next page begins; empty at the end.
    pub next_offset: String,
    /// The button above the results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Value>,
}

/// What somebody typed.
#[derive(Debug, Clone, Serialize)]
pub struct Query {
    /// Who.
    pub user_id: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What the bot found, once it has answered.
    pub answer: Option<Answer>,
}

/// Queries, and the messages that came of them.
#[derive(Debug, Default)]
pub struct Inline {
    /// Queries by their id.
    pub queries: HashMap<String, Query>,
    /// Messages that were sent through the bot, by the id under which it may change them: chat and message.
    pub messages: HashMap<String, (i64, i64)>,
}

impl World {
    /// A person types behind the bot's name. Returns the ids of the update and of the query.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn type_inline(
        &mut self,
        user_id: i64,
        query: &str,
        offset: &str,
    ) -> Result<(Option<i64>, String), DeedError> {
        if query.chars().count() > QUERY_CHARACTERS_MAX || offset.len() > 64 {
            return Err(DeedError::Text);
        }
        let user = self.users.get(user_id).ok_or(DeedError::NoUser)?;
        let id = self.random_id();
        let content = json!({
            "id": id,
            "from": user.to_api(),
            "query": query,
            "offset": offset,
            // The only chats of this desk are those with the bot.
            "chat_type": "sender",
        });
        if self.inline.queries.len() >= REMEMBERED_MAX {
            self.inline.queries.clear();
        }
        let asked = Query { user_id, at_ms: self.now_ms(), answer: None };
        self.inline.queries.insert(id.clone(), asked);
        Ok((self.queue(user_id, "inline_query", content)?, id))
    }

    /// A person chooses a result: it is sent to their chat, in their name and through the bot. As it is the chat with that
    /// very bot, the bot hears of the message; of the choice it would hear only with feedback switched on.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn choose_result(
        &mut self,
        user_id: i64,
        query_id: &str,
        result_id: &str,
    ) -> Result<Option<i64>, DeedError> {
        let found = self.inline.queries.get(query_id).filter(|query| query.user_id == user_id);
        let answer = found.and_then(|query| query.answer.as_ref()).ok_or(DeedError::NotPrepared)?;
        let result = answer.results.iter().find(|result| result["id"] == result_id).cloned();
        let message_id = self.put_through_bot(user_id, &result.ok_or(DeedError::NotPrepared)?)?;
        let (user, bot) = (self.users.get(user_id).ok_or(DeedError::NoUser)?, self.bot.to_api());
        let message = self.chats.get(user_id).and_then(|chat| chat.message(message_id));
        let api = message.ok_or(DeedError::NoMessage)?.to_api(user, &bot);
        self.queue(user_id, "message", api)
    }

    /// Shows an inline result in a person's chat, sent by them through the bot. Returns the message's id.
    ///
    /// # Errors
    /// See [`DeedError`].
    pub fn put_through_bot(&mut self, user_id: i64, result: &Value) -> Result<i64, DeedError> {
        let bot = self.bot.to_api();
        self.users.get(user_id).ok_or(DeedError::NoUser)?;
        let text = result
            .pointer("/input_message_content/message_text")
            .or_else(|| result.get("caption"))
            .or_else(|| result.get("title"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut message = Message::text(Sender::User, self.now_s(), text);
        message.reply_markup = result.get("reply_markup").cloned();
        message.attachments = Map::from_iter([("via_bot".to_owned(), bot)]);
        // Only a message with buttons can be changed by the bot.
        let inline_message_id = message.reply_markup.is_some().then(|| format!("AA{}", self.random_id()));
        message.inline_message_id.clone_from(&inline_message_id);
        let message_id = self.chats.get_mut(user_id).push(message).message_id;
        if let Some(id) = inline_message_id {
            if self.inline.messages.len() >= REMEMBERED_MAX {
                self.inline.messages.clear();
            }
            self.inline.messages.insert(id, (user_id, message_id));
        }
        Ok(message_id)
    }
}
