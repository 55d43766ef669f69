//! Contracts of jobs.

use std::{collections::BTreeMap, sync::Mutex};

use domain::Timestamp;
use futures::future::join_all;
use uuid::Uuid;

use crate::{
    Store,
    error::StoreError,
    job::{ClaimedJob, Hold, JobBacklog, JobKind, JobRow, JobState, KEY_BYTES_MAX, NewJob, PLAN_MAX},
    testsuite::fixtures::{HARD_TEXT, at, lease, read, write},
};

const KIND: JobKind = JobKind::BoardEnd;
const OTHER: JobKind = JobKind::TournamentClock;

fn job(key: &str, run_at: i64) -> NewJob {
    NewJob {
        kind: KIND,
        key: key.to_owned(),
        run_at: at(run_at),
        payload: format!(r#"{{"run_at":{run_at}}}"#),
        planned_at: at(-1),
    }
}

async fn plan(store: &dyn Store, jobs: &[NewJob]) {
    write(store, async |transaction| transaction.jobs().plan_many(jobs).await.unwrap()).await;
}

async fn cancel(store: &dyn Store, key: &str) -> bool {
    write(store, async |transaction| transaction.jobs().cancel(KIND, key).await.unwrap()).await
}

async fn get(store: &dyn Store, key: &str) -> Option<JobRow> {
    read(store, async |transaction| transaction.jobs().get(KIND, key).await.unwrap()).await
}

async fn claim_as(store: &dyn Store, now: Timestamp, lease: Uuid, limit: u32) -> Vec<ClaimedJob> {
    write(store, async |transaction| {
        transaction.jobs().claim(JobKind::ALL, now, lease, now.plus_ms(10_000), limit).await.unwrap()
    })
    .await
}

async fn claim(store: &dyn Store, now: Timestamp) -> Vec<ClaimedJob> {
    claim_as(store, now, lease(1), 10).await
}

async fn hold(store: &dyn Store, job: &ClaimedJob) -> Hold {
    read(store, async |transaction| transaction.jobs().hold(job).await.unwrap()).await
}

async fn finish(store: &dyn Store, job: &ClaimedJob, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.jobs().finish(job, now).await.unwrap()).await
}

async fn retry(store: &dyn Store, job: &ClaimedJob, due_at: Timestamp, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.jobs().retry_at(job, due_at, now, "store").await.unwrap())
        .await
}

async fn bury(store: &dyn Store, job: &ClaimedJob, now: Timestamp) -> bool {
    write(store, async |transaction| transaction.jobs().bury(job, now, "store").await.unwrap()).await
}

async fn backlog(store: &dyn Store, now: Timestamp) -> JobBacklog {
    read(store, async |transaction| transaction.jobs().backlog(now).await.unwrap()).await
}

fn keys(claimed: &[ClaimedJob]) -> Vec<&str> {
    claimed.iter().map(|job| job.key.as_str()).collect()
}

/// What was planned is handed out unchanged at its time, and not before it was saved.
pub async fn a_job_survives_as_it_was_planned(store: &dyn Store) {
    let payload = format!("{{ \"text\" : {} }}", serde_json::to_string(HARD_TEXT).unwrap());
    let planned = NewJob { payload, ..job(HARD_TEXT, 5) };
    let mut unsaved = store.begin_write().await.unwrap();
    unsaved.jobs().plan(&planned).await.unwrap();
    drop(unsaved);
    assert_eq!(get(store, HARD_TEXT).await, None);

    plan(store, std::slice::from_ref(&planned)).await;
    plan(store, &[]).await;
    let stored = get(store, HARD_TEXT).await.unwrap();
    let expected = JobRow {
        kind: KIND,
        key: HARD_TEXT.to_owned(),
        run_at: at(5),
        payload: planned.payload.clone(),
        state: JobState::Waiting,
        attempt: 0,
        reason: None,
        finished_at: None,
    };
    assert_eq!(stored, expected);
    assert_eq!(claim(store, at(4)).await, []);
    let claimed = ClaimedJob {
        kind: KIND,
        key: planned.key,
        run_at: at(5),
        payload: planned.payload,
        attempt: 1,
        lease: lease(1),
    };
    assert_eq!(claim(store, at(5)).await, [claimed]);
    assert_eq!(get(store, HARD_TEXT).await, Some(JobRow { state: JobState::Running, attempt: 1, ..stored }));
}

