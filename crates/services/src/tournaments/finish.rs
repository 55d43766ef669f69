//! The end of a board: its ranks, which were written ahead, become results in one short transaction, with a hash; prizes
//! and notices follow as jobs.

use async_trait::async_trait;
use domain::{
    BoardId, Timestamp,
    tournament::{
        lifecycle::{Event, State},
        rules::FinishNotice,
    },
};
use serde_json::{Map, Value, json};
use storage::{
    StoreError, Transaction,
    board::{BoardRow, BoardState},
    job::{ClaimedJob, JobKind},
    period::PeriodState,
    tournament::TournamentRow,
};

use crate::{
    Services,
    events_out::{self, EventKind},
    jobs::{self, JobDone, JobError, JobHandler},
    telemetry,
    tournaments::{
        clock, inconsistent,
        prizes::Progress,
        slices::{self, Pace, Ranked},
    },
};

/// How long a board that is being computed anew is left alone before it is looked at again.
const RECOMPUTE_MS: i64 = 10_000;

/// The job of one board, keyed by its id.
#[derive(Debug, Default)]
pub struct BoardEnd {
    /// How much is done at a time.
    pub pace: Pace,
    /// What was written before the transaction.
    ranked: Option<Ranked>,
}

impl BoardEnd {
    /// One that works at this pace.
    pub const fn at(pace: Pace) -> Self {
        Self { pace, ranked: None }
    }
}

#[async_trait]
impl JobHandler for BoardEnd {
    async fn prepare(
        &self,
        services: &Services,
        job: &ClaimedJob,
    ) -> Result<Option<Box<dyn JobHandler>>, JobError> {
        let board: BoardId = jobs::key(job)?;
        let ranked = slices::write_ahead(services, &board, self.pace).await?;
        Ok(Some(Box::new(Self { pace: self.pace, ranked })))
    }

    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let board: BoardId = jobs::key(job)?;
        let Some(mut row) = tx.tournaments().lock(&board.tournament_id()).await? else {
            return Ok(JobDone::quietly());
        };
        let period = tx.periods().by_number(&board.tournament_id(), board.period()).await?;
        let is_closed = period.as_ref().is_some_and(|period| period.state == PeriodState::Closed);
        let locked = tx.boards().lock(&board).await?.filter(|board| board.state != BoardState::Final);
        let (Some(period), Some(locked)) = (period, locked) else { return Ok(JobDone::quietly()) };
        // It goes on for longer, was frozen to be looked at, or does not take place.
        if !is_closed || row.status.is_frozen || row.status.state == State::Canceled {
            return Ok(JobDone::quietly());
        }
        if jobs::is_open(tx, JobKind::BoardRecompute, &job.key).await? {
            // Its end wakes this job, unless it is given up.
            let later = now.plus_ms(RECOMPUTE_MS);
            jobs::plan(services, tx, JobKind::BoardEnd, job.key.as_str(), later, &json!({})).await?;
            return Ok(JobDone::quietly());
        }
        let ahead = self.ranked.filter(|ranked| ranked.fits(&locked));
        let ranked = match ahead {
            Some(ranked) => Some(ranked),
            None => slices::at_once(tx, &locked, self.pace).await?,
        };
        let Some(ranked) = ranked else {
            // Ranks are left to be written, or the board has changed since.
            jobs::plan(services, tx, JobKind::BoardEnd, board.as_str(), now, &json!({})).await?;
            return Ok(JobDone::quietly().with_signal(bus::signals::Signal::Jobs));
        };
        finalize(services, tx, &row, &locked, ranked, now).await?;
        if tx.periods().boards_left(&period.tournament_id, period.period).await? == 0 {
            let window = (period.starts_at, period.ends_at);
            tx.periods().put(&period.tournament_id, period.period, window, PeriodState::Final).await?;
            settle(tx, &mut row).await?;
            tx.tournaments().set_status(&period.tournament_id, &row.status, now).await?;
        }
        Ok(JobDone::quietly().with_signal(bus::signals::Signal::Jobs))
    }
}

/// A tournament is finished when it is over and every period of it is final.
pub(crate) async fn settle(tx: &mut dyn Transaction, row: &mut TournamentRow) -> Result<(), StoreError> {
    if row.status.state == State::Finalizing
        && tx.periods().unfinished(&row.tournament.tournament_id).await? == 0
    {
        clock::apply(row, Event::Finalized)?;
    }
    Ok(())
}

/// Makes the ranks of a board its results, and plans what follows on them.
async fn finalize(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    board: &BoardRow,
    Ranked { players, hash, .. }: Ranked,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = &board.board_id;
    let rules = &row.status.rules;
    let mut winners = 0;
    for range in rules.prize_ranges(board.tier).filter(|range| u64::from(range.from) <= players) {
        let prize = serde_json::to_string(&range.what)
            .map_err(|error| StoreError::failed("results.set_prize", error.to_string()))?;
        tx.results().set_prize(id, (range.from, range.to), &prize).await?;
        winners = players.min(range.to.into());
    }
    if !tx.results().finish(id, &hash, now).await? {
        return Err(inconsistent("board_id"));
    }
    let result_hash = hex::encode(hash);
    let data = Map::from_iter([
        ("tournament_id".to_owned(), json!(row.tournament.tournament_id)),
        ("board".to_owned(), json!(id)),
        ("period".to_owned(), json!(id.period())),
        ("cohort".to_owned(), json!(id.cohort())),
        ("result_hash".to_owned(), Value::String(result_hash)),
        ("players".to_owned(), json!(players)),
        ("finished_at".to_owned(), json!(now)),
    ]);
    let subject = row.tournament.tournament_id.as_str();
    events_out::enqueue(services, tx, EventKind::TournamentFinished, subject, data).await?;
    if winners > 0 {
        let payload = Progress::until(winners).to_payload();
        jobs::plan(services, tx, JobKind::BoardPrizes, id.as_str(), now, &payload).await?;
    }
    let told = match rules.finish_notice {
        FinishNotice::Winners => winners,
        FinishNotice::Everyone => players,
        FinishNotice::Nobody => 0,
    };
    if told > 0 {
        let payload = Progress::until(told).to_payload();
        jobs::plan(services, tx, JobKind::BoardNotices, id.as_str(), now, &payload).await?;
    }
    metrics::counter!(telemetry::TOURNAMENTS_FINALIZED_TOTAL).increment(1);
    tracing::info!(board.id = %id, players, "a board's ranks are final");
    Ok(())
}
