//! Where scores go: to the board of the period in which they were reached, and of the cohort in which their player is.

use std::collections::{BTreeMap, HashMap};

use domain::{
    BoardId, ErrorCode, Timestamp, UserId,
    tournament::{lifecycle::State, steps::takes_scores_until},
};
use storage::{
    StoreError, Transaction,
    period::{PeriodRow, PeriodState},
    tournament::TournamentRow,
    user::User,
};

use crate::{
    Services,
    tournaments::{periods, place},
};

/// A score on its way to a board.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'run> {
    /// Whose.
    pub(crate) user: &'run User,
    /// The event's time.
    pub(crate) at: Timestamp,
}

/// Where a score goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The board, which is there.
    pub(crate) board_id: BoardId,
    /// How many scores of the player are taken on it; `None`: all.
    pub(crate) attempts_allowed: Option<u64>,
}

/// Why a score is not taken: what its sender is told.
pub(crate) type Refusal = (ErrorCode, &'static str);

const OUTSIDE: Refusal =
    (ErrorCode::TournamentNotRunning, "time is not between the tournament's start and end");
const NOT_BEGUN: Refusal = (ErrorCode::TournamentNotRunning, "the tournament has not begun");
const TOO_LATE: Refusal =
    (ErrorCode::TournamentNotRunning, "the tournament ended too long ago to take earlier scores");

/// Why a tournament takes no scores at all, whatever their time.
const fn closed(row: &TournamentRow) -> Option<Refusal> {
    match row.status.state {
        State::Draft => Some((ErrorCode::TournamentUnknown, "tournament_id is not known")),
        State::Canceled => Some((ErrorCode::TournamentClosed, "the tournament was canceled")),
        _ if row.status.is_frozen => {
            Some((ErrorCode::TournamentFrozen, "the tournament is frozen; send the score again later"))
        }
        _ => None,
    }
}

/// The board of each score of a tournament, which is held, in their order. Boards that a score is the first for are
/// opened.
///
/// # Errors
/// When the database fails.
pub(crate) async fn boards_for(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    wanted: &[Wanted<'_>],
) -> Result<Vec<Result<Destination, Refusal>>, StoreError> {
    if let Some(refused) = closed(row) {
        return Ok(vec![Err(refused); wanted.len()]);
    }
    let mut periods: BTreeMap<u32, (PeriodRow, Vec<&User>)> = BTreeMap::new();
    let mut period_of: Vec<Result<u32, Refusal>> = Vec::with_capacity(wanted.len());
    for Wanted { user, at } in wanted {
        let known = periods.values_mut().find(|(period, _)| (period.starts_at..period.ends_at).contains(at));
        if let Some((period, users)) = known {
            users.push(user);
            period_of.push(Ok(period.period));
            continue;
        }
        match periods::at(services, tx, row, *at).await? {
            Some(period) => {
                period_of.push(Ok(period.period));
                periods.insert(period.period, (period, vec![user]));
            }
            None => period_of.push(Err(OUTSIDE)),
        }
    }
    let mut answers: HashMap<(u32, UserId), Result<Destination, Refusal>> = HashMap::new();
    for (number, (period, mut users)) in periods {
        users.sort_by_key(|user| user.user_id);
        users.dedup_by_key(|user| user.user_id);
        if let Err(refused) = takes(services, row, &period) {
            answers.extend(users.iter().map(|user| ((number, user.user_id), Err(refused))));
        } else if row.status.asks_entries {
            let placed = place::of_scores(services, tx, row, &period, &users).await?;
            answers.extend(placed.into_iter().map(|(user_id, placed)| ((number, user_id), placed)));
        } else {
            let board_id = BoardId::of(&row.tournament.tournament_id, number, 0);
            let destination = Destination { board_id, attempts_allowed: None };
            answers.extend(users.iter().map(|user| ((number, user.user_id), Ok(destination.clone()))));
        }
    }
    let answer = |(wanted, period): (&Wanted<'_>, Result<u32, Refusal>)| {
        let found = answers.get(&(period?, wanted.user.user_id)).cloned();
        found.unwrap_or(Err(OUTSIDE))
    };
    Ok(wanted.iter().zip(period_of).map(answer).collect())
}

/// How many periods are looked at for the boards of a player.
const PERIODS_LOOKED_AT: u32 = 20;

/// The boards on which a player of a tournament may have scores, the latest first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn boards_of(
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    user_id: UserId,
) -> Result<Vec<BoardId>, StoreError> {
    let id = &row.tournament.tournament_id;
    let periods = tx.periods().list(id, None, PERIODS_LOOKED_AT).await?;
    let mut boards = Vec::with_capacity(periods.len());
    for period in periods {
        boards.push(match period.cohorts {
            0 => BoardId::of(id, period.period, 0),
            _ => place::board_in(tx, id, period.period, user_id).await?,
        });
    }
    Ok(boards)
}

/// Whether a period takes scores: it has begun, and still does.
fn takes(services: &Services, row: &TournamentRow, period: &PeriodRow) -> Result<(), Refusal> {
    let (now, grace_ms) = (services.now(), services.settings().score_grace_ms);
    if now < period.starts_at {
        return Err(NOT_BEGUN);
    }
    let is_late = now >= takes_scores_until(period.ends_at, row.status.thawed_at, grace_ms);
    if is_late || period.state != PeriodState::Open { Err(TOO_LATE) } else { Ok(()) }
}
