//! Trying a tournament's rules on the scores of a board that was played: who would have stood where, and what would have
//! been won.
//!
//! Invariant: nothing here changes anything but the audit log, and the ranks follow from the rules that rank boards.

use std::collections::HashMap;

use domain::{
    BoardId, Prize, Ties, UserId,
    audit::AuditAction,
    console::Permission,
    ranking::{Played, RankKey},
};
use serde_json::json;
use storage::{
    Transaction,
    board::{BoardRow, Presence},
};

use crate::{
    Services,
    boards::{chain, recompute},
    console::{ConsoleError, Operator},
    tournaments::definition::Definition,
};

/// The most players that a try looks at.
pub const PLAYERS_MAX: usize = 5_000;
/// How many of the ranks are shown.
pub const ROWS: usize = 20;

const DOING: &str = "trying a tournament";

/// What would have come of a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DryRun {
    /// Players with a rank.
    pub players: usize,
    /// Scores that would have counted.
    pub scores: usize,
    /// Scores beyond the attempts of their players.
    pub beyond: usize,
    /// Players who would have won something.
    pub winners: usize,
    /// The first ranks.
    pub rows: Vec<DryRow>,
    /// Whether there were more players than a try looks at: then these are the figures of some.
    pub is_cut: bool,
}

/// A rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRow {
    /// The rank.
    pub rank: usize,
    /// The rank on the board that was played, while there is one.
    pub was: Option<u64>,
    /// The public name.
    pub alias: String,
    /// What decides the rank.
    pub key: RankKey,
    /// What would be won.
    pub prize: Option<Prize>,
}

/// Tries rules on a board; `None` when there is no such board. Every player of it takes part, in one cohort; attempts are
/// those of one entry; a tie column that was not played counts nothing.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::EditTournaments`].
pub async fn attempt(
    services: &Services,
    operator: &Operator,
    definition: &Definition,
    board_id: &BoardId,
) -> Result<Option<DryRun>, ConsoleError> {
    operator.require(services, Permission::EditTournaments).await?;
    let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
    let board = tx.boards().by_id(board_id).await.map_err(ConsoleError::store(DOING))?;
    drop(tx);
    let Some(board) = board else { return Ok(None) };
    let mut run = DryRun::default();
    let mut keys = ranked(services, definition, &board, &mut run).await?;
    let order = definition.tournament.ranking().order;
    keys.sort_unstable_by(|left, right| left.compare(right, order));
    run.players = keys.len();
    let last_winner = usize::try_from(definition.rules.last_winner(0)).unwrap_or(usize::MAX);
    run.winners = (1..=keys.len().min(last_winner)).filter(|rank| prize(definition, *rank).is_some()).count();
    keys.truncate(ROWS);
    run.rows = rows(services, definition, &board, &keys).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"board": board_id});
    operator.write(services, &mut *tx, AuditAction::TournamentTried, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(Some(run))
}

/// What the players of a board would have been ranked by.
async fn ranked(
    services: &Services,
    definition: &Definition,
    board: &BoardRow,
    run: &mut DryRun,
) -> Result<Vec<RankKey>, ConsoleError> {
    let mut keys = Vec::new();
    let mut after = None;
    let mut looked_at = 0;
    while looked_at < PLAYERS_MAX {
        let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
        let logs = slice(&mut *tx, board, &mut after).await?;
        drop(tx);
        let Some(logs) = logs else { return Ok(keys) };
        looked_at += logs.len();
        for (user_id, played) in logs {
            keys.extend(replayed(definition, user_id, played, run));
        }
    }
    run.is_cut = true;
    Ok(keys)
}

/// The scores of the next players, each player's in the order of their arrival; `None` at the end of the board.
async fn slice(
    tx: &mut dyn Transaction,
    board: &BoardRow,
    after: &mut Option<UserId>,
) -> Result<Option<Vec<(UserId, Vec<Played>)>>, ConsoleError> {
    let id = &board.board_id;
    let users = tx.boards().roll(id, *after, recompute::STEP).await.map_err(ConsoleError::store(DOING))?;
    let Some(last) = users.last() else { return Ok(None) };
    *after = Some(*last);
    let keys: Vec<(BoardId, UserId)> = users.iter().map(|user_id| (id.clone(), *user_id)).collect();
    let mut rows = tx.boards().players(&keys).await.map_err(ConsoleError::store(DOING))?;
    rows.retain(|row| row.presence == Presence::OnBoard);
    let logs = recompute::logs_of(tx, &rows).await.map_err(ConsoleError::store(DOING))?;
    let in_order = |(user_id, log): (UserId, Vec<_>)| {
        let mut played = chain::played(&log);
        played.reverse();
        (user_id, played)
    };
    Ok(Some(logs.into_iter().map(in_order).collect()))
}

/// What the scores of a player come to.
fn replayed(
    definition: &Definition,
    user_id: UserId,
    mut played: Vec<Played>,
    run: &mut DryRun,
) -> Option<RankKey> {
    let ranking = definition.tournament.ranking();
    if let Some(attempts) = definition.rules.attempts_max {
        let attempts = usize::try_from(attempts.get()).unwrap_or(usize::MAX);
        run.beyond += played.len().saturating_sub(attempts);
        played.truncate(attempts);
    }
    run.scores += played.len();
    let columns = definition.tournament.ties.len();
    for one in &mut played {
        one.ties = Ties::new(&one.ties.columns()[..columns]).unwrap_or_default();
    }
    let standing = ranking.of_history(played)?;
    Some(standing.key(user_id))
}

fn prize(definition: &Definition, rank: usize) -> Option<&Prize> {
    let rank = u32::try_from(rank).ok()?;
    let mut ranges = definition.rules.prize_ranges(0);
    ranges.find(|range| (range.from..=range.to).contains(&rank)).map(|range| &range.what)
}

/// The first ranks, with names and with the ranks that were.
async fn rows(
    services: &Services,
    definition: &Definition,
    board: &BoardRow,
    keys: &[RankKey],
) -> Result<Vec<DryRow>, ConsoleError> {
    let users: Vec<UserId> = keys.iter().map(|key| key.user_id).collect();
    let names = services.names().of(services, &users).await.map_err(ConsoleError::Board)?;
    let mut was = HashMap::new();
    let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
    for user_id in users {
        let place = tx.boards().place(&board.board_id, board.ranking.order, user_id).await;
        was.extend(place.map_err(ConsoleError::store(DOING))?.map(|place| (user_id, place.rank)));
    }
    let row = |(rank, key): (usize, &RankKey)| DryRow {
        rank,
        was: was.get(&key.user_id).copied(),
        alias: names.get(&key.user_id).map(|name| name.alias.clone()).unwrap_or_default(),
        key: *key,
        prize: prize(definition, rank).cloned(),
    };
    Ok((1..).zip(keys).map(row).collect())
}
