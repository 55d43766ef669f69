//! Many requests, one commit. A commit costs a sync of the disk; those who wait for one share it.
//!
//! One task owns the writing: it takes one job, then all that have come meanwhile, commits them together and answers
//! all. It never lingers for more: under load the queue fills by itself while the disk is busy, and without load a
//! delay would be pure loss. When the queue is full, a job is refused at once, so that the sender can be told to come
//! back.

use std::{future::Future, time::Duration};

use storage::StoreError;
use tokio::sync::{mpsc, oneshot};

/// A commit that takes longer is given up: a database whose host has vanished answers nothing for a quarter of an hour.
/// Longer than the database's own limits, so that those speak first.
const COMMIT_MAX: Duration = Duration::from_secs(12);

/// A job was not committed.
#[derive(Debug, thiserror::Error)]
pub enum GroupCommitError {
    /// Too many jobs wait.
    #[error("the commit queue is full")]
    Full,
    /// The commit failed, for this job and all that shared it.
    #[error("the shared commit failed")]
    Failed,
}

/// A queue of jobs that are committed together.
#[derive(Debug)]
pub struct GroupCommit<Job, Answer> {
    queue: mpsc::Sender<(Job, oneshot::Sender<Answer>)>,
}

impl<Job: Send + 'static, Answer: Send + 'static> GroupCommit<Job, Answer> {
    /// Starts the task that commits. `commit` gets at least one job and at most `batch_max`, and answers in their
    /// order. At most `waiting_max` jobs wait.
    pub fn start<Commit, Committed>(
        name: &'static str,
        waiting_max: usize,
        batch_max: usize,
        mut commit: Commit,
    ) -> Self
    where
        Commit: FnMut(Vec<Job>) -> Committed + Send + 'static,
        Committed: Future<Output = Result<Vec<Answer>, StoreError>> + Send + 'static,
    {
        let (queue, mut waiting) = mpsc::channel::<(Job, oneshot::Sender<Answer>)>(waiting_max);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(batch_max);
            while waiting.recv_many(&mut batch, batch_max).await > 0 {
                let (jobs, askers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                // A task of its own, so that a panic fails one commit and not all that come.
                let committing = tokio::time::timeout(COMMIT_MAX, tokio::spawn(commit(jobs)));
                match committing.await {
                    Ok(Ok(Ok(answers))) => {
                        for (asker, answer) in askers.into_iter().zip(answers) {
                            // An asker that went away needs no answer: what it asked for is done all the same.
                            let _ = asker.send(answer);
                        }
                    }
                    // Dropping the askers tells each of them that the commit failed.
                    Ok(Ok(Err(error))) => {
                        tracing::warn!(commit = name, error = %domain::ErrorChain(&error), "a shared commit failed");
                    }
                    Ok(Err(_)) => tracing::error!(commit = name, "a shared commit panicked"),
                    Err(_) => tracing::warn!(commit = name, "a shared commit did not end in time"),
                }
            }
        });
        Self { queue }
    }

    /// Adds a job and waits until it is durable.
    ///
    /// # Errors
    /// [`GroupCommitError`] when the queue is full or the commit failed.
    pub async fn submit(&self, job: Job) -> Result<Answer, GroupCommitError> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send((job, answer)).map_err(|_| GroupCommitError::Full)?;
        answered.await.map_err(|_| GroupCommitError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn jobs_that_come_during_a_commit_share_the_next_one() {
        let commits = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(Semaphore::new(0));
        let queue = {
            let (commits, gate) = (Arc::clone(&commits), Arc::clone(&gate));
            GroupCommit::start("test", 100, 50, move |jobs: Vec<u32>| {
                let (commits, gate) = (Arc::clone(&commits), Arc::clone(&gate));
                async move {
                    gate.acquire().await.unwrap().forget();
                    commits.fetch_add(1, Ordering::SeqCst);
                    Ok(jobs.into_iter().map(|job| job * 2).collect())
                }
            })
        };
        let submitted = join_all((0..40).map(|job| queue.submit(job)));
        gate.add_permits(40);
        let answers: Vec<u32> = submitted.await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers, (0..40).map(|job| job * 2).collect::<Vec<_>>());
        assert!(commits.load(Ordering::SeqCst) <= 2, "forty jobs took {commits:?} commits");
    }

    #[tokio::test]
    async fn a_failed_commit_fails_all_that_shared_it_and_the_next_one_works() {
        let calls = Arc::new(AtomicUsize::new(0));
        let queue = GroupCommit::start("test", 10, 10, move |jobs: Vec<u32>| {
            let first = calls.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if first { Err(StoreError::Inconsistent { table: "test", column: "test" }) } else { Ok(jobs) }
            }
        });
        assert!(matches!(queue.submit(1).await, Err(GroupCommitError::Failed)));
        assert_eq!(queue.submit(2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let (begun, mut begins) = mpsc::unbounded_channel();
        let queue = Arc::new(GroupCommit::<u32, u32>::start("test", 1, 1, move |_| {
            begun.send(()).unwrap();
            std::future::pending()
        }));
        let (first, second) = (Arc::clone(&queue), Arc::clone(&queue));
        let held = tokio::spawn(async move { first.submit(1).await });
        begins.recv().await.unwrap();
        let waiting = tokio::spawn(async move { second.submit(2).await });
        while queue.queue.capacity() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(queue.submit(3).await, Err(GroupCommitError::Full)));
        held.abort();
        waiting.abort();
    }
}
