//! Many requests, one commit. A commit costs a sync of the disk; those who wait for one share it.
//!
//! One task owns the writing: it takes one job, then all that have come meanwhile, commits them together and answers
//! all. It never lingers for more: under load the queue fills by itself while the disk is busy, and without load a
//! delay would be pure loss. When the queue is full, a job is refused at once, so that the sender can be told to come
//! back.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
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
                gather(&mut waiting, &mut batch, batch_max).await;
                let (jobs, askers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                // Caught, so that a panic fails one commit and not all that come. What it has left half done is its
                // own: a transaction that is dropped is rolled back.
                let committing = AssertUnwindSafe(async { commit(jobs).await }).catch_unwind();
                match tokio::time::timeout(COMMIT_MAX, committing).await {
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

/// Lets those who are about to ask do so, as long as some do: no time passes for it when nobody does.
async fn gather<T>(waiting: &mut mpsc::Receiver<T>, batch: &mut Vec<T>, batch_max: usize) {
    while batch.len() < batch_max {
        tokio::task::yield_now().await;
        let before = batch.len();
        while batch.len() < batch_max
            && let Ok(job) = waiting.try_recv()
        {
            batch.push(job);
        }
        if batch.len() == before {
            return;
        }
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
    async fn a_panic_fails_one_commit_and_the_next_one_works() {
        let mut calls = 0;
        let queue = GroupCommit::start("test", 10, 10, move |jobs: Vec<u32>| {
            calls += 1;
            let is_first = calls == 1;
            async move {
                assert!(!is_first, "what a defect does");
                Ok(jobs)
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
