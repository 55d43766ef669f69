//! "You were overtaken": who asked to hear of a tournament, and falls out of its prizes, or off the podium where there are
//! none, is told, at most once in half an hour.
//!
//! While a tournament runs and somebody wants to hear of it, one job looks at it every half minute. It asks the rank
//! index for the places that count alone, so that a look costs the same whatever the size of the board.

use std::collections::HashMap;

use async_trait::async_trait;
use bus::ranks::Window;
use domain::{
    BoardId, Timestamp, TournamentId, UserId,
    tournament::{Phase, lifecycle::State},
};
use serde::Deserialize;
use serde_json::json;
use storage::{
    StoreError, Transaction,
    job::{ClaimedJob, JobKind, JobState},
    tournament::TournamentRow,
    wish::WishRow,
};

use crate::{
    Services,
    boards::read::ranked,
    jobs::{self, JobDone, JobError, JobHandler},
    tournaments::notice::{self, Notice},
};

/// How often a running tournament is looked at.
const LOOK_MS: i64 = 30_000;
/// How long a player is left alone who was told.
const QUIET_MS: i64 = 30 * 60_000;
/// The places that count without prizes.
const PODIUM: u32 = 3;
/// The most places that are looked at.
const PLACES_MAX: u32 = 100;
/// How many wishes one run looks at.
const SLICE: u32 = 200;

/// Begins to look at a tournament that runs, when somebody wants to hear of it and nobody looks yet.
pub(crate) async fn watch(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
) -> Result<(), StoreError> {
    let id = &row.tournament.tournament_id;
    if row.status.state != State::Running || !tx.wishes().any(id).await? {
        return Ok(());
    }
    let planned = tx.jobs().get(JobKind::BoardOvertaken, id.as_str()).await?;
    if planned.is_some_and(|job| matches!(job.state, JobState::Waiting | JobState::Running)) {
        return Ok(());
    }
    let at = services.now().plus_ms(LOOK_MS);
    jobs::plan(services, tx, JobKind::BoardOvertaken, id.as_str(), at, &json!({})).await
}

/// Where the job stands.
#[derive(Deserialize)]
struct Progress {
    #[serde(default)]
    after: Option<UserId>,
}

/// The job, keyed by the tournament's id.
#[derive(Debug)]
pub struct Overtaken;

#[async_trait]
impl JobHandler for Overtaken {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let id: TournamentId =
            job.key.parse().map_err(|error| JobError::failed("reading a job's key", error))?;
        let Progress { after } =
            serde_json::from_str(&job.payload).map_err(|error| JobError::failed("reading a job", error))?;
        let row = tx.tournaments().by_id(&id).await?;
        let Some(row) = row.filter(|row| row.phase(now) == Phase::Running) else {
            return Ok(JobDone::quietly());
        };
        let wishes = tx.wishes().page(&id, after, SLICE).await?;
        let told = look(services, tx, &row, &wishes, now).await?;
        let next = match wishes.last() {
            Some(last) if wishes.len() == SLICE as usize => Some((now, json!({"after": last.user_id}))),
            // Nobody wants to hear of it any more.
            None if after.is_none() => None,
            _ => Some((now.plus_ms(LOOK_MS), json!({}))),
        };
        if let Some((at, payload)) = next {
            jobs::plan(services, tx, JobKind::BoardOvertaken, id.as_str(), at, &payload).await?;
        }
        let done = JobDone::quietly();
        Ok(if told { done.with_signal(bus::signals::Signal::Outbox) } else { done })
    }
}

