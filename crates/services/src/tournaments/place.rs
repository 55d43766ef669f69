//! Placing players: an entry of the period, in a cohort of the right tier, when they may take part.
//!
//! Joining places one player; a run of scores places all whose first score it brings. Whoever was placed stays: an entry
//! is looked up before anything is asked again.

use std::collections::{HashMap, HashSet};

use domain::{
    BoardId, ErrorCode, Timestamp, TournamentId, UserId, condition::Refusal, tournament::cohort::Cohorts,
};
use storage::{
    StoreError, Transaction,
    board::NewBoard,
    entry::{EntryOrigin, EntryRow},
    period::PeriodRow,
    tournament::TournamentRow,
    user::User,
};

use crate::{
    Services, telemetry,
    tournaments::route::{self, Destination},
};

/// A player is not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotPlaced {
    /// They do not fulfill the condition.
    Condition(Refusal),
    /// They are excluded.
    Disqualified,
    /// There is no place left.
    Full,
}

/// Where the scores of some players go in a period. Players without an entry are placed, where nobody has to join.
pub(crate) async fn of_scores(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    period: &PeriodRow,
    users: &[&User],
) -> Result<HashMap<UserId, Result<Destination, route::Refusal>>, StoreError> {
    let rules = &row.status.rules;
    let ids: Vec<UserId> = users.iter().map(|user| user.user_id).collect();
    let known = tx.entries().of_users(&row.tournament.tournament_id, period.period, &ids).await?;
    let mut known: HashMap<UserId, EntryRow> =
        known.into_iter().map(|entry| (entry.user_id, entry)).collect();
    let has_entered: HashSet<UserId> =
        known.values().filter(|entry| entry.entries > 0).map(|entry| entry.user_id).collect();
    let mut answers: HashMap<UserId, Result<Destination, route::Refusal>> = HashMap::new();
    let newcomers: Vec<&User> =
        users.iter().filter(|user| !has_entered.contains(&user.user_id)).copied().collect();
    if rules.join.required {
        for user in newcomers {
            let is_out = known.get(&user.user_id).is_some_and(|entry| entry.disqualified.is_some());
            answers.insert(user.user_id, Err(if is_out { EXCLUDED } else { NOT_JOINED }));
        }
    } else {
        for (user_id, placed) in many(services, tx, row, period, &newcomers, EntryOrigin::Score).await? {
            match placed {
                Ok(entry) => drop(known.insert(user_id, entry)),
                Err(refused) => drop(answers.insert(user_id, Err(told(refused)))),
            }
        }
    }
    for (user_id, entry) in known.into_iter().filter(|(_, entry)| entry.entries > 0) {
        let placed = if entry.disqualified.is_some() { Err(EXCLUDED) } else { Ok(placed(row, &entry)) };
        answers.insert(user_id, placed);
    }
    Ok(answers)
}

const EXCLUDED: route::Refusal = (ErrorCode::NotEligible, "the player is disqualified");
const NOT_JOINED: route::Refusal = (ErrorCode::NotJoined, "the player has not joined the tournament");

const fn told(refused: NotPlaced) -> route::Refusal {
    match refused {
        NotPlaced::Disqualified => EXCLUDED,
        NotPlaced::Condition(Refusal::NotLinked) => {
            (ErrorCode::NotEligible, "the condition asks for linked accounts")
        }
        NotPlaced::Condition(Refusal::Kyc) => {
            (ErrorCode::NotEligible, "the condition asks for a higher level of identification")
        }
        NotPlaced::Condition(Refusal::Region) => {
            (ErrorCode::NotEligible, "the condition asks for another region")
        }
        NotPlaced::Full => (ErrorCode::TournamentFull, "the tournament has no place left"),
    }
}

fn placed(row: &TournamentRow, entry: &EntryRow) -> Destination {
    let attempts_max = row.status.rules.attempts_max.map(std::num::NonZeroU32::get);
    Destination { board_id: board_of(entry), attempts_allowed: entry.attempts_allowed(attempts_max) }
}

/// The board on which an entry is ranked.
pub(crate) fn board_of(entry: &EntryRow) -> BoardId {
    BoardId::of(&entry.tournament_id, entry.period, entry.cohort)
}

/// The board on which a player is ranked in a period, if they are: that of their entry, where there is none the one that
/// all players share.
pub(crate) fn board_with(entry: Option<&EntryRow>, tournament_id: &TournamentId, period: u32) -> BoardId {
    entry.map_or_else(|| BoardId::of(tournament_id, period, 0), board_of)
}

/// As [`board_with`], by the stored entry.
pub(crate) async fn board_in(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    period: u32,
    user_id: UserId,
) -> Result<BoardId, StoreError> {
    let entry = tx.entries().of_users(tournament_id, period, &[user_id]).await?.pop();
    Ok(board_with(entry.as_ref(), tournament_id, period))
}

