//! A text with a keyboard.

use domain::ChatId;
use serde::Serialize;
use serde_json::Value;

use crate::outbox::Outgoing;

/// What a chat is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    text: String,
    keyboard: Option<Value>,
}

impl Reply {
    /// A bare text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), keyboard: None }
    }

    /// The text with a keyboard. A keyboard that could not be made is left out: a text without buttons is better than
    /// silence.
    #[must_use]
    pub fn with<K: Serialize, E: std::error::Error + 'static>(mut self, keyboard: Result<K, E>) -> Self {
        match keyboard {
            Ok(keyboard) => self.keyboard = serde_json::to_value(keyboard).ok(),
            Err(error) => {
                tracing::error!(error = %domain::ErrorChain(&error), "a keyboard could not be made");
            }
        }
        self
    }

    /// The call that puts it in the place of an earlier message.
    pub fn into_edit(self, chat_id: ChatId, message_id: i64) -> Outgoing {
        Outgoing::edit(chat_id, message_id, &self.text, self.keyboard)
    }

    /// The call that sends it.
    pub fn into_outgoing(self, chat_id: ChatId) -> Outgoing {
        Outgoing::text(chat_id, &self.text, self.keyboard)
    }
}
