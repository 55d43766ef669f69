//! Doing jobs when they are due.
//!
//! The worker looks for what is due whenever it is told, whenever one of its jobs ends, when the next job is due, and
//! every [`LOOK_MS`] whatever happens. It has at most [`CONCURRENT_MAX`] jobs in hand and claims no more than it begins
//! at once, so that no job waits in a hand that is full while another worker has time. What it holds is renewed; when it
//! dies, another one takes over within [`LEASE_MS`].

use std::time::Duration;

use bus::signals::Signal;
use storage::{StoreError, job::ClaimedJob};
use tokio::{sync::broadcast, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    Services,
    jobs::{handler::Handlers, run},
};

/// For how long a job belongs to its worker, unless it is renewed.
pub const LEASE_MS: i64 = 10_000;
/// The jobs that a worker does at a time.
pub const CONCURRENT_MAX: usize = 8;
/// How long a worker waits at most before it looks again.
pub const LOOK_MS: u64 = 500;

/// Does jobs until `stop`. Those that have begun by then are finished.
pub async fn run(services: Services, handlers: Handlers, stop: CancellationToken) {
    let mut signals = services.signals().subscribe();
    let mut running = JoinSet::new();
    while !stop.is_cancelled() {
        let free = CONCURRENT_MAX - running.len();
        let wait_ms = match look(&services, &handlers, free).await {
            Ok(Look { claimed, wait_ms }) => {
                for job in claimed {
                    // A worker claims what it has a handler for.
                    if let Some(handler) = handlers.of(job.kind) {
                        running.spawn(run::run(services.clone(), handler, job));
                    }
                }
                wait_ms
            }
            Err(error) => {
                tracing::warn!(error = %domain::ErrorChain(&error), "no jobs can be done now");
                2 * LOOK_MS
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = hint(&mut signals) => {}
            Some(_) = running.join_next() => {}
            () = tokio::time::sleep(Duration::from_millis(wait_ms)) => {}
        }
        // Several may have ended meanwhile.
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

/// Does the jobs that are due now, a bounded number of them, to their end. Returns how many were claimed.
///
/// # Errors
/// When jobs can't be claimed because the database fails.
pub async fn work_once(services: &Services, handlers: &Handlers) -> Result<usize, StoreError> {
    let claimed = look(services, handlers, CONCURRENT_MAX).await?.claimed;
    let count = claimed.len();
    let runs = claimed.into_iter().filter_map(|job| {
        let handler = handlers.of(job.kind)?;
        Some(run::run(services.clone(), handler, job))
    });
    futures::future::join_all(runs).await;
    Ok(count)
}

/// What a look has found.
struct Look {
    claimed: Vec<ClaimedJob>,
    /// How long to wait before the next one.
    wait_ms: u64,
}

/// Claims what is due. Nothing is written while nothing is: a claim waits for the only writer on SQLite.
async fn look(services: &Services, handlers: &Handlers, free: usize) -> Result<Look, StoreError> {
    let limit = u32::try_from(free).unwrap_or(u32::MAX);
    let kinds = handlers.kinds();
    let mut tx = services.store().begin_read().await?;
    let next_due = tx.jobs().next_due(&kinds).await?;
    drop(tx);
    let now = services.now();
    let wait_ms = next_due.map_or(LOOK_MS, |due_at| {
        u64::try_from(due_at.millis_since(now)).unwrap_or_default().clamp(0, LOOK_MS)
    });
    if wait_ms > 0 || free == 0 {
        // Somebody's end frees a hand before this time; else there is nothing to begin.
        return Ok(Look { claimed: Vec::new(), wait_ms: if free == 0 { LOOK_MS } else { wait_ms } });
    }
    let lease = services.new_uuid();
    let mut tx = services.store().begin_write().await?;
    let claimed = tx.jobs().claim(&kinds, now, lease, now.plus_ms(LEASE_MS), limit).await?;
    tx.save().await?;
    // A full claim leaves more behind, perhaps; one that another worker was faster than is not repeated at once.
    let wait_ms = if claimed.is_empty() { LOOK_MS / 10 } else { 0 };
    Ok(Look { claimed, wait_ms })
}

async fn hint(signals: &mut broadcast::Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(Signal::Jobs) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // Without hints the regular look is left.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