/// Places players who have not entered the period. The period is locked from here on.
pub(crate) async fn many(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    period: &PeriodRow,
    users: &[&User],
    origin: EntryOrigin,
) -> Result<Vec<(UserId, Result<EntryRow, NotPlaced>)>, StoreError> {
    let id = &row.tournament.tournament_id;
    let rules = &row.status.rules;
    let mut answers = Vec::with_capacity(users.len());
    let mut admitted: Vec<(&User, Option<EntryRow>)> = Vec::with_capacity(users.len());
    for user in users {
        let last = tx.entries().latest(id, user.user_id, None).await?;
        if last.as_ref().is_some_and(|entry| entry.disqualified.is_some()) {
            answers.push((user.user_id, Err(NotPlaced::Disqualified)));
        } else if let Err(refusal) = rules.condition.admits(&user.person()) {
            answers.push((user.user_id, Err(NotPlaced::Condition(refusal))));
        } else {
            admitted.push((user, last));
        }
    }
    if admitted.is_empty() {
        return Ok(answers);
    }
    let count = u32::try_from(admitted.len()).unwrap_or(u32::MAX);
    let size_max = rules.join.size_max.map(std::num::NonZeroU32::get);
    if !tx.periods().count_in(id, period.period, count, size_max).await? {
        answers.extend(admitted.iter().map(|(user, _)| (user.user_id, Err(NotPlaced::Full))));
        return Ok(answers);
    }
    let now = services.now();
    let mut entries = Vec::with_capacity(admitted.len());
    for (user, last) in &admitted {
        let (cohort, tier) = match &rules.cohorts {
            Some(cohorts) => seat(tx, row, period, cohorts, user.user_id, last.as_ref()).await?,
            None => (0, 0),
        };
        let noted = last.as_ref().filter(|last| last.period == period.period);
        entries.push(EntryRow {
            tournament_id: id.clone(),
            period: period.period,
            user_id: user.user_id,
            joined_at: now,
            origin,
            cohort,
            tier,
            entries: 1,
            attempts_granted: noted.map_or(0, |noted| noted.attempts_granted),
            disqualified: None,
        });
    }
    let new = tx.entries().add_many(&entries).await?;
    if new.len() != entries.len() {
        // Another transaction has placed one of them between our look and the lock: whoever starts anew sees it.
        return Err(StoreError::Conflict {
            operation: "entries.add_many",
            constraint: "entries.user_id".to_owned(),
        });
    }
    metrics::counter!(telemetry::TOURNAMENT_ENTRIES_TOTAL, "result" => origin.as_str())
        .increment(entries.len() as u64);
    answers.extend(entries.into_iter().map(|entry| (entry.user_id, Ok(entry))));
    Ok(answers)
}

/// A place in a cohort: of the tier to which the player's last period has led.
async fn seat(
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    period: &PeriodRow,
    cohorts: &Cohorts,
    user_id: UserId,
    last: Option<&EntryRow>,
) -> Result<(u32, u32), StoreError> {
    let tier = tier_of(tx, row, period, cohorts, user_id, last).await?;
    let id = &row.tournament.tournament_id;
    let (cohort, is_new) = tx.periods().take_cohort(id, period.period, tier, cohorts.size).await?;
    if is_new {
        let board = NewBoard {
            board_id: BoardId::of(id, period.period, cohort),
            tier,
            starts_at: period.starts_at,
            ends_at: period.ends_at,
        };
        tx.boards().open(&[board]).await?;
    }
    Ok((cohort, tier))
}

/// The tier in which a player plays a period: that of the period they played last, moved by their rank there. Ranks that
/// are not final yet, since the period has just ended, count as they stand.
async fn tier_of(
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    period: &PeriodRow,
    cohorts: &Cohorts,
    user_id: UserId,
    last: Option<&EntryRow>,
) -> Result<u32, StoreError> {
    let Some(played) = last_played(tx, period, user_id, last).await? else { return Ok(0) };
    let board = board_of(&played);
    let players = tx.boards().by_id(&board).await?.map_or(0, |board| board.players);
    let result = tx.results().of_user(&board, user_id).await?;
    let rank = if let Some(result) = result {
        Some(result.rank)
    } else {
        let order = row.tournament.ranking().order;
        tx.boards().place(&board, order, user_id).await?.map(|placed| placed.rank)
    };
    Ok(cohorts.next_tier(played.tier, rank.unwrap_or_default(), players))
}

/// The latest entry of a player in an earlier period that they played. What was only noted of them is none.
async fn last_played(
    tx: &mut dyn Transaction,
    period: &PeriodRow,
    user_id: UserId,
    last: Option<&EntryRow>,
) -> Result<Option<EntryRow>, StoreError> {
    let mut candidate = last.cloned();
    while let Some(entry) = candidate {
        if entry.entries > 0 && entry.period < period.period {
            return Ok(Some(entry));
        }
        candidate = tx.entries().latest(&period.tournament_id, user_id, Some(entry.period)).await?;
    }
    Ok(None)
}

/// Until when players may join a period.
pub(crate) fn joins_until(row: &TournamentRow, period: &PeriodRow) -> Timestamp {
    let closes_at = row.status.rules.join.closes_at;
    closes_at.map_or(period.ends_at, |closes_at| closes_at.min(period.ends_at))
}
