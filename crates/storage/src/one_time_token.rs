//! One-time tokens.
//!
//! ```text
//!           bind (first sight)          spend, with what it does
//! pending ─────────────────────▶ bound ──────────────────────────▶ spent
//!    └────────── time, or void ────┴──▶ expired
//! ```
//! A token is found by its hash alone; the token itself is nowhere. Whoever shows it first is bound to it, so that a
//! link that was passed on is worth nothing to the next.

use async_trait::async_trait;
use domain::{ChatId, PlatformUserId, TelegramUserId, Timestamp, TokenAction, TokenId, UserId};

use crate::{error::StoreError, session::TokenHash};

/// A call that asked for a token: the same call gets the same token again.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// What makes the call unique.
    pub key: String,
    /// SHA-256 of what was asked.
    pub hash: [u8; 32],
    /// The token, sealed by a key that is not in the database; forgotten when the token is spent.
    pub sealed_token: Vec<u8>,
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenRequest(…)")
    }
}

/// A token to store.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOneTimeToken {
    /// Its id.
    pub token_id: TokenId,
    /// The hash by which it is found.
    pub token_hash: TokenHash,
    /// What it does.
    pub action: TokenAction,
    /// What with, as a JSON object.
    pub payload: String,
    /// The platform's user that it was made for.
    pub platform_user_id: Option<PlatformUserId>,
    /// The person at Telegram that it was made for.
    pub telegram_user_id: Option<TelegramUserId>,
    /// The call that asked for it.
    pub request: Option<TokenRequest>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for NewOneTimeToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewOneTimeToken")
            .field("token_id", &self.token_id)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A stored token.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// Its id.
    pub token_id: TokenId,
    /// What it does.
    pub action: TokenAction,
    /// What with, as the JSON that was stored.
    pub payload: String,
    /// The platform's user that it was made for.
    pub platform_user_id: Option<PlatformUserId>,
    /// The person at Telegram that it was made for, or who showed it first.
    pub telegram_user_id: Option<TelegramUserId>,
    /// The chat in which it was shown first.
    pub chat_id: Option<ChatId>,
    /// The call that asked for it, as long as its answer may be given again.
    pub request: Option<TokenRequest>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was spent, and by whom.
    pub spent: Option<(Timestamp, UserId)>,
}

impl std::fmt::Debug for OneTimeToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OneTimeToken")
            .field("token_id", &self.token_id)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A person, by all that a token can know them by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenOwner<'a> {
    /// Who spends.
    pub user_id: UserId,
    /// For whom at Telegram a token was made, or who showed it.
    pub telegram_user_id: Option<TelegramUserId>,
    /// For which account it was made.
    pub platform_user_id: Option<&'a PlatformUserId>,
}

/// Access to one-time tokens.
#[async_trait]
pub trait OneTimeTokenRepository: Send {
    /// Stores a token. A call that has asked before is a [`StoreError::Conflict`].
    async fn add(&mut self, token: &NewOneTimeToken) -> Result<(), StoreError>;

    /// The token with an id.
    async fn by_id(&mut self, token_id: TokenId) -> Result<Option<OneTimeToken>, StoreError>;

    /// Up to `limit` tokens that were made for a person, shown by them, or spent by them, the newest first.
    async fn of_person(&mut self, owner: TokenOwner<'_>, limit: u32)
    -> Result<Vec<OneTimeToken>, StoreError>;

    /// The token that a call asked for.
    async fn by_request(&mut self, request_key: &str) -> Result<Option<OneTimeToken>, StoreError>;

    /// The token with an id, locked until the transaction ends, so that of two uses one wins.
    async fn lock(&mut self, token_id: TokenId) -> Result<Option<OneTimeToken>, StoreError>;

    /// The token with a hash, locked likewise.
    async fn lock_by_hash(&mut self, token_hash: TokenHash) -> Result<Option<OneTimeToken>, StoreError>;

    /// Binds a token to who shows it first, and where. A token that is bound to this person already may become bound
    /// to a chat; one that is bound to another is a [`StoreError::Conflict`].
    async fn bind(
        &mut self,
        token_id: TokenId,
        telegram_user_id: TelegramUserId,
        chat_id: Option<ChatId>,
    ) -> Result<(), StoreError>;

    /// Spends a token. Returns `false`, changing nothing, when it was spent before.
    async fn spend(&mut self, token_id: TokenId, by: UserId, now: Timestamp) -> Result<bool, StoreError>;

    /// Ends a token that was not spent, so that it is expired from `now` on.
    async fn void(&mut self, token_id: TokenId, now: Timestamp) -> Result<(), StoreError>;

    /// Removes up to `limit` tokens whose time was over before `before`, spent or not. Returns how many.
    async fn remove_expired(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
