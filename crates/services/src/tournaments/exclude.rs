//! Excluding a player from a tournament, and taking that back. An exclusion holds for the periods to come too; what was
//! reached stays in the list of score events, and counts again when the player is reinstated.
//!
//! Invariant: an exclusion is noted in every period whose ranks are not final, also when it is over, so that whoever is
//! excluded gets no final rank from then on; and in the latest period whatever stands there, since that one is excluded
//! is looked for in the latest entry.

use domain::{BoardId, TournamentId, UserId, audit::AuditAction};
use serde_json::json;
use storage::{Transaction, audit::Actor};

use crate::{
    Services, audit,
    boards::standing::{self, BoardChange},
    tournaments::{TournamentError, command::lock, inconsistent, place},
};

/// The most characters of a reason.
pub const REASON_CHARACTERS_MAX: usize = 200;

/// Excludes a player: their row leaves each board whose ranks are not final, and their scores are refused. Answers the
/// boards that have changed.
///
/// # Errors
/// [`TournamentError::Malformed`] for a reason that is empty or too long.
pub async fn disqualify(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
    user_id: UserId,
    reason: &str,
) -> Result<Vec<BoardChange>, TournamentError> {
    let reason = reason.trim();
    let characters = reason.chars().count();
    if characters == 0 || characters > REASON_CHARACTERS_MAX || reason.chars().any(char::is_control) {
        return Err(TournamentError::Malformed("reason must be 1 to 200 characters"));
    }
    let mut row = lock(tx, tournament_id).await?;
    // Whoever is excluded since an earlier period stays so: taking it back takes back one exclusion.
    let last = tx.entries().latest(tournament_id, user_id, None).await?;
    if last.is_some_and(|last| last.disqualified.is_some()) {
        return Ok(Vec::new());
    }
    let latest = tx.periods().latest(tournament_id).await?.ok_or(inconsistent("tournament_id"))?;
    let periods = unfinished_and(tx, tournament_id, latest.period).await?;
    let now = services.now();
    for period in &periods {
        tx.entries().disqualify(tournament_id, *period, user_id, now, reason).await?;
    }
    if !row.status.asks_entries {
        // From now on a score asks whether its player is excluded.
        row.status.asks_entries = true;
        tx.tournaments().set_status(tournament_id, &row.status, now).await?;
    }
    let detail = json!({"tournament_id": tournament_id, "period": periods.first()});
    audit::record(services, tx, actor, AuditAction::PlayerDisqualified, Some(user_id), &detail).await?;
    let mut changed = Vec::new();
    for board in boards(tx, tournament_id, &periods, user_id).await? {
        changed.extend(standing::take_out(services, tx, &board, user_id).await?);
    }
    Ok(changed)
}

/// Takes an exclusion back: what the player had reached counts again, wherever ranks are not final.
///
/// # Errors
/// [`TournamentError::PlayerUnknown`] when the player is not excluded.
pub async fn reinstate(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
    user_id: UserId,
) -> Result<Vec<BoardChange>, TournamentError> {
    lock(tx, tournament_id).await?;
    let entry = tx.entries().latest(tournament_id, user_id, None).await?;
    let entry = entry.filter(|entry| entry.disqualified.is_some()).ok_or(TournamentError::PlayerUnknown)?;
    let periods = unfinished_and(tx, tournament_id, entry.period).await?;
    for period in &periods {
        tx.entries().reinstate(tournament_id, *period, user_id).await?;
    }
    let detail = json!({"tournament_id": tournament_id, "period": periods.first()});
    audit::record(services, tx, actor, AuditAction::PlayerReinstated, Some(user_id), &detail).await?;
    let mut changed = Vec::new();
    for board in boards(tx, tournament_id, &periods, user_id).await? {
        changed.extend(standing::put_back(services, tx, &board, user_id).await?);
    }
    Ok(changed)
}

/// The periods whose ranks are not final, the oldest first, and `period`, whose may be.
async fn unfinished_and(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    period: u32,
) -> Result<Vec<u32>, TournamentError> {
    let periods = tx.periods().not_final(tournament_id).await?;
    let mut numbers: Vec<u32> = periods.into_iter().map(|period| period.period).collect();
    if !numbers.contains(&period) {
        numbers.push(period);
    }
    Ok(numbers)
}

/// A player's boards in some periods, in the order in which boards are locked.
async fn boards(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    periods: &[u32],
    user_id: UserId,
) -> Result<Vec<BoardId>, TournamentError> {
    let mut boards = Vec::with_capacity(periods.len());
    for period in periods {
        boards.push(place::board_in(tx, tournament_id, *period, user_id).await?);
    }
    boards.sort();
    Ok(boards)
}
