//! Boards: reading them, keeping the rank index in step with SQL, and telling viewers what has changed.
//!
//! ```text
//! scores committed ──▶ index applied ──▶ signal ──▶ live frame (at most one each 250 ms) ──▶ viewers
//! ```
//! SQL is the truth. The index answers when it reflects a version of SQL; else SQL answers. Who may see which board is
//! decided in [`sight`] alone.

pub mod alias;
pub(crate) mod chain;
mod cursor;
pub mod index;
pub mod keep;
pub mod live;
pub mod live_many;
pub mod lobby;
pub mod names;
pub mod read;
pub mod recompute;
pub mod sight;
pub mod standing;

use bus::BusError;
use domain::ErrorCode;
use storage::StoreError;

pub use crate::boards::{
    lobby::{lobby, tournament_page, tournaments},
    read::{BoardQuery, PageBetween, WindowQuery, page, page_between},
    sight::{SeenBoard, Wanted},
};

/// A board can't be shown.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// There is no such tournament, or no such board of it.
    #[error("there is no such board")]
    Unknown,
    /// The cursor is not one of ours.
    #[error("the cursor is not valid")]
    Cursor,
    /// Only a signed-in player has a place of their own.
    #[error("a place of one's own needs a sign-in")]
    NotSignedIn,
    /// The database failed.
    #[error("the database failed while {doing}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The rank index failed.
    #[error("the rank index failed")]
    Index(#[source] BusError),
}

impl BoardError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown => ErrorCode::TournamentUnknown,
            Self::Cursor => ErrorCode::BadRequest,
            Self::NotSignedIn => ErrorCode::Unauthorized,
            Self::Store { source, .. } if source.is_temporary() => ErrorCode::Unavailable,
            Self::Index(_) => ErrorCode::Unavailable,
            Self::Store { .. } => ErrorCode::Internal,
        }
    }

    fn store(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |source| Self::Store { doing, source }
    }
}
