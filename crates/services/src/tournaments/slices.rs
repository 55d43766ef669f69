//! The ranks of a board on their way to its end: written ahead in slices, from one version of the board.
//!
//! A million ranks take seconds. In one transaction these would be seconds in which nobody else writes to SQLite, so they
//! are written in many short ones, which nobody sees; the transaction that makes the board final finds them there. Small
//! boards, such as cohorts, are ranked in that transaction.
//!
//! Invariants: a slice is written while the board is locked and at the version of the slices before, behind exactly
//! those, so that it does not matter how often a worker dies, or that another one is at it too; ranks of an earlier
//! version are removed, in slices as well, before others are written.

use domain::{BoardId, Ranking, ranking::RankKey, tournament::lifecycle::State};
use storage::{
    StoreError, Transaction,
    board::{BoardRow, BoardState},
    period::PeriodState,
    result::WRITE_MAX,
};

use crate::{Services, boards::index, jobs::JobError, tournaments::hash};

/// The first slice of a run; the next ones are as long as the disk allows.
const SLICE_START: usize = 2_000;
/// The shortest slice that a slow disk leads to.
const SLICE_MIN: usize = 500;
/// The most ranks that are removed at a time.
const REMOVE_MAX: u32 = 5_000;
/// How long others wait for a slice, about.
const SLICE_MS: i64 = 100;

/// How much of the work is done at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// A board of up to so many players is ranked in the transaction that makes it final.
    pub at_once_max: u64,
    /// The most ranks of a slice.
    pub slice_max: usize,
    /// For how long one run writes slices; what is left is another run's.
    pub run_ms: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once_max: 2_000, slice_max: WRITE_MAX, run_ms: 30_000 }
    }
}

/// Ranks that are all written, with their hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ranked {
    version: u64,
    ranking: Ranking,
    /// How many there are.
    pub(crate) players: u64,
    /// Over the rows that are stored.
    pub(crate) hash: [u8; 32],
}

impl Ranked {
    /// Whether the ranks are those of a board as it stands.
    pub(crate) fn fits(&self, board: &BoardRow) -> bool {
        self.version == board.version && self.ranking == board.ranking
    }
}

/// What is to be done about a board's ranks.
enum Due {
    /// They are to be written.
    Ranks(BoardRow),
    /// The tournament does not take place: what was written is in nobody's way, and of no use.
    Removal,
    Nothing,
}

async fn due(tx: &mut dyn Transaction, board_id: &BoardId) -> Result<Due, StoreError> {
    let id = board_id.tournament_id();
    let Some(row) = tx.tournaments().by_id(&id).await? else { return Ok(Due::Nothing) };
    let period = tx.periods().by_number(&id, board_id.period()).await?;
    let is_closed = period.is_some_and(|period| period.state == PeriodState::Closed);
    let board = tx.boards().by_id(board_id).await?.filter(|board| board.state != BoardState::Final);
    let Some(board) = board.filter(|_| is_closed) else { return Ok(Due::Nothing) };
    Ok(match row.status {
        status if status.state == State::Canceled => Due::Removal,
        status if status.is_frozen => Due::Nothing,
        _ => Due::Ranks(board),
    })
}

/// Writes the ranks of a large board that is over, as far as one run gets. `None` when they are not all there, or
/// nothing is to be written ahead.
///
/// # Errors
/// [`JobError`] when the database fails; the slices before stay.
pub(crate) async fn write_ahead(
    services: &Services,
    board_id: &BoardId,
    pace: Pace,
) -> Result<Option<Ranked>, JobError> {
    let mut tx = services.store().begin_read().await?;
    let due = due(&mut *tx, board_id).await?;
    let written = tx.results().written(board_id).await?;
    let ranks = written.map_or(0, |written| written.ranks);
    let board = match due {
        Due::Ranks(board) if board.players.max(ranks) > pace.at_once_max => board,
        Due::Removal => {
            drop(tx);
            remove(services, board_id, pace).await?;
            return Ok(None);
        }
        Due::Ranks(_) | Due::Nothing => return Ok(None),
    };
    let is_fit = written.is_some_and(|written| written.fits(&board));
    let are_all_there = is_fit && ranks == board.players;
    let keys = if are_all_there { None } else { Some(index::keys(&mut *tx, &board).await?) };
    drop(tx);
    if let Some(keys) = keys {
        if ranks > 0 && !is_fit {
            remove(services, board_id, pace).await?;
        }
        let after = if is_fit { ranks } else { 0 };
        if !write(services, &board, in_order(keys, board.ranking).await?, after, pace).await? {
            return Ok(None);
        }
    }
    let mut tx = services.store().begin_read().await?;
    let (players, hash) = hash::of_unseen(&mut *tx, board_id, board.ranking.order.ties.len()).await?;
    Ok(Some(Ranked { version: board.version, ranking: board.ranking, players, hash }))
}

