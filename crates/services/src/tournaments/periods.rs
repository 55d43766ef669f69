//! Periods by their schedule: the window of the first one, and the one that follows.
//!
//! A period is opened by the tournament's clock at the end of the one before, or, where the clock is late, by the first
//! score that belongs to it. Both find the same windows, since these follow from the schedule alone.

use domain::{BoardId, Timestamp, TournamentId, tournament::rules::TournamentRules};
use serde_json::json;
use storage::{
    StoreError, Transaction,
    board::NewBoard,
    job::{JobKind, NewJob, PLAN_MAX},
    period::{PeriodRow, PeriodState},
    tournament::TournamentRow,
};

use crate::{Services, schedule::Schedule, tournaments::inconsistent};

/// The least time between two resets: shorter ones would be a board that nobody can read.
pub(crate) const PERIOD_MS_MIN: i64 = 10 * 60_000;
/// How many periods are looked at to find the one that is played now.
const SKIPPED_MAX: usize = 100_000;
/// How many boards are read with one statement.
const BOARDS_PAGE: u32 = 500;

/// A window in time: the first moment that counts, and the first that no longer does.
pub(crate) type Window = (Timestamp, Timestamp);

/// The schedule of the resets; `None` without one. A stored one was checked when it came.
pub(crate) fn schedule_of(rules: &TournamentRules) -> Result<Option<Schedule>, StoreError> {
    rules
        .reset
        .as_ref()
        .map(|reset| Schedule::parse(&reset.cron, &reset.zone).map_err(|_| inconsistent("rules")))
        .transpose()
}

/// The window of a period that starts at `starts_at` in a tournament that ends at `ends_at`.
pub(crate) fn window(schedule: Option<&Schedule>, starts_at: Timestamp, ends_at: Timestamp) -> Window {
    let reset = schedule.and_then(|schedule| schedule.after(starts_at));
    (starts_at, reset.map_or(ends_at, |reset| reset.min(ends_at)))
}

/// The window of the period that follows on one that ended at `ended_at`. Periods that are over at `now`, in which
/// nobody can have scored, are left out: the window begins where the period that is played now does.
pub(crate) fn next_window(
    schedule: Option<&Schedule>,
    ended_at: Timestamp,
    ends_at: Timestamp,
    now: Timestamp,
) -> Window {
    let mut next = window(schedule, ended_at, ends_at);
    for _ in 0..SKIPPED_MAX {
        if next.1 > now || next.1 >= ends_at {
            break;
        }
        next = window(schedule, next.1, ends_at);
    }
    next
}

/// Stores a period that is to be played, with the board that all of its players share.
pub(crate) async fn open(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    rules: &TournamentRules,
    period: u32,
    window: Window,
) -> Result<(), StoreError> {
    tx.periods().put(tournament_id, period, window, PeriodState::Open).await?;
    if rules.cohorts.is_none() {
        let board = NewBoard {
            board_id: BoardId::of(tournament_id, period, 0),
            tier: 0,
            starts_at: window.0,
            ends_at: window.1,
        };
        tx.boards().open(&[board]).await?;
    }
    Ok(())
}

/// Opens the period that follows on `current`, which is over or about to be.
pub(crate) async fn open_next(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    current: &PeriodRow,
) -> Result<(), StoreError> {
    let tournament = &row.tournament;
    let rules = &row.status.rules;
    let schedule = schedule_of(rules)?;
    // Scores of a period that has just ended may still come.
    let decided = services.now().plus_ms(-services.settings().score_grace_ms);
    let window = next_window(schedule.as_ref(), current.ends_at, tournament.ends_at, decided);
    open(tx, &tournament.tournament_id, rules, current.period + 1, window).await
}

/// The period to which a moment belongs; opened now when its time has come and nobody has opened it yet.
///
/// # Errors
/// When the database fails.
pub(crate) async fn at(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    moment: Timestamp,
) -> Result<Option<PeriodRow>, StoreError> {
    let tournament = &row.tournament;
    let id = &tournament.tournament_id;
    if let Some(period) = tx.periods().at(id, moment).await? {
        return Ok(Some(period));
    }
    let is_inside = (tournament.starts_at..tournament.ends_at).contains(&moment);
    if row.status.rules.reset.is_none() || !is_inside || moment > services.now() {
        return Ok(None);
    }
    // A clock that is late by more than one reset: the period before may still take late scores, and is opened too.
    loop {
        let latest = tx.periods().latest(id).await?;
        match latest.filter(|latest| latest.ends_at <= moment) {
            Some(latest) => open_next(services, tx, row, &latest).await?,
            None => return tx.periods().at(id, moment).await,
        }
    }
}