/// Looks where those who asked stand. Returns whether somebody was told.
async fn look(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    wishes: &[WishRow],
    now: Timestamp,
) -> Result<bool, JobError> {
    let id = &row.tournament.tournament_id;
    let Some(period) = tx.periods().latest(id).await? else { return Ok(false) };
    let users: Vec<UserId> = wishes.iter().map(|wish| wish.user_id).collect();
    let entries = tx.entries().of_users(id, period.period, &users).await?;
    let place: HashMap<UserId, (u32, u32)> =
        entries.into_iter().map(|entry| (entry.user_id, (entry.cohort, entry.tier))).collect();
    let mut tops: HashMap<BoardId, HashMap<UserId, u64>> = HashMap::new();
    let mut rows = Vec::new();
    for wish in wishes {
        let (cohort, tier) = place.get(&wish.user_id).copied().unwrap_or_default();
        let board = BoardId::of(id, period.period, cohort);
        let places = places_that_count(row.status.rules.last_winner(tier));
        if !tops.contains_key(&board) {
            let top = ranked(services, &board, Window::Top, places, None).await;
            let ranks = top.map(|page| page.rows).unwrap_or_default();
            tops.insert(
                board.clone(),
                ranks.into_iter().map(|ranked| (ranked.key.user_id, ranked.rank)).collect(),
            );
        }
        let rank = tops.get(&board).and_then(|top| top.get(&wish.user_id)).copied();
        let next = step(wish, &board, rank, now);
        if next.is_told {
            rows.extend(notice::wanted_row(services, tx, wish.user_id, row, Notice::Overtaken).await?);
        }
        if next.wish != *wish {
            tx.wishes().note(id, &next.wish).await?;
        }
    }
    tx.outbox().add_many(&rows).await?;
    Ok(!rows.is_empty())
}

/// How many places count: those that win something, the podium where none does.
fn places_that_count(last_winner: u32) -> u32 {
    if last_winner == 0 { PODIUM } else { last_winner.min(PLACES_MAX) }
}

/// What a look makes of a wish.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    wish: WishRow,
    is_told: bool,
}

/// `rank` is the player's place among those that count, `None` below them. Whoever stood among them on the same board
/// and does not any more is told, unless they were told a short while ago; those are told as soon as that is over, if
/// they have not come back.
fn step(wish: &WishRow, board: &BoardId, rank: Option<u64>, now: Timestamp) -> Look {
    if let Some(rank) = rank {
        let seen = Some((board.clone(), rank));
        return Look { wish: WishRow { seen, ..wish.clone() }, is_told: false };
    }
    let has_fallen = wish.seen.as_ref().is_some_and(|(seen, _)| seen == board);
    let is_quiet = wish.told_at.is_some_and(|told_at| now.millis_since(told_at) < QUIET_MS);
    if has_fallen && is_quiet {
        return Look { wish: wish.clone(), is_told: false };
    }
    let told_at = if has_fallen { Some(now) } else { wish.told_at };
    Look { wish: WishRow { seen: None, told_at, ..wish.clone() }, is_told: has_fallen }
}

#[cfg(test)]
mod tests {
    use domain::SeededRng;

    use super::*;

    #[test]
    fn a_player_who_falls_is_told_once_in_half_an_hour() {
        let board: BoardId = "cup".parse().unwrap();
        let minute = |minutes: i64| Timestamp::from_millis(minutes * 60_000);
        let user_id = UserId::new(minute(0), &SeededRng::new(1));
        let mut wish = WishRow { user_id, seen: None, told_at: None };
        let mut told = Vec::new();
        // When, and the rank among the places that count.
        let looks = [
            (0, None),
            (1, Some(2)),
            (2, None),
            (3, None),
            (4, Some(1)),
            (5, None),
            (20, None),
            (32, None),
            (33, None),
            (70, Some(3)),
            (71, None),
        ];
        for (at, rank) in looks {
            let look = step(&wish, &board, rank, minute(at));
            wish = look.wish;
            if look.is_told {
                told.push(at);
            }
        }
        assert_eq!(told, [2, 32, 71]);
    }

    #[test]
    fn a_fall_out_of_the_only_prize_is_a_fall() {
        assert_eq!([0, 1, 3, 50, 10_000].map(places_that_count), [3, 1, 3, 50, 100]);
    }

    #[test]
    fn another_board_is_no_fall() {
        let now = Timestamp::from_millis(0);
        let user_id = UserId::new(now, &SeededRng::new(1));
        let seen = Some(("cup".parse().unwrap(), 1));
        let wish = WishRow { user_id, seen, told_at: None };
        let next: BoardId = "cup.1".parse().unwrap();
        assert!(!step(&wish, &next, None, now).is_told);
    }
}
