//! Writing outgoing rows.

use domain::{BotId, ChatId, OutgoingId};
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
}

impl Outgoing {
    /// A text for a chat. `reply_markup` is a keyboard in the Bot API's form.
    pub fn text(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        let mut payload = json!({"chat_id": chat_id, "text": text});
        if let (Some(markup), Some(fields)) = (reply_markup, payload.as_object_mut()) {
            fields.insert("reply_markup".to_owned(), markup);
        }
        Self { method: "sendMessage", payload, class: OutgoingClass::Reply }
    }

    /// A text in the place of a message that was sent before. Without a keyboard the message loses its own.
    pub fn edit(chat_id: ChatId, message_id: i64, text: &str, reply_markup: Option<Value>) -> Self {
        let sent = Self::text(chat_id, text, reply_markup);
        let mut payload = sent.payload;
        if let Some(fields) = payload.as_object_mut() {
            fields.insert("message_id".to_owned(), json!(message_id));
        }
        Self { method: "editMessageText", payload, class: OutgoingClass::Reply }
    }

    /// The answer to a pressed inline button, which ends its waiting state.
    pub fn callback_answer(callback_query_id: &str) -> Self {
        Self {
            method: "answerCallbackQuery",
            payload: json!({"callback_query_id": callback_query_id}),
            class: OutgoingClass::Reply,
        }
    }
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
    let rows: Vec<NewOutgoing> = messages
        .into_iter()
        .zip(0..)
        .map(|(message, ordinal)| NewOutgoing {
            outgoing_id: OutgoingId::new(now, services.rng()),
            bot_id,
            chat_id,
            user_id: None,
            class: message.class,
            repeatable: false,
            method: message.method.to_owned(),
            payload: message.payload.to_string(),
            cause: Some(Cause { update_id, ordinal }),
            run_at: now,
            created_at: now,
        })
        .collect();
    tx.outbox().add_many(&rows).await
}
