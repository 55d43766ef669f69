//! Jobs: what is to be done at a time, once, whatever is down at that time.
//!
//! ```text
//!            claim                finish
//! waiting ──────────▶ running ──────────────▶ done ──┐
//!    ▲                  │  │      bury               │ plan
//!    │                  │  └────────────────▶ dead ──┤ plan, replay
//!    └──────────────────┴────────────────────────────┘
//!   retry, or the lease ran out
//! ```
//! A job is known by its kind and a key of its owner's, and there is one of each at most. To plan it is to say when it
//! runs next; the last word holds:
//!
//! - one that waits moves to the new time, with its tries counted from zero; one that is over waits again;
//! - one that is running is left alone. What was planned meanwhile takes its place when the run ends, however it ends; a
//!   run that has not begun its work by then ([`JobRepository::hold`]) ends at once and does nothing;
//! - a cancellation removes one that waits. One that is running ends at once when it has not begun its work, is not tried
//!   again when it fails, and counts as done otherwise.
//!
//! A worker holds a job by a lease. The mark "done" is written in the transaction of what the job does, and only while
//! the lease is the worker's, so that both are committed together, once: a worker that has lost its job to another
//! commits nothing.
//!
//! Kind, key and payload hold nothing of a person: ids of ours alone.

use async_trait::async_trait;
use domain::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;

macro_rules! job_kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What a job does. The stored form of a kind never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum JobKind {
            $($(#[$doc])* $name,)*
        }

        impl JobKind {
            /// Every kind, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The stored form of every kind, for labels.
            pub const LABELS: &'static [&'static str] = &[$($text),*];

            /// The stored form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

job_kinds! {
    /// A signing key follows on the last one. Key: `signing`.
    KeyRotation = "key_rotation";
    /// A tournament takes its next step: it opens, starts, begins a period, ends. Key: its id.
    TournamentClock = "tournament_clock";
    /// A tournament starts soon: who asked for it is told.
    TournamentReminder = "tournament_reminder";
    /// A board's ranks become final. Key: its id.
    BoardEnd = "board_end";
    /// The winners of a board are given their prizes, some at a time. Key: its id.
    BoardPrizes = "board_prizes";
    /// The players of a board are told their ranks, some at a time. Key: its id.
    BoardNotices = "board_notices";
    /// Players were overtaken: who asked for it is told.
    BoardOvertaken = "board_overtaken";
    /// A board is computed anew from the events that it has seen.
    BoardRecompute = "board_recompute";
}

impl JobKind {
    /// A kind from its stored form; `None` for one that this version does not know.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// The longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 200;
/// The longest payload, in bytes: a job names what it is about, and reads the rest when it runs.
pub const PAYLOAD_BYTES_MAX: usize = 4_096;
/// The most jobs that one call plans.
pub const PLAN_MAX: usize = 1_000;

/// A job as it is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// What it is about: a key of its owner's, such as the id of a tournament.
    pub key: String,
    /// When it runs; at once when that is over.
    pub run_at: Timestamp,
    /// What it needs to know, in JSON.
    pub payload: String,
    /// When it was planned.
    pub planned_at: Timestamp,
}

/// A job that a worker holds until its lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// What it does.
    pub kind: JobKind,
    /// What it is about.
    pub key: String,
    /// The time that was planned.
    pub run_at: Timestamp,
    /// What it needs to know, in JSON.
    pub payload: String,
    /// 1 for the first try.
    pub attempt: u32,
    /// Proves that the job is still this worker's.
    pub lease: Uuid,
}

/// Whether a job that was claimed is still to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It is.
    Held,
    /// It is this worker's, but was canceled or planned anew since it was claimed: there is nothing to do but to
    /// [`finish`](JobRepository::finish) it.
    Superseded,
    /// It is another worker's, or over.
    Lost,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// For its time, or for its next try.
    Waiting,
    /// Held by a worker.
    Running,
    /// Done.
    Done,
    /// Given up after too many tries.
    Dead,
}

impl JobState {
    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// A state from its stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// What it does.
    pub kind: JobKind,
    /// What it is about.
    pub key: String,
    /// When it runs, or ran: what was planned last, also while it is running.
    pub run_at: Timestamp,
    /// What it needs to know, in JSON: what was planned last, also while it is running.
    pub payload: String,
    /// Where it stands.
    pub state: JobState,
    /// The tries so far.
    pub attempt: u32,
    /// Why the last try failed; a fixed word.
    pub reason: Option<String>,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
}

/// How much is where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobBacklog {
    /// Its time has not come, or that of the next try.
    pub planned: u64,
    /// Due, and in no worker's hands.
    pub waiting: u64,
    /// Held by a worker.
    pub running: u64,
    /// Given up after too many tries.
    pub dead: u64,
    /// The earliest time that was planned of what is not over.
    pub oldest_run_at: Option<Timestamp>,
}

