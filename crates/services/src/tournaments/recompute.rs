//! The job that computes a board anew, some players a run. Key: the board's id. Its ranks become final behind it.

use async_trait::async_trait;
use domain::{BoardId, Timestamp, UserId};
use serde::Deserialize;
use serde_json::json;
use storage::{
    Transaction,
    job::{ClaimedJob, JobKind},
};

use crate::{
    Services,
    boards::recompute,
    jobs::{self, JobDone, JobError, JobHandler},
};

/// Where the job stands.
#[derive(Deserialize)]
struct Progress {
    #[serde(default)]
    after: Option<UserId>,
}

/// The job.
#[derive(Debug)]
pub struct BoardRecompute;

#[async_trait]
impl JobHandler for BoardRecompute {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let board: BoardId = jobs::key(job)?;
        let Progress { after } = jobs::payload(job)?;
        let step = recompute::step(tx, &board, after).await?;
        if let Some(next) = step.next {
            let payload = json!({"after": next});
            jobs::plan(services, tx, JobKind::BoardRecompute, board.as_str(), now, &payload).await?;
        } else if jobs::is_open(tx, JobKind::BoardEnd, board.as_str()).await? {
            // The end of the board waits for this.
            jobs::plan(services, tx, JobKind::BoardEnd, board.as_str(), now, &json!({})).await?;
        }
        let mut done = JobDone::quietly().with_signal(bus::signals::Signal::Jobs);
        done.changes.add_boards(step.change);
        Ok(done)
    }
}
