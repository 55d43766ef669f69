//! Where scores go: to the board of the period in which they were reached, and of the cohort in which their player is.

use std::collections::{BTreeMap, HashMap};

use domain::{BoardId, ErrorCode, Timestamp, TournamentId, UserId, tournament::lifecycle::State};
use storage::{
    StoreError, Transaction,
    period::{PeriodRow, PeriodState},
    tournament::TournamentRow,
    user::User,
};

use crate::{
    Services,
    tournaments::{
        periods,
        place::{self, Placed},
    },
};

/// Why a score is not taken.
pub(crate) type Refused = (ErrorCode, &'static str);

/// A score as far as its way asks: whose, and when it was reached.
pub(crate) type Scored<'a> = (&'a User, Timestamp);

const OUTSIDE: Refused =
    (ErrorCode::TournamentNotRunning, "time is not between the tournament's start and end");
const TOO_LATE: Refused =
    (ErrorCode::TournamentNotRunning, "the tournament ended too long ago to take earlier scores");

/// Why a tournament takes no scores at all, whatever their time.
pub(crate) const fn closed(row: &TournamentRow) -> Option<Refused> {
    match row.status.state {
        State::Draft => Some((ErrorCode::TournamentUnknown, "tournament_id is not known")),
        State::Canceled => Some((ErrorCode::TournamentClosed, "the tournament was canceled")),
        _ if row.status.is_frozen => {
            Some((ErrorCode::TournamentFrozen, "the tournament is frozen; send the score again later"))
        }
        _ => None,
    }
}

/// Where each of some scores goes, in their order. The tournament is held by this transaction.
///
/// # Errors
/// When the database fails.
pub(crate) async fn route(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    scores: &[Scored<'_>],
) -> Result<Vec<Result<Placed, Refused>>, StoreError> {
    let mut periods: BTreeMap<u32, (PeriodRow, Vec<&User>)> = BTreeMap::new();
    let mut period_of: Vec<Result<u32, Refused>> = Vec::with_capacity(scores.len());
    for (user, at) in scores {
        let known = periods.values_mut().find(|(period, _)| (period.starts_at..period.ends_at).contains(at));
        if let Some((period, users)) = known {
            users.push(user);
            period_of.push(Ok(period.period));
            continue;
        }
        match periods::at(services, tx, row, *at).await? {
            Some(period) => {
                period_of.push(takes(services, &period).map(|()| period.period));
                periods.insert(period.period, (period, vec![user]));
            }
            None => period_of.push(Err(OUTSIDE)),
        }
    }
    let mut answers: HashMap<(u32, UserId), Result<Placed, Refused>> = HashMap::new();
    for (number, (period, mut users)) in periods {
        users.sort_by_key(|user| user.user_id);
        users.dedup_by_key(|user| user.user_id);
        if let Err(refused) = takes(services, &period) {
            answers.extend(users.iter().map(|user| ((number, user.user_id), Err(refused))));
        } else if row.status.asks_entries {
            let placed = place::of_scores(services, tx, row, &period, &users).await?;
            answers.extend(placed.into_iter().map(|(user_id, placed)| ((number, user_id), placed)));
        } else {
            let board = BoardId::of(&row.tournament.tournament_id, number, 0);
            let placed = Placed { board, attempts_allowed: None };
            answers.extend(users.iter().map(|user| ((number, user.user_id), Ok(placed.clone()))));
        }
    }
    let answer = |((user, _), period): (&Scored<'_>, Result<u32, Refused>)| {
        let found = answers.get(&(period?, user.user_id)).cloned();
        found.unwrap_or(Err(OUTSIDE))
    };
    Ok(scores.iter().zip(period_of).map(answer).collect())
}

/// Whether a period still takes scores.
fn takes(services: &Services, period: &PeriodRow) -> Result<(), Refused> {
    let is_late = services.now() >= period.ends_at.plus_ms(services.settings().score_grace_ms);
    if is_late || period.state != PeriodState::Open { Err(TOO_LATE) } else { Ok(()) }
}

/// The board that a viewer is shown of a tournament: of the period that is played, or the last one, their own cohort's or
/// the first one. `None` where nobody has been placed on one yet.
///
/// # Errors
/// When the database fails.
pub(crate) async fn shown(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
    now: Timestamp,
) -> Result<Option<BoardId>, StoreError> {
    let played = tx.periods().at(tournament_id, now).await?;
    let period = match played {
        Some(period) => Some(period),
        None => tx.periods().latest(tournament_id).await?,
    };
    let Some(period) = period else { return Ok(None) };
    if period.cohorts > 0
        && let Some(user_id) = viewer
        && let Some(entry) = tx.entries().of_users(tournament_id, period.period, &[user_id]).await?.pop()
        && entry.cohort > 0
    {
        return Ok(Some(place::board_of(&entry)));
    }
    let first = tx.periods().boards(tournament_id, period.period, None, 1).await?.pop();
    Ok(first.map(|board| board.board_id))
}