/// Access to jobs.
#[async_trait]
pub trait JobRepository: Send {
    /// Says when a job runs next. See the module for what that means for one that is there.
    async fn plan(&mut self, job: &NewJob) -> Result<(), StoreError> {
        self.plan_many(std::slice::from_ref(job)).await
    }

    /// Plans up to [`PLAN_MAX`] jobs; of several with one kind and key the last holds.
    async fn plan_many(&mut self, jobs: &[NewJob]) -> Result<(), StoreError>;

    /// Cancels a job. Returns whether it waited, and is gone now: `false` when there is none, when it is over, and when
    /// it is running. See the module for what becomes of one that is running.
    async fn cancel(&mut self, kind: JobKind, key: &str) -> Result<bool, StoreError>;

    /// A job as it stands.
    async fn get(&mut self, kind: JobKind, key: &str) -> Result<Option<JobRow>, StoreError>;

    /// Claims up to `limit` due jobs of `kinds`, those that are due the longest first, and holds them until
    /// `lease_until` under the id `lease`, which is new for each call. Jobs whose lease has run out at `now` are claimed
    /// anew. Answered in the order of their planned times.
    async fn claim(
        &mut self,
        kinds: &[JobKind],
        now: Timestamp,
        lease: Uuid,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>, StoreError>;

    /// When the next job of `kinds` may be claimed.
    async fn next_due(&mut self, kinds: &[JobKind]) -> Result<Option<Timestamp>, StoreError>;

    /// Whether a claimed job is still to be done: asked at the head of the transaction that does it.
    async fn hold(&mut self, job: &ClaimedJob) -> Result<Hold, StoreError>;

    /// Holds a claimed job for longer. Returns `false` when the lease is no longer this worker's.
    async fn renew(&mut self, job: &ClaimedJob, lease_until: Timestamp) -> Result<bool, StoreError>;

    /// Marks a job done, or lets it wait for what was planned while it was running: the last statement of the
    /// transaction that did it. Returns `false`, changing nothing, when the lease is no longer this worker's: then
    /// nothing of the transaction may be saved.
    async fn finish(&mut self, job: &ClaimedJob, now: Timestamp) -> Result<bool, StoreError>;

    /// Lets a job that failed wait until `due_at` for its next try; one that was canceled is done, and one that was
    /// planned anew waits for its new time. `reason` is a fixed word. Returns `false` when the lease is no longer this
    /// worker's.
    async fn retry_at(
        &mut self,
        job: &ClaimedJob,
        due_at: Timestamp,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError>;

    /// Gives a job up; one that was canceled is done, and one that was planned anew waits for its new time. Returns
    /// `false` when the lease is no longer this worker's.
    async fn bury(
        &mut self,
        job: &ClaimedJob,
        now: Timestamp,
        reason: &'static str,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` jobs that were given up, the last ones first.
    async fn dead(&mut self, limit: u32) -> Result<Vec<JobRow>, StoreError>;

    /// Lets up to `limit` jobs that were given up run at `now`, with their tries counted from zero; of `kind` and `key`
    /// alone, when given. Returns how many.
    async fn replay_dead(
        &mut self,
        kind: Option<JobKind>,
        key: Option<&str>,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError>;

    /// How much is open or given up. Reads no job that is done, so that it may be asked every other second.
    async fn backlog(&mut self, now: Timestamp) -> Result<JobBacklog, StoreError>;

    /// Removes up to `limit` jobs that were done before `before`. Returns how many.
    async fn remove_finished(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Removes up to `limit` jobs that were given up before `before`. Returns how many.
    async fn remove_dead(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// The last of each kind and key, in the order of these: what both engines write, so that no statement meets a row twice
/// and all meet rows in one order.
///
/// # Errors
/// [`StoreError::Failed`] when there are too many, or one is too large.
pub fn last_of_each<'jobs>(
    jobs: &'jobs [NewJob],
    operation: &'static str,
) -> Result<Vec<&'jobs NewJob>, StoreError> {
    crate::stored::at_most(PLAN_MAX, jobs.len(), operation)?;
    for job in jobs {
        crate::stored::at_most(KEY_BYTES_MAX, job.key.len(), operation)?;
        crate::stored::at_most(PAYLOAD_BYTES_MAX, job.payload.len(), operation)?;
    }
    let last: std::collections::BTreeMap<(&str, &str), &NewJob> =
        jobs.iter().map(|job| ((job.kind.as_str(), job.key.as_str()), job)).collect();
    Ok(last.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_stored_form() {
        for kind in JobKind::ALL {
            assert_eq!(JobKind::from_text(kind.as_str()), Some(*kind));
        }
        assert_eq!(JobKind::from_text("of_a_later_version"), None);
        let mut labels = JobKind::LABELS.to_vec();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), JobKind::ALL.len(), "no stored form is used twice");
    }
}
