//! Attempts beyond those of an entry: the platform gives them, e.g. because a player has bought some.

use domain::{TournamentId, UserId};
use storage::Transaction;

use crate::{
    Services,
    tournaments::{TournamentError, command::lock, inconsistent},
};

/// The most attempts that one event gives.
pub const ATTEMPTS_MAX: u32 = 100_000;

/// Gives a player more attempts in the period that is played, or comes first; also one who has not entered yet.
///
/// # Errors
/// [`TournamentError::Closed`] when the tournament is over; [`TournamentError::Disqualified`] when the player is
/// excluded; [`TournamentError::Malformed`] for a number out of bounds.
pub async fn grant(
    services: &Services,
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    user_id: UserId,
    attempts: u32,
) -> Result<(), TournamentError> {
    if attempts == 0 || attempts > ATTEMPTS_MAX {
        return Err(TournamentError::Malformed("attempts must be 1 to 100000"));
    }
    let row = lock(tx, tournament_id).await?;
    if !row.status.state.is_movable() {
        return Err(TournamentError::Closed);
    }
    // What is noted of a later period would hide the exclusion, which is looked for in the latest one.
    let last = tx.entries().latest(tournament_id, user_id, None).await?;
    if last.is_some_and(|last| last.disqualified.is_some()) {
        return Err(TournamentError::Disqualified);
    }
    let period = tx.periods().latest(tournament_id).await?.ok_or(inconsistent("tournament_id"))?;
    tx.entries().grant_attempts(tournament_id, period.period, user_id, attempts, services.now()).await?;
    Ok(())
}
