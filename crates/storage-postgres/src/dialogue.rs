//! Dialogue states.

use async_trait::async_trait;
use domain::{BotId, ChatId, Timestamp};
use sqlx::PgConnection;
use storage::{DialogueRepository, StoreError};

use crate::error::At;

pub(crate) struct Dialogues<'t> {
    pub(crate) connection: &'t mut PgConnection,
}

#[async_trait]
impl DialogueRepository for Dialogues<'_> {
    async fn get(&mut self, bot_id: BotId, chat_id: ChatId) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT state FROM dialogues WHERE bot_id = $1 AND chat_id = $2")
            .bind(bot_id.0)
            .bind(chat_id.0)
            .fetch_optional(&mut *self.connection)
            .await
            .at("dialogues.get")
    }

    async fn put(
        &mut self,
        bot_id: BotId,
        chat_id: ChatId,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO dialogues (bot_id, chat_id, state, updated_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (bot_id, chat_id) DO UPDATE
             SET state = excluded.state, updated_at = excluded.updated_at",
        )
        .bind(bot_id.0)
        .bind(chat_id.0)
        .bind(state)
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("dialogues.put")?;
        Ok(())
    }
}
