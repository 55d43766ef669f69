//! Working the inbox off: claim, handle, done, in the order of each chat.
//!
//! One update is one transaction: the dialogue's state, the change, the outgoing rows and the mark "done" are committed
//! together or not at all. A worker that dies leaves a lease, which runs out after [`LEASE_MS`]; another worker then
//! takes the update over. An update that fails [`ATTEMPTS_MAX`] times goes to the dead letters and holds nobody up.

use std::{sync::Arc, time::Duration};

use bus::signals::Signal;
use storage::{StoreError, inbox::ClaimedUpdate};
use tokio_util::sync::CancellationToken;

use crate::{Services, bot, telemetry};

/// For how long a claimed update belongs to its worker.
pub const LEASE_MS: i64 = 10_000;
/// How long handling one update may take; less than the lease.
const HANDLE_MS: u64 = 5_000;
/// The tries that an update has.
pub const ATTEMPTS_MAX: u32 = 6;
/// The updates that one claim takes, all handled at once: none waits for its turn while its lease runs out.
const CLAIM_LIMIT: u32 = 8;
/// How long a worker waits for a hint before it looks by itself.
const LOOK_MS: u64 = 500;

/// Works the inbox off until `stop`. What is claimed by then is finished.
pub async fn run(services: Services, stop: CancellationToken) {
    let mut signals = services.signals().subscribe();
    while !stop.is_cancelled() {
        match work_once(&services).await {
            Ok(0) => {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = hint(&mut signals) => {}
                    () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %domain::ErrorChain(&error), "the inbox can't be worked off now");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(Duration::from_millis(2 * LOOK_MS)) => {}
                }
            }
        }
    }
}

async fn hint(signals: &mut tokio::sync::broadcast::Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(Signal::Inbox) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // Without hints the regular look is left.
            Err(tokio::sync::broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Claims what is due and handles it. Returns how many updates were claimed.
///
/// # Errors
/// When the inbox can't be claimed from.
pub async fn work_once(services: &Services) -> Result<usize, StoreError> {
    let now = services.now();
    let lease = services.new_uuid();
    let mut tx = services.store().begin_write().await?;
    let claimed = tx.inbox().claim(now, lease, now.plus_ms(LEASE_MS), CLAIM_LIMIT).await?;
    if claimed.is_empty() {
        return Ok(0);
    }
    tx.save().await?;
    let count = claimed.len();
    futures::future::join_all(claimed.into_iter().map(|update| work(services, update))).await;
    Ok(count)
}

/// Why handling an update failed: a fixed word for the row and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    TimedOut,
    Panicked,
    /// The database was away: nothing about this update.
    Unavailable,
    Store,
}

impl Failure {
    const fn label(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Panicked => "panicked",
            Self::Unavailable => "unavailable",
            Self::Store => "store",
        }
    }
}

async fn work(services: &Services, update: ClaimedUpdate) {
    let update = Arc::new(update);
    // Far more tries were begun than ended: the update takes its worker down each time.
    if update.attempt > 4 * ATTEMPTS_MAX {
        return settle(services, &update, Failure::Panicked).await;
    }
    // A task of its own, so that a panic is one update's failure and not the worker's end.
    let mut task = {
        let (services, update) = (services.clone(), Arc::clone(&update));
        tokio::spawn(async move { handle(&services, &update).await })
    };
    let failure = match tokio::time::timeout(Duration::from_millis(HANDLE_MS), &mut task).await {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(error))) => {
            tracing::warn!(
                update.id = %update.update_id,
                attempt = update.attempt,
                error = %domain::ErrorChain(&error),
                "handling an update failed"
            );
            match error {
                // Stopped each time, it would be tried for ever.
                StoreError::TimedOut { .. } => Failure::TimedOut,
                error if error.is_temporary() => Failure::Unavailable,
                _ => Failure::Store,
            }
        }
        Ok(Err(_)) => Failure::Panicked,
        Err(_) => {
            // Its transaction must be over before the failure is written.
            task.abort();
            let _ = task.await;
            Failure::TimedOut
        }
    };
    settle(services, &update, failure).await;
}

async fn handle(services: &Services, update: &ClaimedUpdate) -> Result<(), StoreError> {
    // Boards are read before the transaction that writes: nobody else's writes wait for that.
    let prepared = bot::look::prepare(services, &update.payload).await?;
    let mut tx = services.store().begin_write().await?;
    let after = bot::handle(services, &mut *tx, update, prepared).await?;
    if !tx.inbox().complete(update, services.now()).await? {
        // The lease ran out and another worker has the update: what was done here is not committed.
        return Ok(());
    }
    tx.save().await?;
    metrics::counter!(telemetry::WEBHOOK_UPDATES_TOTAL, "result" => "done").increment(1);
    after.tell(services);
    Ok(())
}

async fn settle(services: &Services, update: &ClaimedUpdate, failure: Failure) {
    let result = async {
        let mut tx = services.store().begin_write().await?;
        let now = services.now();
        // A database that is away says nothing about the update, however often it is tried.
        let is_last = update.attempt >= ATTEMPTS_MAX && failure != Failure::Unavailable;
        let is_settled = if is_last {
            tx.inbox().bury(update, now, failure.label()).await?
        } else {
            let wait_ms = 500 << update.attempt.min(6);
            tx.inbox().retry(update, now.plus_ms(wait_ms), failure.label()).await?
        };
        tx.save().await?;
        Ok::<_, StoreError>(is_settled.then_some(is_last))
    };
    match result.await {
        // The lease ran out meanwhile, and another worker has the update.
        Ok(None) => {}
        Ok(Some(is_last)) => {
            let result = if is_last { "dead" } else { "retried" };
            metrics::counter!(telemetry::WEBHOOK_UPDATES_TOTAL, "result" => result).increment(1);
            if is_last {
                tracing::error!(
                    update.id = %update.update_id,
                    reason = failure.label(),
                    "an update was given up; `podium inbox replay` tries it again"
                );
            }
        }
        // The lease runs out by itself, and the update is claimed again.
        Err(error) => tracing::warn!(
            update.id = %update.update_id,
            error = %domain::ErrorChain(&error),
            "an update's failure could not be stored"
        ),
    }
}
