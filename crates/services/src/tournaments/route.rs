//! Which board a score belongs to, and whether it is taken at all.

use domain::{BoardId, ErrorCode, Timestamp, UserId, tournament::Acceptance};
use storage::{StoreError, Transaction, tournament::TournamentRow, user::User};

use crate::Services;

/// A score on its way to a board.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'run> {
    /// Whose.
    #[expect(dead_code, reason = "tournaments with a condition ask for it")]
    pub(crate) user: &'run User,
    /// The event's time.
    pub(crate) at: Timestamp,
}

/// Where a score goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The board, which is there.
    pub(crate) board_id: BoardId,
    /// How many scores of the player are taken on it; `None`: all.
    pub(crate) attempts_allowed: Option<u64>,
}

/// Why a score is not taken: what its sender is told.
pub(crate) type Refusal = (ErrorCode, &'static str);

/// The board of each score of a tournament, which is held. Boards that a score is the first for are opened.
///
/// # Errors
/// When the database fails.
#[expect(clippy::unused_async, reason = "tournaments with periods and entries ask for them")]
pub(crate) async fn boards_for(
    services: &Services,
    _tx: &mut dyn Transaction,
    row: &TournamentRow,
    wanted: &[Wanted<'_>],
) -> Result<Vec<Result<Destination, Refusal>>, StoreError> {
    let (now, grace_ms) = (services.now(), services.settings().score_grace_ms);
    let board_id = BoardId::plain(&row.tournament.tournament_id);
    let destination = |wanted: &Wanted<'_>| match row.tournament.accepts(wanted.at, now, grace_ms) {
        Acceptance::Counts => Ok(Destination { board_id: board_id.clone(), attempts_allowed: None }),
        Acceptance::OutsideWindow => {
            Err((ErrorCode::TournamentNotRunning, "time is not between the tournament's start and end"))
        }
        Acceptance::TooLate => {
            Err((ErrorCode::TournamentNotRunning, "the tournament ended too long ago to take earlier scores"))
        }
    };
    Ok(wanted.iter().map(destination).collect())
}

/// The boards on which a player of a tournament may have scores, the latest first.
///
/// # Errors
/// When the database fails.
#[expect(clippy::unused_async, reason = "tournaments with periods and entries ask for them")]
pub(crate) async fn boards_of(
    _tx: &mut dyn Transaction,
    row: &TournamentRow,
    _user_id: UserId,
) -> Result<Vec<BoardId>, StoreError> {
    Ok(vec![BoardId::plain(&row.tournament.tournament_id)])
}
