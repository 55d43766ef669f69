//! Keeping the rank index in step with SQL.
//!
//! A board is loaded when it is first asked for; meanwhile SQL answers. Each change is applied after its commit; when
//! one was missed (a crash between commit and index, Redis away for a moment), the version shows the gap, and what
//! changed since is read from SQL. Which boards a node reads is remembered, so that [`keep`](super::keep) can compare
//! them and let go of those that nobody reads any more.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bus::ranks::{Applied, Change};
use domain::{BoardId, Timestamp, UserId, ranking::RankKey};

use crate::{Services, boards::BoardError};

/// The rows of one page of a load.
const SCAN_LIMIT: u32 = 10_000;

/// A gap of more rows than this is closed by a full load.
const CATCH_UP_MAX: u32 = 20_000;

/// How long a board waits after its load has failed once; twice as long after each further failure.
const FAILED_WAIT_MS: i64 = 1_000;
/// How long it waits at most.
const FAILED_WAIT_MAX_MS: i64 = 60_000;
/// The failures that are remembered. Beyond it boards are tried again at once.
const FAILURES_MAX: usize = 1_000;

/// Which boards this node reads, is loading, and could not load.
#[derive(Debug, Default)]
pub(crate) struct BoardIndex {
    loading: Mutex<HashSet<BoardId>>,
    failed: Mutex<HashMap<BoardId, Failure>>,
    /// Boards that the index holds, with the time at which this node has read each last.
    read_at: Mutex<BTreeMap<BoardId, Timestamp>>,
}

/// When a load that failed may be tried again.
#[derive(Debug, Clone, Copy)]
struct Failure {
    retry_at: Timestamp,
    wait_ms: i64,
}

impl BoardIndex {
    /// Loads a board in the background, unless this node is at it already or has just failed at it.
    pub(crate) fn load_in_background(&self, services: &Services, board: &BoardId) {
        let must_wait =
            held(&self.failed).get(board).is_some_and(|failure| services.now() < failure.retry_at);
        if must_wait || !held(&self.loading).insert(board.clone()) {
            return;
        }
        let (services, board) = (services.clone(), board.clone());
        tokio::spawn(async move {
            let index = services.index();
            match load(&services, &board).await {
                Ok(()) => drop(held(&index.failed).remove(&board)),
                // Nobody's board: there is nothing to wait for, and anybody can make up many of them.
                Err(BoardError::Unknown) => {}
                Err(error) => {
                    let wait_ms = index.back_off(services.now(), &board);
                    tracing::warn!(
                        board.id = %board,
                        retry_in_ms = wait_ms,
                        error = %domain::ErrorChain(&error),
                        "the board's index could not be loaded; SQL goes on answering"
                    );
                }
            }
            held(&index.loading).remove(&board);
        });
    }

    /// Whether this node is loading a board. What the index holds of it by then may be older than what SQL has: scores
    /// that were committed while the board was read come to it last.
    pub(crate) fn is_loading(&self, board: &BoardId) -> bool {
        held(&self.loading).contains(board)
    }

    /// Remembers a failure. Returns for how many milliseconds the board is left alone.
    fn back_off(&self, now: Timestamp, board: &BoardId) -> i64 {
        let mut failed = held(&self.failed);
        let wait_ms = failed.get(board).map_or(FAILED_WAIT_MS, |failure| failure.wait_ms * 2);
        let wait_ms = wait_ms.min(FAILED_WAIT_MAX_MS);
        if failed.len() >= FAILURES_MAX {
            failed.retain(|_, failure| now < failure.retry_at);
        }
        if failed.len() < FAILURES_MAX || failed.contains_key(board) {
            failed.insert(board.clone(), Failure { retry_at: now.plus_ms(wait_ms), wait_ms });
        }
        wait_ms
    }

    /// Remembers that the index answered for a board.
    pub(crate) fn touch(&self, board: &BoardId, now: Timestamp) {
        let mut read_at = held(&self.read_at);
        match read_at.get_mut(board) {
            Some(at) => *at = now,
            None => drop(read_at.insert(board.clone(), now)),
        }
    }

