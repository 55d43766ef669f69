//! Jobs: late ones run after the start, each once; what fails is tried again and given up; nothing of a failure is kept.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bus::signals::Signal;
use domain::{AuditAction, Timestamp};
use serde_json::json;
use services::{
    Services, audit,
    jobs::{self, Handlers, JobDone, JobError, JobHandler, retry, worker},
    maintenance::clean::Cleaner,
};
use storage::{
    StoreError, Transaction,
    audit::Actor,
    job::{ClaimedJob, JobBacklog, JobKind, JobRow, JobState},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::support::{TestServer, get, server};

const DAY_MS: i64 = 24 * 3_600_000;
const KIND: JobKind = JobKind::BoardEnd;

/// What a job of the tests does behind its note in the audit log.
#[derive(Debug, Default)]
struct Noting {
    /// So many runs fail after they have written.
    failures: AtomicU32,
    /// The jobs in workers' hands that a run has seen at most.
    running_max: AtomicU64,
    /// A run waits for this, when it is given.
    gate: Option<Arc<Notify>>,
    /// A run plans the next slice until this one.
    slices: i64,
}

#[derive(Debug, Clone)]
struct Handler(Arc<Noting>);

impl Handler {
    fn new(noting: Noting) -> (Self, Handlers) {
        let handler = Self(Arc::new(noting));
        let handlers = Handlers::default().with(KIND, handler.clone()).with(JobKind::BoardPrizes, Panicking);
        (handler, handlers)
    }
}

#[async_trait]
impl JobHandler for Handler {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        if let Some(gate) = &self.0.gate {
            gate.notified().await;
        }
        let running = tx.jobs().backlog(now).await?.running;
        self.0.running_max.fetch_max(running, Ordering::SeqCst);
        let detail = json!({"job": job.key});
        audit::record(services, tx, Actor::system(), AuditAction::DataExported, None, &detail).await?;
        if self
            .0
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok()
        {
            return Err(JobError::failed("the test wants it so", "no luck"));
        }
        let slice: i64 = serde_json::from_str(&job.payload).unwrap();
        if slice < self.0.slices {
            jobs::plan(services, tx, job.kind, &*job.key, now, &json!(slice + 1)).await?;
        }
        Ok(JobDone::quietly().with_signal(Signal::Outbox))
    }
}

#[derive(Debug)]
struct Panicking;

#[async_trait]
impl JobHandler for Panicking {
    async fn run(
        &self,
        _services: &Services,
        _tx: &mut dyn Transaction,
        _job: &ClaimedJob,
        _now: Timestamp,
    ) -> Result<JobDone, JobError> {
        panic!("a handler with a mistake in it");
    }
}

/// A statement that is too much for its time.
#[derive(Debug)]
struct TooSlow;

#[async_trait]
impl JobHandler for TooSlow {
    async fn run(
        &self,
        _services: &Services,
        _tx: &mut dyn Transaction,
        _job: &ClaimedJob,
        _now: Timestamp,
    ) -> Result<JobDone, JobError> {
        Err(StoreError::timed_out("rows.of_the_test", "canceling statement").into())
    }
}

async fn plan(server: &TestServer, kind: JobKind, key: &str, run_at: Timestamp) {
    let mut tx = server.services.store().begin_write().await.unwrap();
    jobs::plan(&server.services, &mut *tx, kind, key, run_at, &json!(1)).await.unwrap();
    tx.save().await.unwrap();
}

async fn cancel(server: &TestServer, key: &str) -> bool {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let is_gone = tx.jobs().cancel(KIND, key).await.unwrap();
    tx.save().await.unwrap();
    is_gone
}

async fn job(server: &TestServer, kind: JobKind, key: &str) -> Option<JobRow> {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.jobs().get(kind, key).await.unwrap()
}

async fn backlog(server: &TestServer) -> JobBacklog {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.jobs().backlog(server.services.now()).await.unwrap()
}

/// The notes that were committed, the last first.
async fn notes(server: &TestServer) -> Vec<String> {
    let mut tx = server.services.store().begin_read().await.unwrap();
    let lines = tx.audit().newest(None, None, 100).await.unwrap();
    lines.into_iter().map(|line| line.detail).collect()
}

async fn work(server: &TestServer, handlers: &Handlers) -> usize {
    worker::work_once(&server.services, handlers).await.unwrap()
}

/// Waits until the notes are as many.
async fn until_notes(server: &TestServer, count: usize) {
    let written = async {
        while notes(server).await.len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), written).await.unwrap();
}

