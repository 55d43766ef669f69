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

use bus::ranks::{Applied, Change, Loaded};
use domain::{BoardId, Timestamp, UserId, ranking::RankKey};
use storage::{StoreError, Transaction, board::BoardRow};

use crate::{
    Services,
    boards::{BoardError, standing::BoardChange},
};

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

/// Everybody who stands on a board, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub(crate) async fn keys(tx: &mut dyn Transaction, board: &BoardRow) -> Result<Vec<RankKey>, StoreError> {
    let mut keys: Vec<RankKey> = Vec::with_capacity(usize::try_from(board.players).unwrap_or_default());
    loop {
        let after = keys.last().map(|key| key.user_id);
        let page = tx.boards().scan(&board.board_id, after, SCAN_LIMIT).await?;
        let is_last = page.len() < SCAN_LIMIT as usize;
        keys.extend(page);
        if is_last {
            return Ok(keys);
        }
    }
}

/// Reads a whole board from SQL, in one state of the database, into the index. An index that is there already, at the
/// version of SQL and in its order, is left alone; one that does not answer is found out before the board is read.
///
/// # Errors
/// [`BoardError`] when the database or the index fails; the index is then as it was.
pub async fn load(services: &Services, board: &BoardId) -> Result<(), BoardError> {
    let doing = "loading a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.boards().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    if let Some(loaded) = services.ranks().loaded(board).await.map_err(BoardError::Index)? {
        if loaded == state_of(&row) {
            return Ok(());
        }
        // Later than what this transaction sees: it was committed since, or SQL knows nothing of it.
        if loaded.version >= row.version && !forget_foreign(services, board).await? {
            return Ok(());
        }
    }
    let keys = keys(&mut *tx, &row).await.map_err(BoardError::store(doing))?;
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
        let versions = (row.version, now.version);
        let applied = services.ranks().apply(board, now.ranking.order, versions, &changes_of(keys)).await;
        applied.map_err(BoardError::Index)?;
    }
    // A board that changes faster than it is read is caught up by the next comparison.
    Ok(())
}

/// What the index holds of a board that is as SQL has it.
const fn state_of(row: &BoardRow) -> Loaded {
    Loaded { version: row.version, order: row.ranking.order }
}

/// Applies new standings, which led SQL from the version before to the one that is told, to the index. A failure is
/// healed by the next change or by [`reconcile`].
pub(crate) async fn apply(services: &Services, change: &BoardChange) {
    let BoardChange { board_id: board, order, version, changes } = change;
    let versions = (version.saturating_sub(1), *version);
    let outcome = match services.ranks().apply(board, *order, versions, changes).await {
        Ok(Applied::Gap { at }) => catch_up(services, board, at).await,
        // Changes may come in another order than they were committed in. The index of another database, such as one from
        // before a backup was restored, would swallow them all.
        Ok(Applied::Known { at }) if at > *version => forget_foreign(services, board).await.map(drop),
        Ok(Applied::Done | Applied::Known { .. } | Applied::NotLoaded) => Ok(()),
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

/// Brings a board's index, if it is loaded, to the version of SQL, as `row` has it; one that is not the board's is let go
/// of. Returns whether it had been another.
///
/// # Errors
/// [`BoardError`] when the database or the index fails.
pub async fn reconcile(services: &Services, row: &BoardRow) -> Result<bool, BoardError> {
    let board = &row.board_id;
    match services.ranks().loaded(board).await.map_err(BoardError::Index)? {
        Some(loaded) if loaded.version < row.version => {
            catch_up(services, board, loaded.version).await.map(|()| true)
        }
        Some(loaded) if loaded != state_of(row) => forget_foreign(services, board).await,
        Some(_) | None => Ok(false),
    }
}

/// Lets go of an index that SQL knows nothing of: its version is later than SQL's, or its order another. Both are looked
/// at anew, the index first: it never has what was not committed before. Returns whether it was let go of.
async fn forget_foreign(services: &Services, board: &BoardId) -> Result<bool, BoardError> {
    let doing = "comparing a board";
    let loaded = services.ranks().loaded(board).await.map_err(BoardError::Index)?;
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.boards().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    drop(tx);
    let is_foreign = |loaded: Loaded| {
        let is_of_other_order = loaded.version == row.version && loaded.order != row.ranking.order;
        loaded.version > row.version || is_of_other_order
    };
    if !loaded.is_some_and(is_foreign) {
        return Ok(false);
    }
    tracing::warn!(board.id = %board, version = row.version, "a board's index is not the database's; it is built anew");
    services.ranks().unload(board).await.map_err(BoardError::Index)?;
    Ok(true)
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
        let (order, versions) = (row.ranking.order, (at, row.version));
        let applied = services.ranks().apply(board, order, versions, &changes_of(keys)).await;
        if !matches!(applied.map_err(BoardError::Index)?, Applied::Gap { .. }) {
            return Ok(());
        }
    }
    load(services, board).await
}
