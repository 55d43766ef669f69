//! Signed-in devices. A session is one family of refresh tokens: the one that is good now, and the one before it.

use async_trait::async_trait;
use domain::{SessionId, Timestamp, UserId};

use crate::error::StoreError;

/// SHA-256 of a refresh token: tokens themselves are never stored.
pub type TokenHash = [u8; 32];

/// A session to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Its id, which every token of it carries.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The hash of its first refresh token.
    pub refresh_hash: TokenHash,
    /// How it was signed in, e.g. `init_data`.
    pub method: &'static str,
    /// When.
    pub created_at: Timestamp,
    /// No refresh is possible after this.
    pub expires_at: Timestamp,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The hash of the refresh token that is good now.
    pub refresh_hash: TokenHash,
    /// The hash of the one before it: good while its successor is unused, so that a lost answer loses no session.
    pub previous_hash: Option<TokenHash>,
    /// No refresh is possible after this.
    pub expires_at: Timestamp,
    /// When it was ended, and why (`logout`, `reuse`, …).
    pub ended: Option<(Timestamp, String)>,
}

/// Access to sessions.
#[async_trait]
pub trait SessionRepository: Send {
    /// Stores sessions in one statement.
    async fn add_many(&mut self, sessions: &[NewSession]) -> Result<(), StoreError>;

    /// The session with an id, locked until the transaction ends, so that two refreshes can't both win.
    async fn lock(&mut self, session_id: SessionId) -> Result<Option<Session>, StoreError>;

    /// The session with an id.
    async fn by_id(&mut self, session_id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Sets the two hashes and the expiry after a refresh.
    async fn rotate(
        &mut self,
        session_id: SessionId,
        refresh_hash: TokenHash,
        previous_hash: TokenHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Ends a session. Returns `false` when it was ended already or never was.
    async fn end(
        &mut self,
        session_id: SessionId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError>;

    /// Ends all sessions of a user that are not ended yet. Returns how many.
    async fn end_of_user(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<u64, StoreError>;

    /// Removes up to `limit` sessions that ended or expired before `before`. Returns how many.
    async fn remove_over(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
