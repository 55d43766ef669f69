//! Writing outgoing rows.

use domain::{BotId, ChatId, OutgoingId, Rng, Timestamp};
use serde_json::{Value, json};
use storage::{
    StoreError, Transaction,
    outbox::{Cause, NewOutgoing, OutgoingClass},
};

use crate::Services;

/// A call of the Bot API that is to be made for a chat.
#[derive(Debug, Clone)]
pub struct Outgoing {
    method: &'static str,
    payload: Value,
    class: OutgoingClass,
    is_repeatable: bool,
}

impl Outgoing {
    /// A text for a chat. `reply_markup` is a keyboard in the Bot API's form.
    pub fn text(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        let payload = with_markup(json!({"chat_id": chat_id, "text": text}), reply_markup);
        Self { method: "sendMessage", payload, class: OutgoingClass::Reply, is_repeatable: false }
    }

    /// A required notice for a chat: sent again when nobody knows whether it arrived.
    pub fn notice(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        Self { class: OutgoingClass::Notice, is_repeatable: true, ..Self::text(chat_id, text, reply_markup) }
    }

    /// A notice that the person wants: rather not at all than twice.
    pub fn wanted(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        Self { class: OutgoingClass::Notice, ..Self::text(chat_id, text, reply_markup) }
    }

    /// Another text in the place of a message of the bot. Without a keyboard the message loses its own.
    pub fn edit(chat_id: ChatId, message_id: i64, text: &str, reply_markup: Option<Value>) -> Self {
        let payload = json!({"chat_id": chat_id, "message_id": message_id, "text": text});
        Self {
            method: "editMessageText",
            payload: with_markup(payload, reply_markup),
            class: OutgoingClass::Reply,
            is_repeatable: true,
        }
    }

    /// The answer to a pressed inline button, which ends its waiting state.
    pub fn callback_answer(callback_query_id: &str) -> Self {
        Self {
            method: "answerCallbackQuery",
            payload: json!({"callback_query_id": callback_query_id}),
            class: OutgoingClass::Reply,
            is_repeatable: false,
        }
    }

    /// The row of a call that no update caused.
    pub(crate) fn into_row(
        self,
        bot_id: BotId,
        chat_id: ChatId,
        now: Timestamp,
        rng: &dyn Rng,
    ) -> NewOutgoing {
        NewOutgoing {
            outgoing_id: OutgoingId::new(now, rng),
            bot_id,
            chat_id,
            user_id: None,
            class: self.class,
            repeatable: self.is_repeatable,
            method: self.method.to_owned(),
            payload: self.payload.to_string(),
            cause: None,
            run_at: now,
            created_at: now,
        }
    }
}

fn with_markup(mut payload: Value, reply_markup: Option<Value>) -> Value {
    if let (Some(markup), Some(fields)) = (reply_markup, payload.as_object_mut()) {
        fields.insert("reply_markup".to_owned(), markup);
    }
    payload
}

/// Writes the rows that an update causes. However often the update is handled, each row is written once.
pub(crate) async fn write(
    services: &Services,
    tx: &mut dyn Transaction,
    bot_id: BotId,
    chat_id: ChatId,
    update_id: domain::UpdateId,
    messages: Vec<Outgoing>,
) -> Result<(), StoreError> {
    let now = services.now();
    let mut rows: Vec<NewOutgoing> = messages
        .into_iter()
        .zip(0..)
        .map(|(message, ordinal)| NewOutgoing {
            cause: Some(Cause { update_id, ordinal }),
            ..message.into_row(bot_id, chat_id, now, services.rng())
        })
        .collect();
    // Ids of one millisecond come in any order, and a chat is sent its rows by id: so they are dealt out in order.
    let mut ids: Vec<OutgoingId> = rows.iter().map(|row| row.outgoing_id).collect();
    ids.sort_unstable();
    for (row, id) in rows.iter_mut().zip(ids) {
        row.outgoing_id = id;
    }
    tx.outbox().add_many(&rows).await
}