    /// Up to `limit` boards that this node reads, behind `after`, with the time at which each was read last.
    pub(crate) fn read_by_this_node(
        &self,
        after: Option<&BoardId>,
        limit: usize,
    ) -> Vec<(BoardId, Timestamp)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let read_at = held(&self.read_at);
        read_at.range((from, Bound::Unbounded)).take(limit).map(|(board, at)| (board.clone(), *at)).collect()
    }

    /// Forgets that this node reads a board, unless it has been read since `at`. Returns whether it is forgotten.
    pub(crate) fn forget(&self, board: &BoardId, at: Timestamp) -> bool {
        let mut read_at = held(&self.read_at);
        let is_idle = read_at.get(board).is_some_and(|read| *read <= at);
        if is_idle {
            read_at.remove(board);
        }
        is_idle
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads a whole board from SQL, in one state of the database, into the index. An index that is there already, at the
/// version of SQL, is left alone; one that does not answer is found out before the board is read.
///
/// # Errors
/// [`BoardError`] when the database or the index fails; the index is then as it was.
pub async fn load(services: &Services, board: &BoardId) -> Result<(), BoardError> {
    let doing = "loading a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.boards().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    let present = services.ranks().version(board).await.map_err(BoardError::Index)?;
    if present.is_some_and(|at| at >= row.version) {
        return Ok(());
    }
    let mut keys: Vec<RankKey> = Vec::with_capacity(usize::try_from(row.players).unwrap_or_default());
    loop {
        let after = keys.last().map(|key| key.user_id);
        let page = tx.boards().scan(board, after, SCAN_LIMIT).await.map_err(BoardError::store(doing))?;
        let is_last = page.len() < SCAN_LIMIT as usize;
        keys.extend(page);
        if is_last {
            break;
        }
    }
    drop(tx);
    let count = keys.len();
    services.ranks().load(board, row.ranking.order, row.version, keys).await.map_err(BoardError::Index)?;
    services.index().touch(board, services.now());
    tracing::debug!(board.id = %board, players = count, version = row.version, "board index loaded");
    // What was committed while the board was read was told to an index that was not there yet.
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let now = tx.boards().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    let keys = match now.version {
        version if version == row.version => return Ok(()),
        _ => tx
            .boards()
            .changed_since(board, row.version, CATCH_UP_MAX)
            .await
            .map_err(BoardError::store(doing))?,
    };
    drop(tx);
    if keys.len() < CATCH_UP_MAX as usize {
        let changes = changes_of(keys);
        let applied = services.ranks().apply(board, row.version, now.version, &changes).await;
        applied.map_err(BoardError::Index)?;
    }
    // A board that changes faster than it is read is caught up by the next comparison.
    Ok(())
}

/// Applies new standings, which led SQL from `version - 1` to `version`, to the index. A failure is healed by the next
/// change or by [`reconcile`].
pub(crate) async fn apply(services: &Services, board: &BoardId, version: u64, changes: &[Change]) {
    let applied = services.ranks().apply(board, version.saturating_sub(1), version, changes).await;
    let outcome = match applied {
        Ok(Applied::Gap { at }) => catch_up(services, board, at).await,
        Ok(Applied::Done | Applied::Known | Applied::NotLoaded) => Ok(()),
        Err(error) => Err(BoardError::Index(error)),
    };
    if let Err(error) = outcome {
        tracing::warn!(
            board.id = %board,
            error = %domain::ErrorChain(&error),
            "the board's index is behind and will catch up"
        );
    }
}

/// Brings a board's index, if it is loaded, to the version of SQL. Returns whether it had been behind.
///
/// # Errors
/// [`BoardError`] when the database or the index fails.
pub async fn reconcile(services: &Services, board: &BoardId, version: u64) -> Result<bool, BoardError> {
    match services.ranks().version(board).await.map_err(BoardError::Index)? {
        Some(at) if at < version => catch_up(services, board, at).await.map(|()| true),
        Some(_) | None => Ok(false),
    }
}

/// What has become of players, as the index takes it.
fn changes_of(rows: Vec<(UserId, Option<RankKey>)>) -> Vec<Change> {
    rows.into_iter().map(|(user_id, key)| key.map_or(Change::Remove(user_id), Change::Put)).collect()
}

async fn catch_up(services: &Services, board: &BoardId, at: u64) -> Result<(), BoardError> {
    let doing = "catching up a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.boards().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    let keys = tx.boards().changed_since(board, at, CATCH_UP_MAX).await.map_err(BoardError::store(doing))?;
    drop(tx);
    if keys.len() < CATCH_UP_MAX as usize {
        let changes = changes_of(keys);
        let applied =
            services.ranks().apply(board, at, row.version, &changes).await.map_err(BoardError::Index)?;
        if !matches!(applied, Applied::Gap { .. }) {
            return Ok(());
        }
    }
    load(services, board).await
}