#[tokio::test]
async fn a_job_whose_time_passed_while_the_server_was_down_runs_right_after_the_start() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting::default());
    let at = server.services.now().plus_ms(3_600_000);
    plan(&server, KIND, "cup", at).await;
    assert_eq!(work(&server, &handlers).await, 0, "its time has not come");
    server.clock.advance_ms(3 * DAY_MS);
    // Another process on the same file.
    let started = server.with_personal_keys(&[]).await;
    assert_eq!(worker::work_once(&started, &handlers).await.unwrap(), 1);
    assert_eq!(notes(&server).await, [r#"{"job":"cup"}"#]);
    assert_eq!(work(&server, &handlers).await, 0);
    let row = job(&server, KIND, "cup").await.unwrap();
    assert_eq!((row.state, row.run_at, row.finished_at), (JobState::Done, at, Some(server.services.now())));
}

#[tokio::test]
async fn a_moved_start_runs_at_its_new_time_and_a_canceled_one_never() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting::default());
    let now = server.services.now();
    for key in ["later", "earlier", "canceled"] {
        plan(&server, KIND, key, now.plus_ms(60_000)).await;
    }
    plan(&server, KIND, "later", now.plus_ms(120_000)).await;
    plan(&server, KIND, "earlier", now.plus_ms(30_000)).await;
    assert!(cancel(&server, "canceled").await);
    for (advance_ms, count) in [(29_999, 0), (1, 1), (30_000, 0), (59_999, 0), (1, 1), (DAY_MS, 0)] {
        server.clock.advance_ms(advance_ms);
        assert_eq!(work(&server, &handlers).await, count);
    }
    assert_eq!(notes(&server).await, [r#"{"job":"later"}"#, r#"{"job":"earlier"}"#]);
}

#[tokio::test]
async fn nothing_of_a_failed_run_is_kept_or_told_and_the_next_try_does_it() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting { failures: AtomicU32::new(2), ..Noting::default() });
    let mut hints = server.services.signals().subscribe();
    plan(&server, KIND, "cup", server.services.now()).await;
    for wait_ms in [1_100, 2_200] {
        assert_eq!(work(&server, &handlers).await, 1);
        assert_eq!(notes(&server).await, [""; 0]);
        assert_eq!(job(&server, KIND, "cup").await.unwrap().reason.as_deref(), Some("failed"));
        assert_eq!(work(&server, &handlers).await, 0, "it waits for its next try");
        server.clock.advance_ms(wait_ms);
    }
    assert!(hints.try_recv().is_err(), "nothing was told of what did not happen");
    assert_eq!(work(&server, &handlers).await, 1);
    assert_eq!(notes(&server).await.len(), 1);
    assert_eq!(hints.try_recv(), Ok(Signal::Outbox));
}

#[tokio::test]
async fn a_job_that_always_fails_is_given_up_holds_nobody_up_and_can_be_replayed() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting::default());
    plan(&server, JobKind::BoardPrizes, "broken", server.services.now()).await;
    plan(&server, KIND, "cup", server.services.now().plus_ms(1)).await;
    for attempt in 1..=retry::ATTEMPTS_MAX {
        assert_eq!(backlog(&server).await.dead, 0);
        assert!(work(&server, &handlers).await >= 1, "try {attempt}");
        server.clock.advance_ms(20 * 60_000);
    }
    assert_eq!(notes(&server).await.len(), 1, "the other one was done");
    let row = job(&server, JobKind::BoardPrizes, "broken").await.unwrap();
    assert_eq!((row.state, row.reason.as_deref()), (JobState::Dead, Some("panicked")));
    assert_eq!(work(&server, &handlers).await, 0);

    assert_eq!(jobs::replay_dead(&server.services, Some(KIND), None).await.unwrap(), 0);
    assert_eq!(jobs::replay_dead(&server.services, None, Some("broken")).await.unwrap(), 1);
    let (_, mended) = Handler::new(Noting::default());
    let mended = mended.with(JobKind::BoardPrizes, Handler(Arc::default()));
    assert_eq!(work(&server, &mended).await, 1);
    assert_eq!(notes(&server).await[0], r#"{"job":"broken"}"#);
}

/// As when the database is away, a later try may get through; the same statement may be too slow each time, too.
#[tokio::test]
async fn a_job_whose_statement_is_stopped_each_time_is_given_up() {
    let server = server().await;
    let handlers = Handlers::default().with(KIND, TooSlow);
    plan(&server, KIND, "large", server.services.now()).await;
    for attempt in 1..=retry::ATTEMPTS_MAX {
        assert_eq!(work(&server, &handlers).await, 1, "try {attempt}");
        server.clock.advance_ms(20 * 60_000);
    }
    let row = job(&server, KIND, "large").await.unwrap();
    assert_eq!((row.state, row.reason.as_deref()), (JobState::Dead, Some("timed_out")));
}

#[tokio::test]
async fn a_long_job_goes_on_slice_by_slice() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting { slices: 3, ..Noting::default() });
    plan(&server, KIND, "board", server.services.now()).await;
    for slice in 1..=3 {
        assert_eq!(work(&server, &handlers).await, 1);
        assert_eq!(notes(&server).await.len(), slice);
    }
    assert_eq!(work(&server, &handlers).await, 0);
}

