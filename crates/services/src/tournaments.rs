//! Tournaments: what they are, who takes part, and how they come to their end.
//!
//! ```text
//! definition (platform, console) ──▶ clock, a durable job ──▶ states, periods, reminders
//!                                                   └────▶ finish, a job a board ──▶ results + hash
//!                                                                                     ├──▶ prizes ──▶ rewards
//!                                                                                     └──▶ notices
//! ```
//! Invariants: whoever changes a tournament locks its row first; a definition, its jobs and what it causes are written in
//! one transaction; what readers see and whether a score counts follows from the rows *and* the clock, so that a late job
//! shows and takes nothing wrong; a board becomes final once, and its winners get one reward each.

pub mod attempts;
pub mod clock;
pub mod command;
pub mod definition;
pub mod details;
pub mod exclude;
pub mod finish;
pub mod hash;
pub mod history;
pub mod join;
pub mod list;
pub mod mine;
pub(crate) mod notice;
pub mod overtaken;
pub(crate) mod periods;
pub(crate) mod place;
pub mod prizes;
pub mod recompute;
pub mod reminder;
pub mod results;
pub(crate) mod route;
pub mod samples;
pub mod scores;
pub mod slices;

use domain::{ErrorCode, condition, tournament::lifecycle::Illegal};
use storage::StoreError;

use crate::identity::AuthError;

/// Something can't be done with a tournament.
#[derive(Debug, thiserror::Error)]
pub enum TournamentError {
    /// There is no such tournament, or none that the caller may see.
    #[error("there is no such tournament")]
    Unknown,
    /// It is too early or too late for it, or the tournament does not take place.
    #[error("the tournament is not open for this")]
    Closed,
    /// Its state does not allow it.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// It has no place left.
    #[error("the tournament has no place left")]
    Full,
    /// The player does not fulfill its condition.
    #[error("the player does not fulfill the condition")]
    NotEligible(#[source] condition::Refusal),
    /// The player is excluded.
    #[error("the player is excluded")]
    Disqualified,
    /// The player has entered as often as they may.
    #[error("the player has no entry left")]
    EntriesUsed,
    /// There is no such player.
    #[error("there is no such player")]
    PlayerUnknown,
    /// What was asked for is not what the call takes.
    #[error("{0}")]
    Malformed(&'static str),
    /// The cursor is not one of ours.
    #[error("the cursor is not valid")]
    Cursor,
    /// The caller is not who they should be, or too fast.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] StoreError),
}

impl TournamentError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown => ErrorCode::TournamentUnknown,
            Self::Closed | Self::Illegal(_) => ErrorCode::TournamentClosed,
            Self::Full => ErrorCode::TournamentFull,
            Self::NotEligible(_) | Self::Disqualified => ErrorCode::NotEligible,
            Self::EntriesUsed => ErrorCode::AttemptsUsed,
            Self::PlayerUnknown => ErrorCode::PlayerUnknown,
            Self::Malformed(_) | Self::Cursor => ErrorCode::BadRequest,
            Self::Auth(error) => error.code(),
            // Somebody else was faster; whoever comes again sees what they did.
            Self::Store(StoreError::Conflict { .. }) => ErrorCode::Unavailable,
            Self::Store(source) if source.is_temporary() => ErrorCode::Unavailable,
            Self::Store(_) => ErrorCode::Internal,
        }
    }
}

impl From<StoreError> for TournamentError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}

/// A state that the stored rows contradict: no caller can do anything about it.
pub(crate) const fn inconsistent(column: &'static str) -> StoreError {
    StoreError::Inconsistent { table: "tournaments", column }
}
