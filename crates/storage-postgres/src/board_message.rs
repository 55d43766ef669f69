//! Boards in chats that keep themselves up to date.

use async_trait::async_trait;
use domain::{BotId, ChatId, OutgoingId, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    BoardMessageRepository, StoreError,
    board_message::{BoardMessage, BoardMessageLimits, LastSend, NewBoardMessage},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

const TABLE: &str = "board_messages";

pub(crate) struct BoardMessages<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    chat_id: i64,
    tournament_id: String,
    user_id: Option<Uuid>,
    locale: String,
    message_id: Option<i64>,
    outgoing_id: Uuid,
    shown: Vec<u8>,
    expires_at: i64,
    sent_id: Option<i64>,
    state: Option<String>,
}

impl Row {
    fn into_message(self, bot_id: BotId) -> Result<BoardMessage, StoreError> {
        let last_send = match self.state.as_deref() {
            Some("sent") => LastSend::Sent,
            Some("blocked" | "failed") => LastSend::Refused,
            _ => LastSend::Unknown,
        };
        Ok(BoardMessage {
            bot_id,
            chat_id: ChatId(self.chat_id),
            tournament_id: stored::parse(self.tournament_id, TABLE, "tournament_id")?,
            user_id: self.user_id.map(UserId::from_uuid),
            locale: stored::locale(&self.locale, TABLE, "locale")?,
            message_id: self.message_id.or(self.sent_id),
            outgoing_id: OutgoingId::from_uuid(self.outgoing_id),
            last_send,
            shown: stored::token_hash(self.shown, TABLE, "shown")?,
            expires_at: Timestamp::from_millis(self.expires_at),
        })
    }
}

impl BoardMessages<'_> {
    /// Lets the oldest messages expire that are too many.
    async fn trim(
        &mut self,
        message: &NewBoardMessage,
        limits: BoardMessageLimits,
    ) -> Result<(), StoreError> {
        for (is_in_chat, limit) in [(true, limits.in_chat), (false, limits.in_all)] {
            sqlx::query(
                "UPDATE board_messages
                 SET expires_at = $3, look_at = $3
                 WHERE expires_at > $3 AND (bot_id, chat_id, tournament_id) IN (
                   SELECT bot_id, chat_id, tournament_id
                   FROM board_messages
                   WHERE bot_id = $1 AND (chat_id = $2 OR NOT $5) AND expires_at > $3
                   ORDER BY created_at DESC, chat_id, tournament_id
                   OFFSET $4
                 )",
            )
            .bind(message.bot_id.0)
            .bind(message.chat_id.0)
            .bind(message.created_at.as_millis())
            .bind(i64::from(limit))
            .bind(is_in_chat)
            .execute(&mut *self.connection)
            .await
            .at("board_messages.put")?;
        }
        Ok(())
    }
}