/// The ranks of a board that is locked, written and hashed in this transaction. `None` when they are too many.
///
/// # Errors
/// When the database fails.
pub(crate) async fn at_once(
    tx: &mut dyn Transaction,
    board: &BoardRow,
    pace: Pace,
) -> Result<Option<Ranked>, StoreError> {
    let id = &board.board_id;
    let written = tx.results().written(id).await?.map_or(0, |written| written.ranks);
    if board.players.max(written) > pace.at_once_max {
        return Ok(None);
    }
    if written > 0 {
        tx.results().remove_last(id, u32::MAX).await?;
    }
    let mut keys = index::keys(tx, board).await?;
    keys.sort_unstable_by(|left, right| left.compare(right, board.ranking.order));
    tx.results().begin(board).await?;
    let mut after = 0;
    for slice in keys.chunks(WRITE_MAX) {
        tx.results().write(id, after, slice).await?;
        after += slice.len() as u64;
    }
    let (players, hash) = hash::of_unseen(tx, id, board.ranking.order.ties.len()).await?;
    Ok(Some(Ranked { version: board.version, ranking: board.ranking, players, hash }))
}

/// Keys by rank; of a large board this is work for a blocking thread.
async fn in_order(mut keys: Vec<RankKey>, ranking: Ranking) -> Result<Vec<RankKey>, JobError> {
    let sorting = tokio::task::spawn_blocking(move || {
        keys.sort_unstable_by(|left, right| left.compare(right, ranking.order));
        keys
    });
    sorting.await.map_err(|error| JobError::failed("sorting a board", error))
}

/// Writes the ranks behind the `after` ones that are written. Returns whether all are there: not when the time of a run
/// is over, or the board has changed.
async fn write(
    services: &Services,
    board: &BoardRow,
    keys: Vec<RankKey>,
    after: u64,
    pace: Pace,
) -> Result<bool, JobError> {
    let until = services.now().plus_ms(pace.run_ms);
    let mut left = keys.get(usize::try_from(after).unwrap_or(usize::MAX)..).unwrap_or_default();
    let mut after = after;
    let mut size = SLICE_START.min(pace.slice_max);
    while !left.is_empty() {
        let (slice, rest) = left.split_at(size.min(left.len()));
        let Some(took_ms) = write_slice(services, board, after, slice).await? else { return Ok(false) };
        after += slice.len() as u64;
        left = rest;
        if services.now() >= until && !left.is_empty() {
            return Ok(false);
        }
        size = next_size(size, took_ms).min(pace.slice_max);
    }
    Ok(true)
}

/// Writes one slice, and answers how long others had to wait for it. `None` when the board has changed, or somebody
/// else has written it.
async fn write_slice(
    services: &Services,
    board: &BoardRow,
    after: u64,
    slice: &[RankKey],
) -> Result<Option<i64>, StoreError> {
    let id = &board.board_id;
    let mut tx = services.store().begin_write().await?;
    let began_at = services.now();
    let locked = tx.boards().lock(id).await?;
    let is_same =
        |now: &BoardRow| (now.state, now.version, now.ranking) == (board.state, board.version, board.ranking);
    if !locked.as_ref().is_some_and(is_same) {
        return Ok(None);
    }
    let written = tx.results().written(id).await?;
    match written {
        Some(written) if written.fits(board) && written.ranks == after => {}
        Some(written) if written.ranks > 0 => return Ok(None),
        _ if after > 0 => return Ok(None),
        _ => tx.results().begin(board).await?,
    }
    tx.results().write(id, after, slice).await?;
    tx.save().await?;
    Ok(Some(services.now().millis_since(began_at)))
}

/// Removes what was written of a board that has changed since, or of one that gets no ranks.
async fn remove(services: &Services, board_id: &BoardId, pace: Pace) -> Result<(), StoreError> {
    let slice_max = u32::try_from(pace.slice_max).unwrap_or(u32::MAX);
    loop {
        let mut tx = services.store().begin_write().await?;
        let board = tx.boards().lock(board_id).await?.filter(|board| board.state != BoardState::Final);
        let written = tx.results().written(board_id).await?;
        let (Some(board), Some(written)) = (board, written) else { return Ok(()) };
        let is_wanted = written.fits(&board) && matches!(due(&mut *tx, board_id).await?, Due::Ranks(_));
        if is_wanted || written.ranks == 0 {
            return Ok(());
        }
        tx.results().remove_last(board_id, REMOVE_MAX.min(slice_max)).await?;
        tx.save().await?;
    }
}

/// The length of the slice behind one that took so long.
fn next_size(size: usize, took_ms: i64) -> usize {
    match took_ms {
        ..=50 => size.saturating_mul(2),
        51..=SLICE_MS => size,
        _ => (size / 2).max(SLICE_MIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_as_long_as_others_can_wait() {
        assert_eq!(next_size(SLICE_START, 10), 2 * SLICE_START);
        assert_eq!(next_size(SLICE_START, SLICE_MS), SLICE_START);
        assert_eq!(next_size(SLICE_START, 3 * SLICE_MS), SLICE_START / 2);
        assert_eq!(next_size(SLICE_MIN, 3 * SLICE_MS), SLICE_MIN);
    }
}