/// Closes a period: it takes no scores any more, and each of its boards is to become final. Without boards it is final
/// at once.
pub(crate) async fn close(
    services: &Services,
    tx: &mut dyn Transaction,
    period: &PeriodRow,
) -> Result<(), StoreError> {
    let id = &period.tournament_id;
    let has_boards = plan_boards(services, tx, period, JobKind::BoardEnd).await?;
    let state = if has_boards { PeriodState::Closed } else { PeriodState::Final };
    tx.periods().put(id, period.period, (period.starts_at, period.ends_at), state).await
}

/// Plans a job for each board of a period that is not final, at once. Returns whether there are any.
pub(crate) async fn plan_boards(
    services: &Services,
    tx: &mut dyn Transaction,
    period: &PeriodRow,
    kind: JobKind,
) -> Result<bool, StoreError> {
    let now = services.now();
    let boards = unfinished_boards(tx, period).await?;
    for boards in boards.chunks(PLAN_MAX) {
        let job = |board: &BoardId| NewJob {
            kind,
            key: board.to_string(),
            run_at: now,
            payload: json!({}).to_string(),
            planned_at: now,
        };
        let jobs: Vec<NewJob> = boards.iter().map(job).collect();
        tx.jobs().plan_many(&jobs).await?;
    }
    Ok(!boards.is_empty())
}

/// The boards of a period that are not final, in the order of their cohorts.
pub(crate) async fn unfinished_boards(
    tx: &mut dyn Transaction,
    period: &PeriodRow,
) -> Result<Vec<BoardId>, StoreError> {
    let mut after = None;
    let mut unfinished = Vec::new();
    loop {
        let boards = tx.periods().boards(&period.tournament_id, period.period, after, BOARDS_PAGE).await?;
        let Some(last) = boards.last() else { return Ok(unfinished) };
        after = Some(last.board_id.cohort());
        unfinished.extend(boards.into_iter().filter(|board| !board.is_final).map(|board| board.board_id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn periods_follow_the_clock_of_their_zone_through_both_changes() {
        let weekly = Schedule::parse("0 20 * * SUN", "Europe/Rome").unwrap();
        let ends_at = at("2026-12-31T00:00:00Z");
        // Before the clocks go forward on March 29 it is 19:00 in UTC, on that day and behind it 18:00.
        let first = window(Some(&weekly), at("2026-03-17T12:00:00Z"), ends_at);
        assert_eq!(first.1, at("2026-03-22T19:00:00Z"));
        let second = next_window(Some(&weekly), first.1, ends_at, first.1);
        assert_eq!(second, (at("2026-03-22T19:00:00Z"), at("2026-03-29T18:00:00Z")));
        // And back on October 25.
        let autumn = window(Some(&weekly), at("2026-10-18T18:00:00Z"), ends_at);
        assert_eq!(autumn.1, at("2026-10-25T19:00:00Z"));
    }

    #[test]
    fn the_last_period_ends_with_the_tournament() {
        let daily = Schedule::parse("0 0 * * *", "UTC").unwrap();
        let ends_at = at("2026-01-02T12:00:00Z");
        let first = window(Some(&daily), at("2026-01-01T06:00:00Z"), ends_at);
        assert_eq!(first, (at("2026-01-01T06:00:00Z"), at("2026-01-02T00:00:00Z")));
        assert_eq!(next_window(Some(&daily), first.1, ends_at, first.1), (first.1, ends_at));
        assert_eq!(window(None, first.0, ends_at), (first.0, ends_at));
    }

    #[test]
    fn periods_that_nobody_could_play_are_left_out() {
        let daily = Schedule::parse("0 0 * * *", "UTC").unwrap();
        let ends_at = at("2027-01-01T00:00:00Z");
        // The server was down for three days.
        let next = next_window(Some(&daily), at("2026-01-02T00:00:00Z"), ends_at, at("2026-01-05T10:00:00Z"));
        assert_eq!(next, (at("2026-01-05T00:00:00Z"), at("2026-01-06T00:00:00Z")));
        let over = next_window(Some(&daily), at("2026-12-30T00:00:00Z"), ends_at, at("2027-02-01T00:00:00Z"));
        assert_eq!(over, (at("2026-12-31T00:00:00Z"), ends_at));
    }
}
