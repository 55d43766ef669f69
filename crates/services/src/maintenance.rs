//! What must be done now and then: old rows removed, persons erased who asked for it, queues measured.

pub mod clean;

use std::time::Duration;

use domain::Timestamp;
use storage::StoreError;
use tokio_util::sync::CancellationToken;

use crate::{Services, maintenance::clean::Cleaner, privacy, telemetry};

/// How often queues are measured.
const LOOK_MS: u64 = 2_000;
/// How often old rows are removed.
const CLEAN_MS: i64 = 60_000;
/// How often names are looked through for those that are not sealed with the present key.
const RESEAL_MS: i64 = 24 * 3_600_000;

/// Does all of it until `stop`.
pub async fn run(services: Services, stop: CancellationToken) {
    let mut cleaned_at = Timestamp::default();
    let mut resealed_at = Timestamp::default();
    let mut cleaner = Cleaner::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
        }
        if services.now().millis_since(resealed_at).abs() >= RESEAL_MS {
            resealed_at = services.now();
            report("names can't be sealed anew", privacy::reseal::reseal(&services).await.map(drop));
        }
        report("queues can't be measured", measure_queues(&services).await);
        if services.now().millis_since(cleaned_at).abs() >= CLEAN_MS {
            cleaned_at = services.now();
            report("old rows can't be removed", cleaner.clean(&services).await);
            report("persons can't be erased", privacy::erase::erase_due(&services).await.map(drop));
        }
    }
}

fn report(what: &'static str, result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::warn!(error = %domain::ErrorChain(&error), "{what}");
    }
}

/// Exports how much waits, and how old the oldest is.
///
/// # Errors
/// When the database fails.
pub async fn measure_queues(services: &Services) -> Result<(), StoreError> {
    let mut tx = services.store().begin_read().await?;
    let inbox = tx.inbox().backlog().await?;
    let outbox = tx.outbox().backlog().await?;
    let events_out = tx.outgoing_events().backlog().await?;
    let now = services.now();
    let jobs = tx.jobs().backlog(now).await?;
    drop(tx);
    let depths = [
        ("inbox", "waiting", inbox.waiting),
        ("inbox", "running", inbox.running),
        ("inbox", "dead", inbox.dead),
        ("outbox", "waiting", outbox.waiting),
        ("outbox", "sending", outbox.sending),
        ("outbox", "failed", outbox.failed),
        ("outbox", "ambiguous", outbox.ambiguous),
        ("events_out", "waiting", events_out.waiting),
        ("events_out", "sending", events_out.sending),
        ("events_out", "dead", events_out.dead),
        ("jobs", "planned", jobs.planned),
        ("jobs", "waiting", jobs.waiting),
        ("jobs", "running", jobs.running),
        ("jobs", "dead", jobs.dead),
    ];
    for (queue, state, depth) in depths {
        metrics::gauge!(telemetry::QUEUE_DEPTH, "queue" => queue, "state" => state).set(as_f64(depth));
    }
    let oldest = [
        ("inbox", inbox.oldest_open_at),
        ("outbox", outbox.oldest_due_at),
        ("events_out", events_out.oldest_open_at),
        ("jobs", jobs.oldest_run_at),
    ];
    for (queue, oldest) in oldest {
        let age_ms = oldest.map_or(0, |oldest| now.millis_since(oldest).max(0));
        let age_seconds = Duration::from_millis(u64::try_from(age_ms).unwrap_or_default()).as_secs_f64();
        metrics::gauge!(telemetry::QUEUE_OLDEST_AGE_SECONDS, "queue" => queue).set(age_seconds);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge; counts beyond 2^53 rows do not occur")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}
