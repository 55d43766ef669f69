//! Signed-in devices. A session is one family of refresh tokens: the one that is good now, and the one before it.

use async_trait::async_trait;
use domain::{SessionId, Timestamp, UserId, session::DeviceKind};

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
    /// On what.
    pub device: DeviceKind,
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
    /// How it was signed in.
    pub method: String,
    /// No refresh is possible after this.
    pub expires_at: Timestamp,
    /// When it was ended, and why (`logout`, `reuse`, …).
    pub ended: Option<(Timestamp, String)>,
}

/// A session that is not over, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    /// Its id.
    pub session_id: SessionId,
    /// How it was signed in.
    pub method: String,
    /// On what.
    pub device: DeviceKind,
    /// When.
    pub created_at: Timestamp,
    /// When it was refreshed last, or signed in.
    pub refreshed_at: Timestamp,
}

/// Somebody who is about to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// Who.
    pub user_id: UserId,
    /// How.
    pub method: &'static str,
    /// On what.
    pub device: DeviceKind,
}

/// What is remembered of a way of signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Familiarity {
    /// The person has no session at all.
    Stranger,
    /// The person has sessions, none of this method on such a device but such as were ended from elsewhere.
    New,
    /// The person has signed in this way before.
    Known,
}

impl Familiarity {
    /// From whether there is any session, and one of the same kind.
    pub const fn of(has_any: bool, has_same: bool) -> Self {
        match (has_any, has_same) {
            (_, true) => Self::Known,
            (true, false) => Self::New,
            (false, false) => Self::Stranger,
        }
    }
}

/// Why a session ended that its own device signed out of: such a device stays familiar.
pub const SIGN_OUT: &str = "sign_out";

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

    /// Up to `limit` sessions of a user that are neither ended nor expired, the one used last first.
    async fn live_of(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<LiveSession>, StoreError>;

    /// Ends all sessions of a user but one. Returns how many.
    async fn end_others(
        &mut self,
        user_id: UserId,
        keep: SessionId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<u64, StoreError>;

    /// How familiar each arrival is, by the sessions that are kept, in their order. A session that was ended by
    /// anything but its own [`SIGN_OUT`] makes nothing familiar.
    async fn recognize(&mut self, arrivals: &[Arrival]) -> Result<Vec<Familiarity>, StoreError>;

    /// Ends all sessions of a user that are not ended yet. Returns how many.
    async fn end_of_user(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<u64, StoreError>;

    /// Gives all sessions of a user to another.
    async fn give_all(&mut self, from: UserId, to: UserId) -> Result<(), StoreError>;

    /// Removes up to `limit` sessions that ended or expired before `before`. Returns how many.
    async fn remove_over(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
