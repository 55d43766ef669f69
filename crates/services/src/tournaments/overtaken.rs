//! "You were overtaken": who asked to hear of a tournament, and falls out of its prizes, or off the podium where there are
//! none, is told, at most once in half an hour.
//!
//! While a tournament runs and somebody wants to hear of it, one job looks at it every half minute. It asks the rank
//! index for the places that count alone, so that a look costs the same whatever the size of the board. The index may be
//! another machine's, so it is asked before the job's transaction begins. In that transaction what was seen is compared
//! with what each player was last seen with, and both the new sight and the message are written: a process that dies in
//! between has told nobody and noted nothing, and the next one sees the fall again.
//!
//! An index that hangs must not take the job over its time limit, so a look asks for a short time alone. Boards that it
//! has not come to are looked at another time: they are asked in no order, so that none is always the last.

use std::{collections::HashMap, time::Duration};

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
    job::{ClaimedJob, JobKind},
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
/// How long one run asks boards, well within the time that a job may take.
const ASK: Duration = Duration::from_secs(15);

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
    if jobs::is_open(tx, JobKind::BoardOvertaken, id.as_str()).await? {
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

/// The players of a board on the places that count.
type Top = HashMap<UserId, u64>;

/// The job, keyed by the tournament's id.
#[derive(Debug, Default)]
pub struct Overtaken {
    /// Who stood where when the index was asked. A board that did not answer is not here, and nobody on it has fallen.
    tops: HashMap<BoardId, Top>,
}

#[async_trait]
impl JobHandler for Overtaken {
    async fn prepare(
        &self,
        services: &Services,
        job: &ClaimedJob,
    ) -> Result<Option<Box<dyn JobHandler>>, JobError> {
        let (id, Progress { after }) = (jobs::key(job)?, jobs::payload(job)?);
        let mut tx = services.store().begin_read().await?;
        let Some(row) = running(&mut *tx, &id, services.now()).await? else { return Ok(None) };
        let wishes = tx.wishes().page(&id, after, SLICE).await?;
        let boards = boards_of(&mut *tx, &row, &wishes).await?;
        drop(tx);
        // Each board once, however many of those who asked are on it, and whether or not it answers.
        let boards: HashMap<BoardId, u32> = boards.into_values().collect();
        let tops = ask_within(ASK, boards, |board, places| top_of(services, board, places)).await;
        Ok(Some(Box::new(Self { tops })))
    }

    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let (id, Progress { after }) = (jobs::key(job)?, jobs::payload(job)?);
        let Some(row) = running(tx, &id, now).await? else { return Ok(JobDone::quietly()) };
        let wishes = tx.wishes().page(&id, after, SLICE).await?;
        let told = self.compare(services, tx, &row, &wishes, now).await?;
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

impl Overtaken {
    /// Compares where those who asked stand with where they stood. Returns whether somebody was told.
    async fn compare(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        row: &TournamentRow,
        wishes: &[WishRow],
        now: Timestamp,
    ) -> Result<bool, JobError> {
        let id = &row.tournament.tournament_id;
        let boards = boards_of(tx, row, wishes).await?;
        let mut rows = Vec::new();
        for wish in wishes {
            let Some((board, _)) = boards.get(&wish.user_id) else { continue };
            let Some(top) = self.tops.get(board) else { continue };
            let next = step(wish, board, top.get(&wish.user_id).copied(), now);
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
}

/// Asks boards one after the other until the time is over. Those that have not answered by then are left out.
async fn ask_within<A, T>(time: Duration, boards: HashMap<BoardId, u32>, ask: A) -> HashMap<BoardId, Top>
where
    A: Fn(BoardId, u32) -> T + Send,
    T: Future<Output = Option<Top>> + Send,
{
    let mut tops = HashMap::new();
    let asked = async {
        for (board, places) in boards {
            if let Some(top) = ask(board.clone(), places).await {
                tops.insert(board, top);
            }
        }
    };
    if tokio::time::timeout(time, asked).await.is_err() {
        tracing::debug!("boards answer slowly; those that were not asked are looked at another time");
    }
    tops
}

/// Who stands on the places of a board that count; `None` when it does not say.
async fn top_of(services: &Services, board: BoardId, places: u32) -> Option<Top> {
    match ranked(services, &board, Window::Top, places, None).await {
        Ok(page) => Some(page.rows.into_iter().map(|ranked| (ranked.key.user_id, ranked.rank)).collect()),
        Err(error) => {
            tracing::debug!(
                board.id = %board,
                error = %domain::ErrorChain(&error),
                "a board does not say who stands where; it is looked at again"
            );
            None
        }
    }
}

/// The tournament, while it runs.
async fn running(
    tx: &mut dyn Transaction,
    id: &TournamentId,
    now: Timestamp,
) -> Result<Option<TournamentRow>, StoreError> {
    let row = tx.tournaments().by_id(id).await?;
    Ok(row.filter(|row| row.phase(now) == Phase::Running))
}

/// The board of each of those who asked, and how many places count on it.
async fn boards_of(
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    wishes: &[WishRow],
) -> Result<HashMap<UserId, (BoardId, u32)>, StoreError> {
    let id = &row.tournament.tournament_id;
    let Some(period) = tx.periods().latest(id).await? else { return Ok(HashMap::new()) };
    let users: Vec<UserId> = wishes.iter().map(|wish| wish.user_id).collect();
    let entries = tx.entries().of_users(id, period.period, &users).await?;
    let cohorts: HashMap<UserId, (u32, u32)> =
        entries.into_iter().map(|entry| (entry.user_id, (entry.cohort, entry.tier))).collect();
    let board_of = |user_id: UserId| {
        let (cohort, tier) = cohorts.get(&user_id).copied().unwrap_or_default();
        let places = places_that_count(row.status.rules.last_winner(tier));
        (user_id, (BoardId::of(id, period.period, cohort), places))
    };
    Ok(users.into_iter().map(board_of).collect())
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
    use std::sync::atomic::{AtomicU32, Ordering};

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

    #[tokio::test]
    async fn boards_that_hang_end_a_look_in_time_and_those_that_answered_are_kept() {
        let user_id = UserId::new(Timestamp::from_millis(0), &SeededRng::new(1));
        let asked = AtomicU32::new(0);
        // Whichever is asked first answers; all behind it never do.
        let ask = |_, _| async {
            if asked.fetch_add(1, Ordering::Relaxed) > 0 {
                std::future::pending::<()>().await;
            }
            Some(HashMap::from([(user_id, 1)]))
        };
        let boards: HashMap<BoardId, u32> =
            (1..=200).map(|cohort| (BoardId::of(&"cup".parse().unwrap(), 0, cohort), 3)).collect();
        let tops = ask_within(Duration::from_millis(20), boards, ask).await;
        assert_eq!(tops.len(), 1);
        assert_eq!(asked.load(Ordering::Relaxed), 2, "the one that hangs is waited for no longer");
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
