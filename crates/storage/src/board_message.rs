//! Boards in chats that keep themselves up to date.
//!
//! A row says which message shows the board of a tournament in a chat, at most one a tournament. Who keeps it up claims
//! it, reads the board, and writes an edit as a row of the outbox. While that row is open, and for a while after it ended,
//! the message is not claimed again: so there is never more than one edit of a message under way, and none comes sooner
//! than it may.

use async_trait::async_trait;
use domain::{BotId, ChatId, Locale, OutgoingId, Timestamp, TournamentId, UserId};

use crate::error::StoreError;

/// A board that is posted to a chat now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBoardMessage {
    /// The bot that keeps it up.
    pub bot_id: BotId,
    /// Where.
    pub chat_id: ChatId,
    /// Whose board.
    pub tournament_id: TournamentId,
    /// Whose own place it shows.
    pub user_id: Option<UserId>,
    /// In which language.
    pub locale: Locale,
    /// Telegram's number of the message, when it is there already and shows a board again.
    pub message_id: Option<i64>,
    /// The row of the outbox that sends or changes it.
    pub outgoing_id: OutgoingId,
    /// SHA-256 of what it shows.
    pub shown: [u8; 32],
    /// When it is looked at first.
    pub look_at: Timestamp,
    /// Now.
    pub created_at: Timestamp,
    /// When it stops keeping up.
    pub expires_at: Timestamp,
}

/// How many messages keep themselves up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardMessageLimits {
    /// In one chat.
    pub in_chat: u32,
    /// In all.
    pub in_all: u32,
}

/// Where the sending of a message, or of its last edit, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastSend {
    /// Telegram has it.
    Sent,
    /// Telegram does not take it: the chat is closed to the bot, or the message is gone.
    Refused,
    /// Nobody knows any more.
    Unknown,
}

/// A board in a chat, claimed to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardMessage {
    /// The bot that keeps it up.
    pub bot_id: BotId,
    /// Where.
    pub chat_id: ChatId,
    /// Whose board.
    pub tournament_id: TournamentId,
    /// Whose own place it shows.
    pub user_id: Option<UserId>,
    /// In which language.
    pub locale: Locale,
    /// Telegram's number of the message, as far as it is known.
    pub message_id: Option<i64>,
    /// The row of the outbox that sent it, or changed it last.
    pub outgoing_id: OutgoingId,
    /// What became of that row.
    pub last_send: LastSend,
    /// SHA-256 of what it shows.
    pub shown: [u8; 32],
    /// When it stops keeping up.
    pub expires_at: Timestamp,
}

/// Access to boards in chats.
#[async_trait]
pub trait BoardMessageRepository: Send {
    /// Stores a message in the place of the one that its chat had for the tournament, and returns Telegram's number of
    /// that one if it is another message. Where there are more than `limits` then, the oldest ones expire at
    /// `created_at`: who keeps them up changes them a last time.
    async fn put(
        &mut self,
        message: &NewBoardMessage,
        limits: BoardMessageLimits,
    ) -> Result<Option<i64>, StoreError>;

    /// Claims up to `limit` messages that are due, those that are due the longest first, and has them looked at again at
    /// `look_again_at`. None whose last row in the outbox is open, or ended behind `quiet_since`.
    async fn claim_due(
        &mut self,
        bot_id: BotId,
        now: Timestamp,
        quiet_since: Timestamp,
        look_again_at: Timestamp,
        limit: u32,
    ) -> Result<Vec<BoardMessage>, StoreError>;

    /// Notes that a claimed message is changed by the row `outgoing_id` and then shows `shown`. Returns `false`, changing
    /// nothing, when another message has taken its place.
    async fn edited(
        &mut self,
        message: &BoardMessage,
        outgoing_id: OutgoingId,
        shown: [u8; 32],
    ) -> Result<bool, StoreError>;

    /// Has a claimed message no longer kept up. Returns `false` when another message has taken its place.
    async fn remove(&mut self, message: &BoardMessage) -> Result<bool, StoreError>;
}
