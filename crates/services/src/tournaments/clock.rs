//! A tournament's clock: one durable job that does what is due and sleeps until the next step.
//!
//! Whoever changes a tournament calls `advance` in the same transaction: what is due is done at once, and the job is
//! planned for what comes next. The job itself calls it too. Both find in the rows where the tournament stands, so it
//! does not matter which of them comes, how late, or how often.

use async_trait::async_trait;
use domain::{
    Timestamp,
    tournament::{
        lifecycle::{Event, State},
        steps::{self, Facts, PeriodFacts, Step},
    },
};
use serde_json::json;
use storage::{
    StoreError, Transaction,
    job::{ClaimedJob, JobKind},
    period::PeriodRow,
    tournament::TournamentRow,
};

use crate::{
    Services,
    jobs::{self, JobDone, JobError, JobHandler},
    tournaments::{finish, inconsistent, overtaken, periods},
};

/// The most steps of one look; whatever is left is due at once again.
const STEPS_MAX: usize = 1000;

/// Whether an edit has given a period, or the whole tournament, another end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// It has.
    Moved,
    /// They stay, however often the same is told.
    Kept,
}

/// Does what is due of a tournament that this transaction has locked, stores where it stands, and plans its next step.
///
/// An edit that sets an end in the past leaves the usual time for late scores from now on: so long it can be taken back.
/// One that moves no end neither begins that time anew nor cuts it short, so that a platform that tells the same again
/// and again postpones no ranks.
///
/// # Errors
/// When the database fails.
pub(crate) async fn advance(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &mut TournamentRow,
    ends: Ends,
) -> Result<(), StoreError> {
    let held_until = services.now().plus_ms(services.settings().score_grace_ms);
    let earliest_close = match ends {
        Ends::Moved => Some(held_until),
        Ends::Kept => {
            // What an earlier edit has held back is planned for the end of its time.
            let id = row.tournament.tournament_id.as_str();
            let planned = tx.jobs().get(JobKind::TournamentClock, id).await?;
            planned.map(|job| job.run_at.min(held_until))
        }
    };
    advance_until(services, tx, row, earliest_close).await
}

async fn advance_until(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &mut TournamentRow,
    earliest_close: Option<Timestamp>,
) -> Result<(), StoreError> {
    let now = services.now();
    let id = row.tournament.tournament_id.clone();
    let mut next = None;
    for _ in 0..STEPS_MAX {
        let current = tx.periods().latest(&id).await?.ok_or(inconsistent("tournament_id"))?;
        let oldest = tx.periods().oldest_open(&id).await?;
        next = steps::next(&facts(services, row, &current, oldest.as_ref()));
        if let (Some((Step::Close, at)), Some(earliest)) = (&mut next, earliest_close) {
            *at = earliest.max(*at);
        }
        match next {
            Some((step, at)) if at <= now => take(services, tx, row, step, &current, oldest).await?,
            _ => break,
        }
    }
    finish::settle(tx, row).await?;
    tx.tournaments().set_status(&id, &row.status, now).await?;
    match next {
        Some((_, at)) => {
            jobs::plan(services, tx, JobKind::TournamentClock, id.as_str(), at, &json!({})).await
        }
        None => tx.jobs().cancel(JobKind::TournamentClock, id.as_str()).await.map(drop),
    }
}

fn facts(services: &Services, row: &TournamentRow, current: &PeriodRow, oldest: Option<&PeriodRow>) -> Facts {
    let period = |period: &PeriodRow| PeriodFacts { number: period.period, ends_at: period.ends_at };
    Facts {
        state: row.status.state,
        starts_at: row.tournament.starts_at,
        ends_at: row.tournament.ends_at,
        opens_at: row.status.rules.opens_at(),
        reminded_for: row.status.reminded_for,
        current: period(current),
        // While it is frozen nothing becomes final: whoever has frozen it wants to look at it first.
        oldest_open: oldest.filter(|_| !row.status.is_frozen).map(period),
        thawed_at: row.status.thawed_at,
        grace_ms: services.settings().score_grace_ms,
    }
}

async fn take(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &mut TournamentRow,
    step: Step,
    current: &PeriodRow,
    oldest: Option<PeriodRow>,
) -> Result<(), StoreError> {
    let id = row.tournament.tournament_id.clone();
    match step {
        Step::OpenEntry => apply(row, Event::OpenEntry)?,
        Step::Start => {
            apply(row, Event::Start)?;
            overtaken::watch(services, tx, row).await?;
        }
        Step::End => apply(row, Event::End)?,
        Step::Remind => remind(services, tx, row).await?,
        Step::Reset => periods::open_next(services, tx, row, current).await?,
        Step::Close => {
            let period = oldest.ok_or(inconsistent("state"))?;
            periods::close(services, tx, &period).await?;
        }
    }
    tracing::info!(tournament.id = %id, step = ?step, state = row.status.state.as_str(), "a tournament has moved on");
    Ok(())
}

/// Lets those who asked for it be told of the start. What is late past the start is not told any more.
async fn remind(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &mut TournamentRow,
) -> Result<(), StoreError> {
    row.status.reminded_for = Some(row.tournament.starts_at);
    if tx.wishes().any(&row.tournament.tournament_id).await? {
        plan_reminder(services, tx, row).await?;
    }
    Ok(())
}

/// Plans, once the time to tell of the start has come and until it starts, that whoever was not told yet is told now.
pub(crate) async fn plan_reminder(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
) -> Result<(), StoreError> {
    let (now, starts_at) = (services.now(), row.tournament.starts_at);
    if row.status.reminded_for != Some(starts_at) || now >= starts_at {
        return Ok(());
    }
    let (id, payload) = (&row.tournament.tournament_id, json!({"starts_at": starts_at}));
    jobs::plan(services, tx, JobKind::TournamentReminder, id.as_str(), now, &payload).await
}

/// Brings a tournament to its next state.
pub(crate) fn apply(row: &mut TournamentRow, event: Event) -> Result<(), StoreError> {
    // The steps follow from the state, so that no step is illegal; a row that says otherwise is broken.
    row.status.state = row.status.state.apply(event).map_err(|_| inconsistent("state"))?;
    Ok(())
}

/// The job.
#[derive(Debug)]
pub struct Clock;

#[async_trait]
impl JobHandler for Clock {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        _now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let id = jobs::key(job)?;
        let Some(mut row) = tx.tournaments().lock(&id).await? else { return Ok(JobDone::quietly()) };
        if row.status.state != State::Canceled {
            advance_until(services, tx, &mut row, None).await?;
        }
        Ok(JobDone::quietly().with_signal(bus::signals::Signal::Jobs))
    }
}
