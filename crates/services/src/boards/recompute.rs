//! Computing a board anew from the log of its scores, while it is played: after a fault, or when somebody doubts it.
//!
//! Invariant: each step is one transaction over at most [`STEP`] players; scores are taken between two steps.

use std::collections::HashMap;

use domain::{BoardId, UserId};
use storage::{
    StoreError, Transaction,
    board::{BoardState, PlayerRow},
    score_log::ScoreEvent,
};

use crate::{
    Services,
    boards::{
        BoardError, chain,
        standing::{self, BoardChange},
    },
};

/// How many players one transaction looks at.
pub const STEP: u32 = 200;

/// What a step has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The player behind whom the next step begins; `None` at the end of the board.
    pub next: Option<UserId>,
    /// What the readers of the board are to be told after the commit; `None` when all was right.
    pub change: Option<BoardChange>,
}

/// Computes the standings of the players behind `after` anew, in the order of their ids. Players whose log was removed,
/// in part or as a whole, keep what they have. A board whose ranks are results stays as it is.
///
/// # Errors
/// When the database fails.
pub async fn step(
    tx: &mut dyn Transaction,
    board_id: &BoardId,
    after: Option<UserId>,
) -> Result<Step, StoreError> {
    let over = Step { next: None, change: None };
    let board = tx.boards().lock(board_id).await?;
    let Some(board) = board.filter(|board| board.state != BoardState::Final) else { return Ok(over) };
    let users = tx.boards().roll(board_id, after, STEP).await?;
    let keys: Vec<(BoardId, UserId)> = users.iter().map(|user_id| (board_id.clone(), *user_id)).collect();
    let rows = tx.boards().players(&keys).await?;
    let mut logs = logs_of(tx, &rows).await?;
    let mut changed = Vec::new();
    for row in rows {
        let log = logs.remove(&row.user_id).unwrap_or_default();
        if chain::is_whole(&log) {
            let anew = chain::recomputed(&row, board.ranking, &log);
            changed.push((Some(row), anew));
        }
    }
    let change = standing::store(tx, &board, changed).await?;
    let next = users.last().copied().filter(|_| users.len() == STEP as usize);
    Ok(Step { next, change })
}

/// The whole log of each player, the newest row first.
pub(crate) async fn logs_of(
    tx: &mut dyn Transaction,
    rows: &[PlayerRow],
) -> Result<HashMap<UserId, Vec<ScoreEvent>>, StoreError> {
    let heads: Vec<i64> = rows.iter().filter_map(|row| row.last_event).collect();
    let mut logs: HashMap<UserId, Vec<ScoreEvent>> = HashMap::new();
    for event in tx.score_log().chains(&heads, chain::CHAIN_PAGE).await? {
        logs.entry(event.user_id).or_default().push(event);
    }
    for log in logs.values_mut() {
        // Of a log that is longer than a page the rest is read by itself.
        if let Some(previous) = log.last().and_then(|event| event.previous) {
            log.extend(chain::read(tx, previous).await?);
        }
    }
    Ok(logs)
}

/// Computes a whole board anew, step by step, and tells its readers of each. Returns how many players it has moved.
///
/// # Errors
/// [`BoardError`] when the database fails; the steps before stay done.
pub async fn board(services: &Services, board_id: &BoardId) -> Result<usize, BoardError> {
    let doing = "computing a board anew";
    let (mut after, mut moved) = (None, 0);
    loop {
        let mut tx = services.store().begin_write().await.map_err(BoardError::store(doing))?;
        let done = step(&mut *tx, board_id, after).await.map_err(BoardError::store(doing))?;
        tx.save().await.map_err(BoardError::store(doing))?;
        moved += done.change.as_ref().map_or(0, |change| change.changes.len());
        standing::tell(services, done.change.into_iter().collect()).await;
        match done.next {
            Some(next) => after = Some(next),
            None => return Ok(moved),
        }
    }
}
