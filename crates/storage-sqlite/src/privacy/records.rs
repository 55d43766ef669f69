//! Records of a person for their export: sessions and dialogues.

use domain::{Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    StoreError,
    privacy::{DialogueRecord, SessionRecord},
    stored,
};

use super::{Keys, Privacy};
use crate::error::At;

const OPERATION: &str = "privacy.records";

#[derive(FromRow)]
struct SessionRow {
    method: String,
    device: String,
    created_at: i64,
    refreshed_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    end_reason: Option<String>,
}

impl TryFrom<SessionRow> for SessionRecord {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            method: row.method,
            device: stored::device(&row.device, "sessions", "device")?,
            created_at: Timestamp::from_millis(row.created_at),
            refreshed_at: Timestamp::from_millis(row.refreshed_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            ended: row.ended_at.map(Timestamp::from_millis).zip(row.end_reason),
        })
    }
}

impl Privacy<'_> {
    /// The sessions of a user, the newest first.
    pub(super) async fn sessions(
        &mut self,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT method, device, created_at, refreshed_at, expires_at, ended_at, end_reason
             FROM sessions
             WHERE user_id = $1
             ORDER BY created_at DESC, session_id DESC
             LIMIT $2",
        )
        .bind(user_id.as_uuid())
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(SessionRecord::try_from).collect()
    }

    /// The dialogues of a person's chats, the one that was stored last first.
    pub(super) async fn dialogues(
        &mut self,
        keys: &Keys,
        limit: u32,
    ) -> Result<Vec<DialogueRecord>, StoreError> {
        let [chat, person] = keys.chats();
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, updated_at
             FROM dialogues
             WHERE chat_id IN ($1, $2)
             ORDER BY updated_at DESC, bot_id, chat_id
             LIMIT $3",
        )
        .bind(chat)
        .bind(person)
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let record =
            |(state, updated_at)| DialogueRecord { state, updated_at: Timestamp::from_millis(updated_at) };
        Ok(rows.into_iter().map(record).collect())
    }
}
