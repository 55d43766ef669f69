//! Where each chat's dialogue stands: a finite state machine per chat, kept here so that any worker can go on.

use async_trait::async_trait;
use domain::{BotId, ChatId, Timestamp};

use crate::error::StoreError;

/// A chat's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDialogue {
    /// The state, as the JSON that was stored.
    pub state: String,
    /// When it was stored last.
    pub updated_at: Timestamp,
}

/// Access to dialogue states.
#[async_trait]
pub trait DialogueRepository: Send {
    /// The state of a chat.
    async fn get(&mut self, bot_id: BotId, chat_id: ChatId) -> Result<Option<StoredDialogue>, StoreError>;

    /// Stores the state of a chat.
    async fn put(
        &mut self,
        bot_id: BotId,
        chat_id: ChatId,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Removes up to `limit` dialogues that were stored last before `before`, the longest ago first. Returns how many.
    async fn remove_idle(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
