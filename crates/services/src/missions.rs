//! Missions: what players can do, how far they are, and what they are rewarded with.
//!
//! ```text
//! platform.activity ──▶ log + progress + rewards offered ──▶ commit ──▶ hint ──▶ open pages
//!                       (one transaction, a few statements a batch)
//! list ──▶ cards as of now: days and weeks roll over by time, no job has to come first
//! claim ──▶ rewards of the mission are granted ──▶ podium.reward.granted
//! ```
//! Invariants: an activity counts once; a period is rewarded once; only its owner changes a mission; a mission that is
//! locked for a player when an activity is applied does not count it; a reward that is offered can be claimed until its
//! time is over, however long ago its period or its mission was.

pub(crate) mod apply;
pub(crate) mod book;
pub mod calendar;
mod card;
pub mod claim;
pub mod dry_run;
pub mod explain;
pub mod list;
pub mod live;
mod offers;
pub mod save;

use domain::{ErrorCode, mission::MissionInvalid};
use storage::StoreError;

pub use crate::missions::{
    claim::claim,
    list::{all, list, one},
    save::{read, save, set_stopped},
};
use crate::{identity::AuthError, rewards::RewardError};

/// For so many days what players did is kept, and so long a mission can be tried on it.
pub const ACTIVITIES_KEPT_DAYS: u32 = 90;

/// What was asked for about missions can't be done.
#[derive(Debug, thiserror::Error)]
pub enum MissionError {
    /// There is no such mission.
    #[error("there is no such mission")]
    Unknown,
    /// It is not done.
    #[error("the mission is not done")]
    NotDone,
    /// It is not open to the player.
    #[error("the mission is not open to the player")]
    Locked,
    /// It is over, or the time to claim it.
    #[error("it is too late for the mission")]
    Over,
    /// Another owner has written it.
    #[error("the mission belongs to another owner")]
    OwnedElsewhere,
    /// It can't be saved: a field and what is wrong with it.
    #[error("the mission can't be saved")]
    Invalid(#[source] InvalidField),
    /// A reward can't be granted.
    #[error("a reward of the mission can't be granted")]
    Reward(#[source] RewardError),
    /// The caller is not who they should be.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] StoreError),
}

/// A field of a mission and what is wrong with it; nothing of its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidField(pub String);

impl From<MissionInvalid> for InvalidField {
    fn from(invalid: MissionInvalid) -> Self {
        Self(invalid.to_string())
    }
}

impl From<MissionInvalid> for MissionError {
    fn from(invalid: MissionInvalid) -> Self {
        Self::Invalid(invalid.into())
    }
}

impl MissionError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown => ErrorCode::MissionUnknown,
            Self::NotDone => ErrorCode::MissionNotDone,
            Self::Locked => ErrorCode::MissionLocked,
            Self::Over => ErrorCode::MissionOver,
            Self::OwnedElsewhere => ErrorCode::OwnedElsewhere,
            Self::Invalid(_) => ErrorCode::EventDataInvalid,
            Self::Reward(error) => error.code(),
            Self::Auth(error) => error.code(),
            Self::Store(StoreError::Conflict { .. }) => ErrorCode::Unavailable,
            Self::Store(source) if source.is_temporary() => ErrorCode::Unavailable,
            Self::Store(_) => ErrorCode::Internal,
        }
    }
}

impl From<StoreError> for MissionError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}

impl From<RewardError> for MissionError {
    fn from(error: RewardError) -> Self {
        match error {
            RewardError::Auth(error) => Self::Auth(error),
            RewardError::Store(source) => Self::Store(source),
            other => Self::Reward(other),
        }
    }
}
