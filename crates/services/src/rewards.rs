//! Rewards: what players are given for places, missions and achievements.
//!
//! ```text
//! offer ──▶ offered ── claim ──▶ granted ──▶ podium.reward.granted, in the same transaction
//! grant ─────────────────────────────▲
//! ```
//! Invariants: one thing is rewarded once, however often it is asked for; a reward that becomes granted writes one event
//! for the platform with that change, under an id that follows from the reward. Podium books nothing itself.

pub mod claim;
pub mod give;
pub mod list;
pub mod revoke;
pub(crate) mod tell;

use domain::{ErrorCode, Reward, RewardState, Timestamp};
use storage::{StoreError, reward::RewardRow};

use crate::identity::AuthError;
pub use crate::rewards::{
    claim::{Claimed, claim, claim_within},
    give::{NewReward, grant, offer},
    list::{list, of_user},
    revoke::revoke,
};

/// A reward can't be shown or given.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// There is no such reward.
    #[error("there is no such reward")]
    Unknown,
    /// It is somebody else's.
    #[error("the reward is somebody else's")]
    Foreign,
    /// It was not claimed in time.
    #[error("the reward was not claimed in time")]
    Expired,
    /// It was taken back.
    #[error("the reward was taken back")]
    Revoked,
    /// The player has no account that the platform could book it to.
    #[error("the player has no account at the platform")]
    NotLinked,
    /// The cursor is not one of ours.
    #[error("the cursor is not valid")]
    Cursor,
    /// The caller is not who they should be.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] StoreError),
}

impl RewardError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown => ErrorCode::RewardUnknown,
            Self::Foreign => ErrorCode::RewardForeign,
            Self::Expired => ErrorCode::RewardExpired,
            Self::Revoked => ErrorCode::RewardRevoked,
            Self::NotLinked => ErrorCode::NotLinked,
            Self::Cursor => ErrorCode::BadRequest,
            Self::Auth(error) => error.code(),
            Self::Store(StoreError::Conflict { .. }) => ErrorCode::Unavailable,
            Self::Store(source) if source.is_temporary() => ErrorCode::Unavailable,
            Self::Store(_) => ErrorCode::Internal,
        }
    }

    /// The label of the metric.
    const fn label(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Foreign => "foreign",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::NotLinked => "not_linked",
            Self::Cursor | Self::Auth(_) | Self::Store(_) => "failed",
        }
    }
}

impl From<StoreError> for RewardError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}

/// Where a reward stands at `now`: an offer ends by time, whether a job has written that down or not.
pub fn state_at(row: &RewardRow, now: Timestamp) -> RewardState {
    match row.state {
        RewardState::Offered if row.expires_at.is_some_and(|end| end <= now) => RewardState::Expired,
        state => state,
    }
}

/// A reward as its player sees it at `now`.
pub fn view(row: RewardRow, now: Timestamp) -> Reward {
    Reward {
        state: state_at(&row, now),
        reward_id: row.reward_id,
        source: row.source,
        source_id: row.source_id,
        what: row.what,
        offered_at: row.offered_at,
        expires_at: row.expires_at,
        granted_at: row.granted_at,
    }
}