/// A kind and a key name one job: planned again it moves, with its tries counted from zero; in one call the last plan
/// holds. Another kind's job of the same key is another.
pub async fn a_waiting_job_moves(store: &dyn Store) {
    plan(store, &[job("a", 5), job("b", 1), NewJob { kind: OTHER, ..job("a", 7) }, job("a", 9)]).await;
    assert_eq!(get(store, "a").await.unwrap().run_at, at(9));
    plan(store, &[job("a", 3)]).await;
    assert_eq!(get(store, "a").await.unwrap().payload, r#"{"run_at":3}"#);
    assert_eq!(keys(&claim(store, at(2)).await), ["b"]);
    let first = claim(store, at(3)).await;
    assert_eq!(keys(&first), ["a"]);
    assert!(retry(store, &first[0], at(100), at(4)).await);
    assert_eq!(get(store, "a").await.unwrap().reason.as_deref(), Some("store"));
    plan(store, &[job("a", 20)]).await;
    let moved = get(store, "a").await.unwrap();
    assert_eq!((moved.run_at, moved.attempt, moved.reason), (at(20), 0, None));
    let claimed = claim(store, at(20)).await;
    assert_eq!(
        claimed.iter().map(|job| (job.kind, job.key.as_str())).collect::<Vec<_>>(),
        [(OTHER, "a"), (KIND, "a")]
    );
}

/// A job that was done, and one that was given up, wait again when they are planned again.
pub async fn a_job_that_is_over_is_planned_anew(store: &dyn Store) {
    plan(store, &[job("a", 0), job("b", 0)]).await;
    let claimed = claim(store, at(0)).await;
    assert!(finish(store, &claimed[0], at(1)).await);
    assert!(bury(store, &claimed[1], at(2)).await);
    let done = get(store, "a").await.unwrap();
    assert_eq!((done.state, done.finished_at, done.reason), (JobState::Done, Some(at(1)), None));
    let dead = get(store, "b").await.unwrap();
    assert_eq!((dead.state, dead.finished_at, dead.attempt), (JobState::Dead, Some(at(2)), 1));
    assert_eq!(claim(store, at(100_000)).await, []);

    plan(store, &[job("a", 10), job("b", 10)]).await;
    for key in ["a", "b"] {
        let again = get(store, key).await.unwrap();
        assert_eq!((again.state, again.finished_at, again.attempt), (JobState::Waiting, None, 0));
    }
    assert_eq!(keys(&claim(store, at(9)).await), [""; 0]);
    assert_eq!(keys(&claim(store, at(10)).await), ["a", "b"]);
}

/// What is planned while a job is running takes its place when the run ends: well, badly, or for good.
pub async fn a_running_job_is_planned_anew_behind_its_run(store: &dyn Store) {
    plan(store, &[job("a", 0), job("b", 0), job("c", 0)]).await;
    let claimed = claim(store, at(0)).await;
    plan(store, &[job("a", 50), job("b", 50), job("c", 50)]).await;
    plan(store, &[job("a", 60), job("b", 60), job("c", 60)]).await;
    for running in &claimed {
        assert_eq!(hold(store, running).await, Hold::Superseded);
        let row = get(store, &running.key).await.unwrap();
        assert_eq!((row.state, row.run_at), (JobState::Running, at(60)), "what was planned last");
    }
    assert_eq!(claim(store, at(100)).await, [], "the lease is held");
    assert!(finish(store, &claimed[0], at(1)).await);
    assert!(retry(store, &claimed[1], at(5), at(1)).await);
    assert!(bury(store, &claimed[2], at(1)).await);
    assert_eq!(claim(store, at(59)).await, []);
    let again = claim(store, at(60)).await;
    assert_eq!(keys(&again), ["a", "b", "c"]);
    for again in &again {
        assert_eq!((again.run_at, again.attempt), (at(60), 1));
        assert_eq!(again.payload, r#"{"run_at":60}"#);
        assert!(finish(store, again, at(61)).await);
        assert_eq!(get(store, &again.key).await.unwrap().state, JobState::Done);
    }
}

/// A job plans itself in the transaction that does it, and waits for its next time from the commit on.
pub async fn a_job_plans_its_next_run(store: &dyn Store) {
    plan(store, &[job("a", 0)]).await;
    let running = claim(store, at(0)).await.remove(0);
    write(store, async |transaction| {
        let mut jobs = transaction.jobs();
        assert_eq!(jobs.hold(&running).await.unwrap(), Hold::Held);
        jobs.plan(&job("a", 1_000)).await.unwrap();
        assert!(jobs.finish(&running, at(1)).await.unwrap());
    })
    .await;
    assert_eq!(get(store, "a").await.unwrap().state, JobState::Waiting);
    assert_eq!(claim(store, at(999)).await, []);
    assert_eq!(claim(store, at(1_000)).await[0].attempt, 1);
}

/// A canceled job is gone, and whoever cancels is told whether it was there and had not begun.
pub async fn a_waiting_job_is_canceled(store: &dyn Store) {
    plan(store, &[job("a", 0), job("b", 0), NewJob { kind: OTHER, ..job("a", 0) }]).await;
    assert!(cancel(store, "a").await);
    assert!(!cancel(store, "a").await);
    assert!(!cancel(store, "never").await);
    assert_eq!(get(store, "a").await, None);
    let claimed = claim(store, at(0)).await;
    assert_eq!(claimed.iter().map(|job| job.kind).collect::<Vec<_>>(), [KIND, OTHER]);
    assert!(finish(store, &claimed[0], at(1)).await);
    assert!(!cancel(store, "b").await, "it has run");
    assert_eq!(get(store, "b").await.unwrap().state, JobState::Done);
}

/// A cancellation of a running job ends what had not begun, and lets no failure be tried again; planned anew after it,
/// it runs.
pub async fn a_running_job_is_canceled(store: &dyn Store) {
    plan(store, &[job("a", 0), job("b", 0), job("c", 0), job("d", 0)]).await;
    let claimed = claim(store, at(0)).await;
    for running in &claimed {
        assert!(!cancel(store, &running.key).await, "it is running");
        assert_eq!(hold(store, running).await, Hold::Superseded);
    }
    plan(store, &[job("d", 70)]).await;
    assert!(finish(store, &claimed[0], at(1)).await);
    assert!(retry(store, &claimed[1], at(2), at(1)).await);
    assert!(bury(store, &claimed[2], at(1)).await);
    assert!(finish(store, &claimed[3], at(1)).await);
    for key in ["a", "b", "c"] {
        let row = get(store, key).await.unwrap();
        assert_eq!((row.state, row.finished_at), (JobState::Done, Some(at(1))), "{key}");
    }
    assert_eq!(keys(&claim(store, at(100)).await), ["d"]);
    // What was planned while it was running is canceled too.
    plan(store, &[job("d", 200)]).await;
    cancel(store, "d").await;
    assert_eq!(claim(store, at(100_000)).await.len(), 1, "taken over, to end it");
    plan(store, &[job("a", 0)]).await;
    assert_eq!(claim(store, at(0)).await[0].run_at, at(0), "a cancellation holds for one run");
}

/// What a job does and its end are committed together: without the one there is not the other.
pub async fn an_end_is_undone_with_what_was_done(store: &dyn Store) {
    plan(store, &[job("a", 0)]).await;
    let running = claim(store, at(0)).await.remove(0);
    let mut unsaved = store.begin_write().await.unwrap();
    unsaved.settings().set("effect", b"1").await.unwrap();
    assert!(unsaved.jobs().finish(&running, at(1)).await.unwrap());
    drop(unsaved);
    assert_eq!(hold(store, &running).await, Hold::Held);
    assert_eq!(get(store, "a").await.unwrap().state, JobState::Running);
    let effect = read(store, async |transaction| transaction.settings().get("effect").await.unwrap()).await;
    assert_eq!(effect, None);
}

/// The job of a worker that died is another's when its lease has run out, as a further try; the first can do nothing
/// about it any more.
pub async fn a_dead_workers_job_is_taken_over(store: &dyn Store) {
    plan(store, &[job("a", 0)]).await;
    let lost = claim_as(store, at(0), lease(1), 10).await.remove(0);
    assert_eq!(claim_as(store, at(9_999), lease(2), 10).await, []);
    let taken = claim_as(store, at(10_000), lease(2), 10).await.remove(0);
    assert_eq!((taken.attempt, taken.run_at, taken.lease), (2, at(0), lease(2)));

    let renew = async |job: &ClaimedJob, until: i64| {
        write(store, async |transaction| transaction.jobs().renew(job, at(until)).await.unwrap()).await
    };
    assert_eq!(hold(store, &lost).await, Hold::Lost);
    assert!(!finish(store, &lost, at(10_001)).await);
    assert!(!retry(store, &lost, at(10_001), at(10_001)).await);
    assert!(!bury(store, &lost, at(10_001)).await);
    assert!(!renew(&lost, 90_000).await);
    assert_eq!(hold(store, &taken).await, Hold::Held);
    assert!(renew(&taken, 40_000).await);
    assert_eq!(claim_as(store, at(39_999), lease(3), 10).await, []);
    assert!(finish(store, &taken, at(39_999)).await);
    assert!(!finish(store, &taken, at(39_999)).await);
    assert!(!renew(&taken, 90_000).await);
    assert_eq!(hold(store, &taken).await, Hold::Lost);
}

/// What was planned while the run of a worker that died was under way is not lost with it.
pub async fn a_plan_outlives_a_dead_worker(store: &dyn Store) {
    plan(store, &[job("a", 0)]).await;
    claim_as(store, at(0), lease(1), 10).await;
    plan(store, &[job("a", 60_000)]).await;
    let taken = claim_as(store, at(10_000), lease(2), 10).await.remove(0);
    assert_eq!(hold(store, &taken).await, Hold::Superseded);
    assert!(finish(store, &taken, at(10_001)).await);
    assert_eq!(claim(store, at(59_999)).await, []);
    assert_eq!(claim(store, at(60_000)).await[0].run_at, at(60_000));
}

/// A retry waits for its time and keeps the time that was planned.
pub async fn a_retry_waits(store: &dyn Store) {
    plan(store, &[job("a", 0)]).await;
    let first = claim(store, at(0)).await.remove(0);
    assert!(retry(store, &first, at(1_000), at(1)).await);
    assert_eq!(claim(store, at(999)).await, []);
    let second = claim(store, at(1_000)).await.remove(0);
    assert_eq!((second.attempt, second.run_at, second.payload), (2, at(0), first.payload));
}

/// Those that are due the longest are claimed first, never more than the limit, and of the asked kinds alone: a worker of
/// an older version leaves kinds alone that it does not know.
pub async fn the_longest_due_of_known_kinds_are_claimed(store: &dyn Store) {
    let unknown = NewJob { kind: OTHER, ..job("x", -9) };
    plan(store, &[job("c", 30), job("a", 10), unknown, job("b", 20), job("later", 900)]).await;
    let claim_kind = async |now: i64, limit: u32| {
        write(store, async |transaction| {
            let mut jobs = transaction.jobs();
            let (until, lease) = (at(now + 10_000), lease(u128::from(limit)));
            jobs.claim(&[KIND, JobKind::BoardPrizes], at(now), lease, until, limit).await.unwrap()
        })
        .await
    };
    let next = async |kinds: &[JobKind]| {
        read(store, async |transaction| transaction.jobs().next_due(kinds).await.unwrap()).await
    };
    assert_eq!(next(&[KIND]).await, Some(at(10)));
    assert_eq!(next(JobKind::ALL).await, Some(at(-9)));
    assert_eq!(next(&[JobKind::BoardPrizes]).await, None);
    assert_eq!(keys(&claim_kind(30, 2).await), ["a", "b"]);
    assert_eq!(next(&[KIND]).await, Some(at(30)));
    assert_eq!(keys(&claim_kind(30, 9).await), ["c"]);
    assert_eq!(next(&[KIND]).await, Some(at(900)));
    assert_eq!(claim_kind(30, 9).await, []);
    assert_eq!(keys(&claim(store, at(30)).await), ["x"]);
    // The ends of leases count as times at which there is something to look for.
    assert_eq!(next(&[OTHER]).await, Some(at(10_030)));
}

/// Gauges see what is planned, due, held and given up, and the earliest time of what is not over.
pub async fn a_backlog_is_what_is_open_or_given_up(store: &dyn Store) {
    assert_eq!(backlog(store, at(0)).await, JobBacklog::default());
    plan(store, &[job("a", 0), job("b", 1), job("c", 2), job("d", 3), job("e", 500), job("f", 4)]).await;
    let claimed = claim_as(store, at(3), lease(1), 4).await;
    assert_eq!(keys(&claimed), ["a", "b", "c", "d"]);
    assert!(finish(store, &claimed[0], at(4)).await);
    assert!(bury(store, &claimed[1], at(4)).await);
    assert!(retry(store, &claimed[2], at(700), at(4)).await);
    let expected = JobBacklog { planned: 2, waiting: 1, running: 1, dead: 1, oldest_run_at: Some(at(2)) };
    assert_eq!(backlog(store, at(4)).await, expected);
    assert_eq!(backlog(store, at(3)).await, JobBacklog { planned: 3, waiting: 0, ..expected });
}

/// What was given up is listed, the last first, and runs at once when it is replayed: all, of one kind, or one.
pub async fn dead_jobs_are_replayed(store: &dyn Store) {
    let other = NewJob { kind: OTHER, ..job("a", 0) };
    plan(store, &[job("a", 0), job("b", 0), job("c", 0), other, job("waits", 900)]).await;
    for (dead, ended_at) in claim(store, at(0)).await.iter().zip(1..) {
        assert!(bury(store, dead, at(ended_at)).await);
    }
    let dead = read(store, async |transaction| transaction.jobs().dead(2).await.unwrap()).await;
    let listed: Vec<_> = dead.iter().map(|row| (row.kind, row.key.as_str(), row.reason.as_deref())).collect();
    assert_eq!(listed, [(OTHER, "a", Some("store")), (KIND, "c", Some("store"))]);

    let replay = async |kind: Option<JobKind>, key: Option<&str>, limit: u32| {
        write(store, async |transaction| {
            transaction.jobs().replay_dead(kind, key, at(9), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(replay(Some(KIND), Some("waits"), 10).await, 0, "what is not dead is left alone");
    assert_eq!(replay(Some(OTHER), None, 10).await, 1);
    assert_eq!(replay(None, Some("b"), 10).await, 1);
    assert_eq!(replay(None, None, 1).await, 1);
    assert_eq!(claim(store, at(8)).await, []);
    let again = claim(store, at(9)).await;
    assert_eq!(keys(&again), ["a", "b", "a"]);
    assert!(again.iter().all(|job| job.attempt == 1 && job.run_at == at(0)));
    assert_eq!(replay(None, None, 10).await, 1);
    assert_eq!(replay(None, None, 10).await, 0);
}

/// Jobs that were done and jobs that were given up are removed by ages of their own; open ones never.
pub async fn old_jobs_are_removed(store: &dyn Store) {
    plan(store, &[job("a", 0), job("b", 0), job("c", 0), job("d", 0), job("e", 0)]).await;
    let claimed = claim_as(store, at(0), lease(1), 4).await;
    for (done, ended_at) in claimed[..3].iter().zip(1..) {
        assert!(finish(store, done, at(ended_at)).await);
    }
    assert!(bury(store, &claimed[3], at(1)).await);
    let finished = async |before, limit| {
        write(store, async |transaction| transaction.jobs().remove_finished(at(before), limit).await.unwrap())
            .await
    };
    let dead = async |before| {
        write(store, async |transaction| transaction.jobs().remove_dead(at(before), 10).await.unwrap()).await
    };
    assert_eq!(finished(3, 1).await, 1);
    assert_eq!(get(store, "a").await, None, "the one that ended first");
    assert_eq!(finished(3, 10).await, 1);
    assert_eq!(finished(3, 10).await, 0);
    assert_eq!(dead(1).await, 0);
    assert_eq!(dead(2).await, 1);
    assert!(get(store, "c").await.is_some() && get(store, "e").await.is_some());
}

/// A call without a bound, and a job that is no note but a load, are mistakes of the caller.
pub async fn too_much_is_refused(store: &dyn Store) {
    let refused = async |jobs: &[NewJob]| {
        let mut transaction = store.begin_write().await.unwrap();
        let result = transaction.jobs().plan_many(jobs).await;
        assert!(matches!(result, Err(StoreError::Failed { .. })), "{result:?}");
    };
    let many: Vec<NewJob> = (0..=PLAN_MAX).map(|number| job(&number.to_string(), 0)).collect();
    refused(&many).await;
    plan(store, &many[..PLAN_MAX]).await;
    refused(&[job(&"k".repeat(KEY_BYTES_MAX + 1), 0)]).await;
    refused(&[NewJob { payload: format!("\"{}\"", "p".repeat(4_096)), ..job("a", 0) }]).await;
}

/// However many workers claim at once, each job is one worker's.
pub async fn workers_at_once_never_share_a_job(store: &dyn Store) {
    let planned: Vec<NewJob> = (0..60).map(|number| job(&format!("{number:02}"), number)).collect();
    plan(store, &planned).await;
    let claimed = Mutex::new(BTreeMap::<String, u32>::new());
    join_all((1..=6).map(async |worker| {
        for round in 0.. {
            let mine = claim_as(store, at(100), lease(worker * 1_000 + round), 3).await;
            if mine.is_empty() {
                break;
            }
            for job in &mine {
                *claimed.lock().unwrap().entry(job.key.clone()).or_default() += 1;
                assert!(finish(store, job, at(101)).await);
            }
        }
    }))
    .await;
    let claimed = claimed.into_inner().unwrap();
    assert_eq!(claimed.len(), 60);
    assert!(claimed.values().all(|times| *times == 1), "{claimed:?}");
}

/// Planned, claimed and ended from several sides at once, a job does not run more often than it was planned, and the
/// last plan is not lost.
pub async fn the_last_plan_is_not_lost_among_workers(store: &dyn Store) {
    const PLANS: i64 = 40;
    let ran = Mutex::new(Vec::new());
    let planner = async {
        for number in 1..=PLANS {
            plan(store, &[job("a", number)]).await;
        }
    };
    let worker = async |worker: u128| {
        for round in 0..10_000 {
            for job in claim_as(store, at(1_000), lease(worker * 10_000 + round), 1).await {
                let mut transaction = store.begin_write().await.unwrap();
                let is_held = transaction.jobs().hold(&job).await.unwrap() == Hold::Held;
                assert!(transaction.jobs().finish(&job, at(1_001)).await.unwrap());
                transaction.save().await.unwrap();
                if is_held {
                    ran.lock().unwrap().push(job.run_at);
                }
            }
            if ran.lock().unwrap().last() == Some(&at(PLANS)) {
                break;
            }
        }
    };
    futures::join!(planner, worker(1), worker(2));
    let ran = ran.into_inner().unwrap();
    assert_eq!(ran.last(), Some(&at(PLANS)));
    let mut distinct = ran.clone();
    distinct.dedup();
    assert_eq!(ran, distinct, "no plan ran twice");
}