#[async_trait]
impl BoardMessageRepository for BoardMessages<'_> {
    async fn put(
        &mut self,
        message: &NewBoardMessage,
        limits: BoardMessageLimits,
    ) -> Result<Option<i64>, StoreError> {
        const OPERATION: &str = "board_messages.put";
        let before: Option<Option<i64>> = sqlx::query_scalar(
            "SELECT COALESCE(board_messages.message_id, sent.message_id)
             FROM board_messages
             LEFT JOIN outgoing_messages AS sent ON sent.outgoing_id = board_messages.outgoing_id
             WHERE board_messages.bot_id = $1 AND board_messages.chat_id = $2 AND board_messages.tournament_id = $3",
        )
        .bind(message.bot_id.0)
        .bind(message.chat_id.0)
        .bind(message.tournament_id.as_str())
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        sqlx::query(
            "INSERT INTO board_messages
               (bot_id, chat_id, tournament_id, user_id, locale, message_id, outgoing_id, shown, look_at, created_at,
                expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (bot_id, chat_id, tournament_id) DO UPDATE
             SET user_id = excluded.user_id, locale = excluded.locale, message_id = excluded.message_id,
               outgoing_id = excluded.outgoing_id, shown = excluded.shown, look_at = excluded.look_at,
               created_at = excluded.created_at, expires_at = excluded.expires_at",
        )
        .bind(message.bot_id.0)
        .bind(message.chat_id.0)
        .bind(message.tournament_id.as_str())
        .bind(message.user_id.map(UserId::as_uuid))
        .bind(message.locale.tag())
        .bind(message.message_id)
        .bind(message.outgoing_id.as_uuid())
        .bind(message.shown.as_slice())
        .bind(message.look_at.as_millis())
        .bind(message.created_at.as_millis())
        .bind(message.expires_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        self.trim(message, limits).await?;
        Ok(before.flatten().filter(|before| message.message_id != Some(*before)))
    }

    async fn claim_due(
        &mut self,
        bot_id: BotId,
        now: Timestamp,
        quiet_since: Timestamp,
        look_again_at: Timestamp,
        limit: u32,
    ) -> Result<Vec<BoardMessage>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "WITH due AS (
               SELECT bot_id, chat_id, tournament_id
               FROM board_messages AS candidate
               WHERE bot_id = $1 AND look_at <= $2
                 AND NOT EXISTS (
                   SELECT 1
                   FROM outgoing_messages AS last
                   WHERE last.outgoing_id = candidate.outgoing_id
                     AND (last.finished_at IS NULL OR last.finished_at > $4)
                 )
               ORDER BY look_at, chat_id, tournament_id
               LIMIT $5
               FOR UPDATE SKIP LOCKED
             )
             UPDATE board_messages AS claimed
             SET look_at = $3
             FROM due
             WHERE claimed.bot_id = due.bot_id AND claimed.chat_id = due.chat_id
               AND claimed.tournament_id = due.tournament_id
             RETURNING claimed.chat_id, claimed.tournament_id, claimed.user_id, claimed.locale, claimed.message_id,
               claimed.outgoing_id, claimed.shown, claimed.expires_at,
               (SELECT last.message_id FROM outgoing_messages AS last
                WHERE last.outgoing_id = claimed.outgoing_id) AS sent_id,
               (SELECT last.state FROM outgoing_messages AS last
                WHERE last.outgoing_id = claimed.outgoing_id) AS state",
        )
        .bind(bot_id.0)
        .bind(now.as_millis())
        .bind(look_again_at.as_millis())
        .bind(quiet_since.as_millis())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("board_messages.claim_due")?;
        rows.into_iter().map(|row| row.into_message(bot_id)).collect()
    }

    async fn edited(
        &mut self,
        message: &BoardMessage,
        outgoing_id: OutgoingId,
        shown: [u8; 32],
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE board_messages
             SET outgoing_id = $5, shown = $6, message_id = $7
             WHERE bot_id = $1 AND chat_id = $2 AND tournament_id = $3 AND outgoing_id = $4",
        )
        .bind(message.bot_id.0)
        .bind(message.chat_id.0)
        .bind(message.tournament_id.as_str())
        .bind(message.outgoing_id.as_uuid())
        .bind(outgoing_id.as_uuid())
        .bind(shown.as_slice())
        .bind(message.message_id)
        .execute(&mut *self.connection)
        .await
        .at("board_messages.edited")?;
        Ok(result.rows_affected() == 1)
    }

    async fn remove(&mut self, message: &BoardMessage) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "DELETE FROM board_messages
             WHERE bot_id = $1 AND chat_id = $2 AND tournament_id = $3 AND outgoing_id = $4",
        )
        .bind(message.bot_id.0)
        .bind(message.chat_id.0)
        .bind(message.tournament_id.as_str())
        .bind(message.outgoing_id.as_uuid())
        .execute(&mut *self.connection)
        .await
        .at("board_messages.remove")?;
        Ok(result.rows_affected() == 1)
    }
}
