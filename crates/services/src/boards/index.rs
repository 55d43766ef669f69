//! Keeping the rank index in step with SQL.
//!
//! A board is loaded when it is first asked for; meanwhile SQL answers. Each change is applied after its commit; when
//! one was missed (a crash between commit and index, Redis away for a moment), the version shows the gap, and what
//! changed since is read from SQL.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use bus::ranks::Applied;
use domain::{TournamentId, ranking::RankKey};

use crate::{Services, boards::BoardError};

/// The rows of one page of a load.
const SCAN_LIMIT: u32 = 10_000;

/// A gap of more rows than this is closed by a full load.
const CATCH_UP_MAX: u32 = 20_000;

/// Which boards this node is loading.
#[derive(Debug, Default)]
pub(crate) struct BoardIndex {
    loading: Mutex<HashSet<TournamentId>>,
}

impl BoardIndex {
    /// Loads a board in the background, unless this node is at it already.
    pub(crate) fn load_in_background(&self, services: &Services, board: &TournamentId) {
        if !self.loading.lock().unwrap_or_else(PoisonError::into_inner).insert(board.clone()) {
            return;
        }
        let (services, board) = (services.clone(), board.clone());
        tokio::spawn(async move {
            if let Err(error) = load(&services, &board).await {
                tracing::warn!(
                    tournament.id = %board,
                    error = %domain::ErrorChain(&error),
                    "the board's index could not be loaded; SQL goes on answering"
                );
            }
            services.index().loading.lock().unwrap_or_else(PoisonError::into_inner).remove(&board);
        });
    }
}

/// Reads a whole board from SQL, in one state of the database, into the index.
///
/// # Errors
/// [`BoardError`] when the database or the index fails; the index is then as it was.
pub async fn load(services: &Services, board: &TournamentId) -> Result<(), BoardError> {
    let doing = "loading a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row =
        tx.tournaments().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
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
    services
        .ranks()
        .load(board, row.tournament.order, row.board_version, keys)
        .await
        .map_err(BoardError::Index)?;
    tracing::debug!(tournament.id = %board, players = count, version = row.board_version, "board index loaded");
    // What was committed while the board was read was told to an index that was not there yet.
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let now =
        tx.tournaments().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    let keys = match now.board_version {
        version if version == row.board_version => return Ok(()),
        _ => tx
            .boards()
            .changed_since(board, row.board_version, CATCH_UP_MAX)
            .await
            .map_err(BoardError::store(doing))?,
    };
    drop(tx);
    if keys.len() < CATCH_UP_MAX as usize {
        let applied = services.ranks().apply(board, row.board_version, now.board_version, &keys).await;
        applied.map_err(BoardError::Index)?;
    }
    // A board that changes faster than it is read is caught up by the next comparison.
    Ok(())
}

/// Applies new standings, which led SQL from `version - 1` to `version`, to the index. A failure is healed by the next
/// change or by [`reconcile`].
pub(crate) async fn apply(services: &Services, board: &TournamentId, version: u64, keys: &[RankKey]) {
    let applied = services.ranks().apply(board, version.saturating_sub(1), version, keys).await;
    let outcome = match applied {
        Ok(Applied::Gap { at }) => catch_up(services, board, at).await,
        Ok(Applied::Done | Applied::Known | Applied::NotLoaded) => Ok(()),
        Err(error) => Err(BoardError::Index(error)),
    };
    if let Err(error) = outcome {
        tracing::warn!(
            tournament.id = %board,
            error = %domain::ErrorChain(&error),
            "the board's index is behind and will catch up"
        );
    }
}

/// Brings a board's index, if it is loaded, to the version of SQL. Returns whether it had been behind.
///
/// # Errors
/// [`BoardError`] when the database or the index fails.
pub async fn reconcile(services: &Services, board: &TournamentId, version: u64) -> Result<bool, BoardError> {
    match services.ranks().version(board).await.map_err(BoardError::Index)? {
        Some(at) if at < version => catch_up(services, board, at).await.map(|()| true),
        Some(_) | None => Ok(false),
    }
}

async fn catch_up(services: &Services, board: &TournamentId, at: u64) -> Result<(), BoardError> {
    let doing = "catching up a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row =
        tx.tournaments().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    let keys = tx.boards().changed_since(board, at, CATCH_UP_MAX).await.map_err(BoardError::store(doing))?;
    drop(tx);
    if keys.len() < CATCH_UP_MAX as usize {
        let applied =
            services.ranks().apply(board, at, row.board_version, &keys).await.map_err(BoardError::Index)?;
        if !matches!(applied, Applied::Gap { .. }) {
            return Ok(());
        }
    }
    load(services, board).await
}