#[tokio::test]
async fn a_dead_workers_job_is_done_when_its_lease_has_run_out() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting::default());
    let now = server.services.now();
    plan(&server, KIND, "cup", now).await;
    let mut tx = server.services.store().begin_write().await.unwrap();
    let lease = uuid::Uuid::from_u128(1);
    let taken = tx.jobs().claim(&[KIND], now, lease, now.plus_ms(worker::LEASE_MS), 1).await.unwrap();
    assert_eq!(taken.len(), 1);
    tx.save().await.unwrap();
    server.clock.advance_ms(worker::LEASE_MS - 1);
    assert_eq!(work(&server, &handlers).await, 0);
    server.clock.advance_ms(1);
    assert_eq!(work(&server, &handlers).await, 1);
    assert_eq!(notes(&server).await.len(), 1);
}

#[tokio::test]
async fn a_kind_without_a_handler_waits_for_a_worker_that_has_one() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting::default());
    plan(&server, JobKind::BoardRecompute, "cup", server.services.now()).await;
    assert_eq!(work(&server, &handlers).await, 0);
    let row = job(&server, JobKind::BoardRecompute, "cup").await.unwrap();
    assert_eq!((row.state, row.attempt), (JobState::Waiting, 0));
    let newer = handlers.with(JobKind::BoardRecompute, Handler(Arc::default()));
    assert_eq!(work(&server, &newer).await, 1);
}

#[tokio::test]
async fn a_worker_begins_at_once_what_it_is_told_of_and_has_a_bounded_number_in_hand() {
    let server = server().await;
    let (handler, handlers) = Handler::new(Noting::default());
    let stop = CancellationToken::new();
    let workers: Vec<_> = (0..2)
        .map(|_| tokio::spawn(worker::run(server.services.clone(), handlers.clone(), stop.clone())))
        .collect();
    let now = server.services.now();
    for number in 0..40 {
        plan(&server, KIND, &format!("job-{number}"), now).await;
    }
    server.services.signals().publish(Signal::Jobs);
    until_notes(&server, 40).await;
    stop.cancel();
    for worker in workers {
        tokio::time::timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
    }
    let mut notes = notes(&server).await;
    notes.sort();
    notes.dedup();
    assert_eq!(notes.len(), 40, "each once");
    let running = handler.0.running_max.load(Ordering::SeqCst);
    assert!((1..=2 * worker::CONCURRENT_MAX as u64).contains(&running), "{running} jobs at a time");
    assert_eq!(backlog(&server).await, JobBacklog::default());
}

#[tokio::test]
async fn a_worker_that_is_stopped_finishes_what_it_has_begun() {
    let server = server().await;
    let gate = Arc::new(Notify::new());
    let (_, handlers) = Handler::new(Noting { gate: Some(Arc::clone(&gate)), ..Noting::default() });
    plan(&server, KIND, "cup", server.services.now()).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run(server.services.clone(), handlers, stop.clone()));
    let begun = async {
        while backlog(&server).await.running == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), begun).await.unwrap();
    stop.cancel();
    gate.notify_one();
    tokio::time::timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
    assert_eq!(notes(&server).await.len(), 1);
    assert_eq!(job(&server, KIND, "cup").await.unwrap().state, JobState::Done);
}

#[tokio::test]
async fn a_signing_key_follows_a_month_behind_the_last_one() {
    let server = server().await;
    server.sign_in(42, "Ada").await;
    let house = jobs::house();
    let keys = async || server.json(get("/.well-known/jwks.json")).await.1["keys"].as_array().unwrap().len();
    assert_eq!(keys().await, 1);
    server.clock.advance_ms(30 * DAY_MS - 1);
    assert_eq!(work(&server, &house).await, 0);
    server.clock.advance_ms(1);
    assert_eq!(work(&server, &house).await, 1);
    assert_eq!(work(&server, &house).await, 0);
    server.clock.advance_ms(31_000);
    assert_eq!(keys().await, 2);
    // One that is made by hand moves the next one.
    services::tokens::rotate(&server.services).await.unwrap();
    let next = job(&server, JobKind::KeyRotation, "signing").await.unwrap();
    assert_eq!((next.state, next.run_at), (JobState::Waiting, server.services.now().plus_ms(30 * DAY_MS)));
}

#[tokio::test]
async fn jobs_that_were_done_are_kept_for_a_week_and_dead_ones_for_a_month() {
    let server = server().await;
    let (_, handlers) = Handler::new(Noting::default());
    plan(&server, KIND, "done", server.services.now()).await;
    plan(&server, JobKind::BoardPrizes, "dead", server.services.now()).await;
    for _ in 0..retry::ATTEMPTS_MAX {
        work(&server, &handlers).await;
        server.clock.advance_ms(20 * 60_000);
    }
    plan(&server, KIND, "waits", server.services.now().plus_ms(365 * DAY_MS)).await;
    for (days, is_done_kept, is_dead_kept) in
        [(6, true, true), (2, false, true), (21, false, true), (2, false, false)]
    {
        server.clock.advance_ms(days * DAY_MS);
        Cleaner::default().clean(&server.services).await.unwrap();
        assert_eq!(job(&server, KIND, "done").await.is_some(), is_done_kept);
        assert_eq!(job(&server, JobKind::BoardPrizes, "dead").await.is_some(), is_dead_kept);
    }
    assert!(job(&server, KIND, "waits").await.is_some());
}
