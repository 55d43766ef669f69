//! Looking after the boards that this node reads: each is compared with SQL every other second, and let go of when it is
//! over and nobody reads it any more. Every role does this, for every role may read boards.
//!
//! Invariant: what this holds in memory, and what one look reads from SQL, grows with the boards that are read, not with
//! the tournaments that there have ever been.

use std::time::Duration;

use bus::signals::Signal;
use domain::{BoardId, Timestamp};
use storage::board::BoardRow;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::{
    Services,
    boards::{BoardError, index},
};

/// How often boards are compared.
const LOOK_MS: u64 = 2_000;
/// A board that is not running and was not read for so long is let go of.
const IDLE_MS: i64 = 30 * 60_000;
/// The boards that are asked for at a time.
const LOOK_LIMIT: usize = 500;

/// Looks after the boards until `stop`.
pub async fn run(services: Services, stop: CancellationToken) {
    let mut signals = services.signals().subscribe();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = forget_names(&services, &mut signals) => {}
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
        }
        if let Err(error) = look(&services).await {
            tracing::warn!(error = %domain::ErrorChain(&error), "boards can't be compared with the database");
        }
    }
}

/// Forgets the names that other nodes tell of, for as long as hints come: the caller bounds it in time.
async fn forget_names(services: &Services, signals: &mut broadcast::Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(Signal::Names { users }) => services.names().forget(&users),
            // What was lost is hardly ever about a name, and names are not kept for long. To forget all of them would
            // have every board that is watched ask the database at once, just when there is much to do.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

/// Looks at every board that this node reads, once.
///
/// # Errors
/// [`BoardError`] when the database fails.
pub async fn look(services: &Services) -> Result<(), BoardError> {
    let doing = "comparing boards";
    let mut after: Option<BoardId> = None;
    loop {
        let boards = services.index().read_by_this_node(after.as_ref(), LOOK_LIMIT);
        let Some((last, _)) = boards.last() else { return Ok(()) };
        after = Some(last.clone());
        let ids: Vec<BoardId> = boards.iter().map(|(board, _)| board.clone()).collect();
        let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
        let rows = tx.boards().by_ids(&ids).await.map_err(BoardError::store(doing))?;
        drop(tx);
        for row in rows {
            let board = &row.board_id;
            let read_at = boards.iter().find(|(read, _)| read == board).map(|(_, at)| *at);
            look_at(services, &row, read_at.unwrap_or_default()).await;
        }
    }
}

async fn look_at(services: &Services, row: &BoardRow, read_at: Timestamp) {
    let board = &row.board_id;
    let now = services.now();
    let is_running = row.starts_at <= now && now < row.ends_at;
    if !is_running && now.millis_since(read_at) > IDLE_MS && services.index().forget(board, read_at) {
        // Others may read what is shared; it is theirs to look after.
        if !services.ranks().is_shared()
            && let Err(error) = services.ranks().unload(board).await
        {
            tracing::warn!(board.id = %board, error = %domain::ErrorChain(&error), "a board can't be unloaded");
        }
        tracing::debug!(board.id = %board, "a board that nobody reads is let go of");
        return;
    }
    match index::reconcile(services, row).await {
        Ok(false) => {}
        Ok(true) => {
            tracing::info!(board.id = %board, "a board's index had missed a change and caught up");
        }
        Err(error) => tracing::warn!(
            board.id = %board,
            error = %domain::ErrorChain(&error),
            "a board's index can't be compared"
        ),
    }
}
