//! One run of one job: the transaction, the lease that is held meanwhile, and what becomes of a failure.

use std::{sync::Arc, time::Duration};

use storage::{
    StoreError,
    job::{ClaimedJob, Hold},
};

use crate::{
    Services,
    jobs::{
        handler::{JobDone, JobError, JobHandler},
        retry::{ATTEMPTS_MAX, delay_ms},
        worker::LEASE_MS,
    },
    telemetry::{self, Stopwatch},
};

/// How long doing a job may take.
const HANDLE_MS: u64 = 60_000;
/// How often the lease of a job that is running is renewed; often enough to miss it once.
const RENEW_MS: u64 = 3_000;

/// Why a run failed: a fixed word for the row and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    TimedOut,
    Panicked,
    /// The database was away: nothing about this job.
    Unavailable,
    Store,
    Failed,
}

impl Failure {
    const fn label(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Panicked => "panicked",
            Self::Unavailable => "unavailable",
            Self::Store => "store",
            Self::Failed => "failed",
        }
    }

    fn of(error: &JobError) -> Self {
        match error {
            // Stopped each time, it would be tried for ever.
            JobError::Store(StoreError::TimedOut { .. }) => Self::TimedOut,
            JobError::Store(source) if source.is_temporary() => Self::Unavailable,
            JobError::Store(_) => Self::Store,
            JobError::Failed { .. } => Self::Failed,
        }
    }
}

/// Does a claimed job, or says why not. Never fails: what could not be stored ends with the lease.
pub(crate) async fn run(services: Services, handler: Arc<dyn JobHandler>, job: ClaimedJob) {
    let job = Arc::new(job);
    let kind = job.kind.as_str();
    metrics::counter!(telemetry::JOBS_CLAIMED_TOTAL, "kind" => kind).increment(1);
    // Far more tries were begun than ended: the job takes its worker down each time.
    if job.attempt > 4 * ATTEMPTS_MAX {
        return settle(&services, &job, Failure::Panicked).await;
    }
    let stopwatch = Stopwatch::start();
    // A task of its own, so that a panic is one job's failure and not the worker's end.
    let mut task = {
        let (services, job) = (services.clone(), Arc::clone(&job));
        tokio::spawn(async move { attempt(&services, &*handler, &job).await })
    };
    let ended = tokio::time::timeout(Duration::from_millis(HANDLE_MS), async {
        loop {
            tokio::select! {
                ended = &mut task => break ended,
                () = tokio::time::sleep(Duration::from_millis(RENEW_MS)) => renew(&services, &job).await,
            }
        }
    });
    let failure = match ended.await {
        Ok(Ok(Ok(is_done))) => {
            if is_done {
                metrics::histogram!(telemetry::JOB_DURATION_SECONDS, "kind" => kind)
                    .record(stopwatch.seconds());
                metrics::counter!(telemetry::JOBS_COMPLETED_TOTAL, "kind" => kind).increment(1);
            }
            return;
        }
        Ok(Ok(Err(error))) => {
            tracing::warn!(
                job.kind = kind,
                job.key,
                attempt = job.attempt,
                error = %domain::ErrorChain(&error),
                "a job failed"
            );
            Failure::of(&error)
        }
        Ok(Err(_)) => Failure::Panicked,
        Err(_) => {
            // Its transaction must be over before the failure is written.
            task.abort();
            let _ = task.await;
            Failure::TimedOut
        }
    };
    settle(&services, &job, failure).await;
}

/// Does the job in a transaction. `false` when there was nothing to do any more, or another worker has it.
async fn attempt(services: &Services, handler: &dyn JobHandler, job: &ClaimedJob) -> Result<bool, JobError> {
    let prepared = handler.prepare(services, job).await?;
    let handler = prepared.as_deref().unwrap_or(handler);
    let mut tx = services.store().begin_write().await?;
    let hold = tx.jobs().hold(job).await?;
    let done = match hold {
        Hold::Lost => return Ok(false),
        Hold::Superseded => None,
        Hold::Held => Some(handler.run(services, &mut *tx, job, services.now()).await?),
    };
    if !tx.jobs().finish(job, services.now()).await? {
        // The lease ran out and another worker has the job: what was done here is not committed.
        return Ok(false);
    }
    tx.save().await?;
    let is_done = done.is_some();
    done.unwrap_or_else(JobDone::quietly).tell(services).await;
    Ok(is_done)
}

/// Holds the job for longer. Should that fail, the lease ends, and the end of the run will not be committed.
async fn renew(services: &Services, job: &ClaimedJob) {
    let renewed = async {
        let mut tx = services.store().begin_write().await?;
        tx.jobs().renew(job, services.now().plus_ms(LEASE_MS)).await?;
        tx.save().await
    };
    if let Err(error) = renewed.await {
        tracing::debug!(job.kind = job.kind.as_str(), error = %domain::ErrorChain(&error), "a lease can't be renewed");
    }
}

async fn settle(services: &Services, job: &ClaimedJob, failure: Failure) {
    let kind = job.kind.as_str();
    // A database that is away says nothing about the job, however often it is tried.
    let is_last = job.attempt >= ATTEMPTS_MAX && failure != Failure::Unavailable;
    let stored = async {
        let mut tx = services.store().begin_write().await?;
        let now = services.now();
        let is_settled = if is_last {
            tx.jobs().bury(job, now, failure.label()).await?
        } else {
            let due_at = now.plus_ms(delay_ms(job.attempt, services.rng().next_u64()));
            tx.jobs().retry_at(job, due_at, now, failure.label()).await?
        };
        tx.save().await?;
        Ok::<_, StoreError>(is_settled)
    };
    match stored.await {
        // The lease ran out meanwhile, and another worker has the job.
        Ok(false) => {}
        Ok(true) => {
            metrics::counter!(telemetry::JOBS_FAILED_TOTAL, "kind" => kind).increment(1);
            if is_last {
                metrics::counter!(telemetry::JOBS_DEAD_TOTAL, "kind" => kind).increment(1);
                tracing::error!(
                    job.kind = kind,
                    job.key,
                    reason = failure.label(),
                    "a job was given up; `podium jobs replay` tries it again"
                );
            }
        }
        // The lease runs out by itself, and the job is claimed again.
        Err(error) => tracing::warn!(
            job.kind = kind,
            error = %domain::ErrorChain(&error),
            "a job's failure could not be stored"
        ),
    }
}
