//! Planning a job in the transaction of the change that calls for it, and looking whether one is planned.

use domain::Timestamp;
use serde_json::Value;
use storage::{
    StoreError, Transaction,
    job::{JobKind, JobState, NewJob},
};

use crate::Services;

/// Says when a job runs next: a new one, one that waits and is moved, one that is over and runs again. See
/// [`storage::job`] for one that is running. `payload` names what the job needs to know, by ids of ours.
///
/// Workers look every half second. Who wants a job that is due at once to be done at once publishes
/// [`Signal::Jobs`](bus::signals::Signal::Jobs) after the commit.
///
/// # Errors
/// When the database fails.
pub async fn plan(
    services: &Services,
    tx: &mut dyn Transaction,
    kind: JobKind,
    key: impl Into<String> + Send,
    run_at: Timestamp,
    payload: &Value,
) -> Result<(), StoreError> {
    let job =
        NewJob { kind, key: key.into(), run_at, payload: payload.to_string(), planned_at: services.now() };
    tx.jobs().plan(&job).await
}

/// Whether a job is still to be done, or is being done.
///
/// # Errors
/// When the database fails.
pub async fn is_open(tx: &mut dyn Transaction, kind: JobKind, key: &str) -> Result<bool, StoreError> {
    let job = tx.jobs().get(kind, key).await?;
    Ok(job.is_some_and(|job| matches!(job.state, JobState::Waiting | JobState::Running)))
}
