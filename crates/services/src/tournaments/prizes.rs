//! Prizes: each winner of a final board is given one reward, once.
//!
//! The ranks are final, so that a slice of them is always the same winners; a reward is unique by its board and player.
//! However often a slice is done, each has one.

use std::num::NonZeroU32;

use async_trait::async_trait;
use domain::{BoardId, Prize, RewardSource, Timestamp, tournament::rules::RewardMode};
use serde::Deserialize;
use serde_json::{Value, json};
use storage::{
    StoreError, Transaction,
    job::{ClaimedJob, JobKind},
    result::ResultRow,
};

use crate::{
    Services,
    jobs::{self, JobDone, JobError, JobHandler},
    rewards::{self, NewReward},
    tournaments::inconsistent,
};

/// How many ranks one slice looks at.
pub(crate) const SLICE: u32 = 200;
const DAY_MS: i64 = 24 * 3_600_000;

/// Where a job that goes through the ranks of a board stands.
#[derive(Deserialize)]
pub(crate) struct Progress {
    /// The last rank that is done.
    pub(crate) after: u64,
    /// The last rank that is to be done.
    pub(crate) until: u64,
}

impl Progress {
    /// From the first rank on.
    pub(crate) const fn until(until: u64) -> Self {
        Self { after: 0, until }
    }

    /// What is left behind a slice; `None` when nothing is.
    pub(crate) fn behind(&self, slice: &[ResultRow]) -> Option<Self> {
        let last = slice.last().filter(|_| slice.len() == SLICE as usize)?.rank;
        (last < self.until).then_some(Self { after: last, until: self.until })
    }

    /// The payload of the job that goes on from here.
    pub(crate) fn to_payload(&self) -> Value {
        json!({"after": self.after, "until": self.until})
    }
}

/// Reads where a job stands, and the board that it is about.
pub(crate) fn read(job: &ClaimedJob) -> Result<(BoardId, Progress), JobError> {
    Ok((jobs::key(job)?, jobs::payload(job)?))
}

/// The prize of a rank.
pub(crate) fn prize_of(result: &ResultRow) -> Result<Option<Prize>, StoreError> {
    let unreadable = |_| StoreError::Inconsistent { table: "board_results", column: "prize" };
    result.prize.as_deref().map(|prize| serde_json::from_str(prize).map_err(unreadable)).transpose()
}

/// The job.
#[derive(Debug)]
pub struct BoardPrizes;

#[async_trait]
impl JobHandler for BoardPrizes {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let (board, progress) = read(job)?;
        let Some(row) = tx.tournaments().by_id(&board.tournament_id()).await? else {
            return Ok(JobDone::quietly());
        };
        let rules = &row.status.rules;
        let page = tx.results().page(&board, progress.after, SLICE).await?;
        let expires_at = rules
            .claim_days
            .map(NonZeroU32::get)
            .filter(|_| rules.rewards == RewardMode::Claim)
            .map(|days| now.plus_ms(i64::from(days) * DAY_MS));
        let mut given = Vec::new();
        for result in &page {
            let (Some(user_id), Some(what)) = (result.user_id, prize_of(result)?) else { continue };
            given.push(NewReward {
                user_id,
                source: RewardSource::Tournament,
                source_id: board.to_string(),
                what,
                expires_at,
            });
        }
        match rules.rewards {
            RewardMode::Automatic => rewards::grant(services, tx, &given).await?,
            RewardMode::Claim => rewards::offer(services, tx, &given).await?,
        };
        if let Some(left) = progress.behind(&page) {
            jobs::plan(services, tx, JobKind::BoardPrizes, board.as_str(), now, &left.to_payload()).await?;
        }
        Ok(JobDone::quietly().with_signal(bus::signals::Signal::Jobs))
    }
}

/// The reward of a player for a board.
pub(crate) async fn reward_of(
    tx: &mut dyn Transaction,
    board: &BoardId,
    user_id: domain::UserId,
) -> Result<Option<storage::reward::RewardRow>, StoreError> {
    let key = (user_id, RewardSource::Tournament, board.to_string());
    let mut found = tx.rewards().by_keys(std::slice::from_ref(&key)).await?;
    if found.len() > 1 {
        return Err(inconsistent("rewards"));
    }
    Ok(found.pop())
}
