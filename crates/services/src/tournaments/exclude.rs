//! Excluding a player from a tournament, and taking that back. An exclusion holds for the periods to come too; what was
//! reached stays in the list of score events, and counts again when the player is reinstated.

use domain::{BoardId, TournamentId, UserId, audit::AuditAction};
use serde_json::json;
use storage::{Transaction, audit::Actor};

use crate::{
    Services, audit,
    boards::standing::{self, BoardChange},
    tournaments::{TournamentError, command::lock, inconsistent, place::board_of},
};

/// The most characters of a reason.
pub const REASON_CHARACTERS_MAX: usize = 200;

/// Excludes a player: their row leaves the board of the period that is played, and their scores are refused. Answers
/// the boards that have changed.
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
    let period = tx.periods().latest(tournament_id).await?.ok_or(inconsistent("tournament_id"))?;
    // Whoever is excluded since an earlier period stays so: taking it back takes back one exclusion.
    let last = tx.entries().latest(tournament_id, user_id, None).await?;
    if last.is_some_and(|last| last.disqualified.is_some()) {
        return Ok(Vec::new());
    }
    let now = services.now();
    if !tx.entries().disqualify(tournament_id, period.period, user_id, now, reason).await? {
        return Ok(Vec::new());
    }
    if !row.status.asks_entries {
        // From now on a score asks whether its player is excluded.
        row.status.asks_entries = true;
        tx.tournaments().set_status(tournament_id, &row.status, now).await?;
    }
    let detail = json!({"tournament_id": tournament_id, "period": period.period});
    audit::record(services, tx, actor, AuditAction::PlayerDisqualified, Some(user_id), &detail).await?;
    let board = board(tx, tournament_id, period.period, user_id).await?;
    let changed = standing::take_out(services, tx, &board, user_id).await?;
    Ok(changed.into_iter().collect())
}

/// Takes an exclusion back: what the player had reached counts again.
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
    tx.entries().reinstate(tournament_id, entry.period, user_id).await?;
    let detail = json!({"tournament_id": tournament_id, "period": entry.period});
    audit::record(services, tx, actor, AuditAction::PlayerReinstated, Some(user_id), &detail).await?;
    let changed = standing::put_back(services, tx, &board_of(&entry), user_id).await?;
    Ok(changed.into_iter().collect())
}

async fn board(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    period: u32,
    user_id: UserId,
) -> Result<BoardId, TournamentError> {
    let entry = tx.entries().of_users(tournament_id, period, &[user_id]).await?.pop();
    Ok(entry.map_or_else(|| BoardId::of(tournament_id, period, 0), |entry| board_of(&entry)))
}
