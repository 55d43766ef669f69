//! Dialogue states.

use async_trait::async_trait;
use domain::{BotId, ChatId, Timestamp};
use storage::{DialogueRepository, StoreError, dialogue::StoredDialogue};

use crate::{connection::Connection, error::At};

pub(crate) struct Dialogues<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[async_trait]
impl DialogueRepository for Dialogues<'_> {
    async fn get(&mut self, bot_id: BotId, chat_id: ChatId) -> Result<Option<StoredDialogue>, StoreError> {
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT state, updated_at FROM dialogues WHERE bot_id = $1 AND chat_id = $2")
                .bind(bot_id.0)
                .bind(chat_id.0)
                .fetch_optional(&mut *self.connection)
                .await
                .at("dialogues.get")?;
        Ok(row.map(|(state, updated_at)| StoredDialogue {
            state,
            updated_at: Timestamp::from_millis(updated_at),
        }))
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

    async fn remove_idle(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM dialogues
             WHERE (bot_id, chat_id) IN (
               SELECT bot_id, chat_id
               FROM dialogues
               WHERE updated_at < $1
               ORDER BY updated_at, bot_id, chat_id
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("dialogues.remove_idle")?;
        Ok(result.rows_affected())
    }
}
