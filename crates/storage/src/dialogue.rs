//! Where each chat's dialogue stands: a finite state machine per chat, kept here so that any worker can go on.

use async_trait::async_trait;
use domain::{BotId, ChatId, Timestamp};

use crate::error::StoreError;

/// Access to dialogue states.
#[async_trait]
pub trait DialogueRepository: Send {
    /// The state of a chat, as the JSON that was stored.
    async fn get(&mut self, bot_id: BotId, chat_id: ChatId) -> Result<Option<String>, StoreError>;

    /// Stores the state of a chat.
    async fn put(
        &mut self,
        bot_id: BotId,
        chat_id: ChatId,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
