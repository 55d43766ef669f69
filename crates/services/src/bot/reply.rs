//! A text with a keyboard.

use domain::ChatId;
use serde::Serialize;
use serde_json::Value;

use crate::{bot::board_message::Living, outbox::Outgoing};

/// What a chat is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    text: String,
    keyboard: Option<Value>,
    living: Option<Box<Living>>,
}

impl Reply {
    /// A bare text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), keyboard: None, living: None }
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

    /// The text as a message that keeps itself up to date.
    #[must_use]
    pub(crate) fn living(mut self, living: Living) -> Self {
        self.living = Some(Box::new(living));
        self
    }

    /// The call that puts it in the place of a result of inline mode.
    pub(crate) fn into_inline_edit(self, inline_message_id: &str) -> Outgoing {
        Outgoing::inline_edit(inline_message_id, &self.text, self.keyboard)
    }

    /// The call that puts it in the place of a message that was sent before.
    pub fn into_edit(self, chat_id: ChatId, message_id: i64) -> Outgoing {
        Outgoing::edit(chat_id, message_id, &self.text, self.keyboard).living(self.living)
    }

    /// The call that sends it.
    pub fn into_outgoing(self, chat_id: ChatId) -> Outgoing {
        Outgoing::text(chat_id, &self.text, self.keyboard).living(self.living)
    }
}
