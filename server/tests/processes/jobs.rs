//! Jobs over whole processes: one that is due while the server is down runs right after the start, and `kill -9` in the
//! middle of many neither loses one nor does one twice.

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::Duration,
};

use async_trait::async_trait;
use domain::{AuditAction, Rng, SeededRng, Timestamp};
use serde_json::json;
use server::{
    compose,
    settings::{Settings, default_file_settings},
};
use services::{
    Services, audit,
    jobs::{self, Handlers, JobDone, JobError, JobHandler, worker},
};
use storage::{
    Transaction,
    audit::Actor,
    job::{ClaimedJob, JobKind},
};
use tokio_util::sync::CancellationToken;

use crate::support::{Database, Podium, start_simulator, wait_until};

const KILLS: u64 = 12;
const JOBS_A_ROUND: u64 = 40;
/// Which database a worker of the test's own works on.
const WORKER_DATABASE: &str = "PODIUM_TEST_WORKER_DATABASE";

/// Leaves a note and, for the first kind, plans a job of the second: both happen once, or neither.
struct Noting;

#[async_trait]
impl JobHandler for Noting {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let detail = json!({"job": format!("{} {}", job.kind.as_str(), job.key)});
        audit::record(services, tx, Actor::system(), AuditAction::DataExported, None, &detail).await?;
        if job.kind == JobKind::BoardEnd {
            jobs::plan(services, tx, JobKind::BoardPrizes, &*job.key, now, &json!({})).await?;
        }
        Ok(JobDone::quietly())
    }
}

async fn open(url: &str) -> Services {
    let variables = [
        ("DATABASE_URL", url.to_owned()),
        ("TELEGRAM_ENABLED", "off".to_owned()),
        ("PODIUM_SECRET", "a secret that only this test knows, and it is long enough".to_owned()),
    ];
    let settings = Settings::from_variables(variables, default_file_settings().unwrap()).unwrap();
    let store = compose::open_store(&settings).await.unwrap();
    store.migrate().await.unwrap();
    compose::services(&settings, store).await.unwrap()
}

/// A worker with the handlers of this test in a process of its own, which is this binary. It is killed when dropped.
struct Worker(Child);

impl Worker {
    fn start(database: &Database) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "jobs::the_worker_of_the_tests_below", "--test-threads", "1"])
            .env(WORKER_DATABASE, database.url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What [`Worker`] starts. Nobody else sets the variable, and then there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_of_the_tests_below() {
    let Ok(url) = std::env::var(WORKER_DATABASE) else { return };
    let services = open(&url).await;
    let handlers = Handlers::default().with(JobKind::BoardEnd, Noting).with(JobKind::BoardPrizes, Noting);
    // Should nobody be left to kill it.
    let a_while = Duration::from_mins(3);
    let _ = tokio::time::timeout(a_while, worker::run(services, handlers, CancellationToken::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_lost_or_done_twice_by_kills_on_sqlite() {
    kill_workers(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_lost_or_done_twice_by_kills_on_postgres() {
    kill_workers(Database::postgres().await).await;
}

async fn notes(database: &Database) -> BTreeMap<String, u32> {
    let mut notes = BTreeMap::new();
    for row in database.rows("SELECT CAST(detail AS TEXT) FROM audit_log").await {
        *notes.entry(row[0].clone()).or_default() += 1;
    }
    notes
}

async fn kill_workers(database: Database) {
    let planner = open(&database.url()).await;
    let rng = SeededRng::new(11);
    for round in 0..KILLS {
        let mut tx = planner.store().begin_write().await.unwrap();
        let now = planner.now();
        for number in 0..JOBS_A_ROUND {
            let key = format!("{round}-{number}");
            jobs::plan(&planner, &mut *tx, JobKind::BoardEnd, key, now, &json!({})).await.unwrap();
        }
        tx.save().await.unwrap();
        let before = notes(&database).await.len();
        // Two at a time, of which each may take over what the other leaves.
        let workers = [Worker::start(&database), Worker::start(&database)];
        let enough = before + usize::try_from(rng.next_u64() % JOBS_A_ROUND).unwrap();
        wait_until("some jobs were done", Duration::from_secs(30), async || {
            notes(&database).await.len() > enough
        })
        .await;
        drop(workers);
    }
    let last = Worker::start(&database);
    // What the killed ones held is theirs until their leases run out.
    wait_until("all jobs were done", Duration::from_mins(1), async || {
        let open = "SELECT CAST(COUNT(*) AS TEXT) FROM jobs WHERE state <> 'done'";
        database.rows(open).await[0][0] == "0"
    })
    .await;
    drop(last);
    let notes = notes(&database).await;
    assert_eq!(
        u64::try_from(notes.len()).unwrap(),
        2 * KILLS * JOBS_A_ROUND,
        "each job and each that follows"
    );
    let twice: Vec<_> = notes.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "done more than once: {twice:?}");
    let again = database.rows("SELECT CAST(COUNT(*) AS TEXT) FROM jobs WHERE attempt > 1").await;
    println!("{} jobs, {} taken over from a killed worker", notes.len(), again[0][0]);
    planner.store().close().await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_due_while_the_server_was_down_runs_right_after_the_start_on_sqlite() {
    start_late(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_due_while_the_server_was_down_runs_right_after_the_start_on_postgres() {
    start_late(Database::postgres().await).await;
}

/// With the job that every installation has: the signing key's rotation.
async fn start_late(database: Database) {
    let simulator = start_simulator().await;
    let podium = Podium::new(&database, &simulator, false);
    let keys = async || database.rows("SELECT kid FROM signing_keys ORDER BY kid").await.len();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    let mut running = podium.start().await;
    let jwks = format!("http://127.0.0.1:{}/.well-known/jwks.json", podium.port);
    assert_eq!(client.get(&jwks).send().await.unwrap().status(), 200);
    assert_eq!(keys().await, 1);
    running.kill();

    // A month ago, as far as the server can tell.
    let due = database
        .rows("UPDATE jobs SET run_at = 1, due_at = 1 WHERE kind = 'key_rotation' RETURNING kind")
        .await;
    assert_eq!(due.len(), 1);
    let mut running = podium.start().await;
    wait_until("the key was rotated", Duration::from_secs(10), async || keys().await == 2).await;
    let metrics = format!("http://127.0.0.1:{}/metrics", running.internal_port);
    let completed = r#"jobs_completed_total{kind="key_rotation"} 1"#;
    wait_until("it is counted", Duration::from_secs(10), async || {
        client.get(&metrics).send().await.unwrap().text().await.unwrap().contains(completed)
    })
    .await;
    running.kill();

    // Planned for the next month, it does not run again.
    let mut running = podium.start().await;
    let depth = r#"queue_depth{queue="jobs",state="planned"} 1"#;
    let metrics = format!("http://127.0.0.1:{}/metrics", running.internal_port);
    wait_until("the queue is measured", Duration::from_secs(10), async || {
        client.get(&metrics).send().await.unwrap().text().await.unwrap().contains(depth)
    })
    .await;
    assert_eq!(keys().await, 2);
    running.kill();
    simulator.stop().await;
    database.remove().await;
}
