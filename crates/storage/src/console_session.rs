//! Sessions of the console: what a cookie stands for.

use async_trait::async_trait;
use domain::{OperatorId, SessionId, Timestamp};

use crate::{error::StoreError, session::TokenHash};

/// A session of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSession {
    /// The hash of what the cookie holds.
    pub token_hash: TokenHash,
    /// Whose.
    pub operator_id: OperatorId,
    /// The session of Podium that it was opened by; it ends with it.
    pub session_id: SessionId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// Over at this time, however much it is used.
    pub expires_at: Timestamp,
    /// When the second factor was shown.
    pub second_factor_at: Option<Timestamp>,
}

/// Access to sessions of the console. What ends is removed; the audit log remembers it.
#[async_trait]
pub trait ConsoleSessionRepository: Send {
    /// Stores a session.
    async fn add(&mut self, session: &ConsoleSession) -> Result<(), StoreError>;

    /// The session with a hash.
    async fn by_hash(&mut self, token_hash: TokenHash) -> Result<Option<ConsoleSession>, StoreError>;

    /// Says that a session was used. Nothing happens when it is gone.
    async fn touch(&mut self, token_hash: TokenHash, now: Timestamp) -> Result<(), StoreError>;

    /// Removes a session. Returns `false` when it was gone.
    async fn remove(&mut self, token_hash: TokenHash) -> Result<bool, StoreError>;

    /// Removes all sessions of an operator. Returns how many.
    async fn remove_of(&mut self, operator_id: OperatorId) -> Result<u64, StoreError>;

    /// Removes up to `limit` sessions that expired before `before`. Returns how many.
    async fn remove_expired(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
