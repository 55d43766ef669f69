//! What a tournament is: told by its owner, and by nobody else.
//!
//! A definition replaces the one before, as far as what has happened allows it: a tournament that is over is what it was,
//! apart from its texts. A definition that comes for a finished tournament with a later start begins its next period, so
//! that a platform may use an id again; the results of the one before stay.
//!
//! Invariant: what an operator has decided about the end of a platform's tournament holds until the platform tells an end
//! that it has not told before. Platforms repeat their definitions all the time, and a repeat decides nothing.

use domain::{
    BoardOrder, ErrorCode, Owner, Timestamp, Tournament,
    audit::AuditAction,
    tournament::{
        lifecycle::{Event, State},
        rules::TournamentRules,
    },
};
use serde_json::json;
use storage::{
    StoreError, Transaction,
    audit::Actor,
    period::{PeriodRow, PeriodState},
    tournament::{TournamentRow, TournamentStatus},
};

use crate::{
    Services, audit,
    schedule::Schedule,
    tournaments::{
        clock::{self, Ends},
        inconsistent, overtaken, periods,
    },
};

/// A tournament as its owner tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// What the first paint shows.
    pub tournament: Tournament,
    /// The rest.
    pub rules: TournamentRules,
    /// Whether it is still being written.
    pub is_draft: bool,
}

/// Why a definition is not taken.
pub type Refused = (ErrorCode, &'static str);

const fn invalid(detail: &'static str) -> Refused {
    (ErrorCode::EventDataInvalid, detail)
}

const OVER: Refused = (ErrorCode::TournamentClosed, "the tournament is over: only its texts can change");

/// What taking a definition has changed beside the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// The order in which its boards stand now, if it is another one.
    pub order: Option<BoardOrder>,
}

/// Checks what a definition says by itself.
///
/// # Errors
/// Which field can't be right, and why.
pub fn check(definition: &Definition) -> Result<(), (&'static str, &'static str)> {
    let tournament = &definition.tournament;
    definition
        .rules
        .check((tournament.starts_at, tournament.ends_at))
        .map_err(|invalid| (invalid.field, invalid.what))?;
    let Some(reset) = &definition.rules.reset else { return Ok(()) };
    let schedule = Schedule::parse(&reset.cron, &reset.zone).map_err(|error| match error {
        crate::schedule::ScheduleError::Zone => ("reset.zone", "is not the name of a time zone"),
        _ => ("reset.cron", "is not a cron expression of five fields that ever comes"),
    })?;
    let times = schedule.upcoming(tournament.starts_at, 50);
    let is_close = |pair: &[Timestamp]| pair[1].millis_since(pair[0]) < periods::PERIOD_MS_MIN;
    if times.windows(2).any(is_close) {
        return Err(("reset.cron", "must leave ten minutes between two resets"));
    }
    Ok(())
}

/// Takes a definition, which was checked, in a transaction. Answers why it is refused, or what it has changed. `told_at` is
/// when the platform has told it: one that comes behind a newer one changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn take(
    services: &Services,
    tx: &mut dyn Transaction,
    owner: Owner,
    definition: &Definition,
    told_at: Option<Timestamp>,
) -> Result<Result<Taken, Refused>, StoreError> {
    let id = &definition.tournament.tournament_id;
    // By a clock that is ahead: what is told later must not be taken for something older.
    let told_at = told_at.map(|told_at| told_at.min(services.now()));
    let Some(mut row) = tx.tournaments().lock(id).await? else {
        create(services, tx, owner, definition, told_at).await?;
        return Ok(Ok(Taken::default()));
    };
    if row.status.owner == owner && told_at < row.status.told_at {
        tracing::debug!(tournament.id = %id, "a definition has come behind a newer one");
        return Ok(Ok(Taken::default()));
    }
    let Some(period) = tx.periods().latest(id).await? else {
        return Err(inconsistent("tournament_id"));
    };
    let repeated = repeated(&row, definition);
    let definition = repeated.as_ref().unwrap_or(definition);
    let change = match judge(services, &row, &period, owner, definition) {
        Ok(change) => change,
        Err(refused) => return Ok(Err(refused)),
    };
    if repeated.is_none() {
        overrule(services, tx, &mut row, definition).await?;
    }
    let order = definition.tournament.ranking().order;
    let order = (row.tournament.ranking().order != order).then_some(order);
    row.status.told_at = told_at;
    replace(services, tx, row, &period, definition, change).await?;
    Ok(Ok(Taken { order }))
}

/// The definition with the end that an operator has decided on, when its own is the one that was told before.
fn repeated(row: &TournamentRow, definition: &Definition) -> Option<Definition> {
    let is_repeated = row.status.told_ends_at == Some(definition.tournament.ends_at);
    is_repeated.then(|| Definition {
        tournament: Tournament { ends_at: row.tournament.ends_at, ..definition.tournament.clone() },
        ..definition.clone()
    })
}

/// Lets what the platform tells now take the place of what an operator had decided about the end.
async fn overrule(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &mut TournamentRow,
    definition: &Definition,
) -> Result<(), StoreError> {
    let ends_at = definition.tournament.ends_at;
    if row.status.told_ends_at.take().is_none() || row.tournament.ends_at == ends_at {
        return Ok(());
    }
    let id = &row.tournament.tournament_id;
    tracing::info!(tournament.id = %id, "the platform has told another end than an operator had decided on");
    let detail = json!({"tournament_id": id, "ends_at": ends_at});
    audit::record(services, tx, Actor::platform(), AuditAction::TournamentEndRetold, None, &detail).await
}

async fn create(
    services: &Services,
    tx: &mut dyn Transaction,
    owner: Owner,
    definition: &Definition,
    told_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let tournament = &definition.tournament;
    tx.tournaments().upsert(tournament, services.now()).await?;
    let schedule = periods::schedule_of(&definition.rules)?;
    let window = periods::window(schedule.as_ref(), tournament.starts_at, tournament.ends_at);
    periods::open(tx, &tournament.tournament_id, &definition.rules, 0, window).await?;
    let status = TournamentStatus {
        owner,
        state: if definition.is_draft { State::Draft } else { State::Scheduled },
        asks_entries: definition.rules.asks_entries(),
        rules: definition.rules.clone(),
        told_at,
        ..TournamentStatus::default()
    };
    let mut row = TournamentRow { tournament: tournament.clone(), players: 0, has_scores: false, status };
    clock::advance(services, tx, &mut row, Ends::Moved).await
}

/// How a definition changes what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// The window stays as it is, or nothing has begun that it moves.
    Plain,
    /// The start, or that of joining, is another.
    Reschedule,
    /// It was over, and goes on for longer.
    Extend,
    /// The next period of what is finished.
    Renew,
    /// It is shown from now on.
    Publish,
    /// Only what is read changes.
    TextsAlone,
}

/// Decides what a definition may change.
fn judge(
    services: &Services,
    row: &TournamentRow,
    period: &PeriodRow,
    owner: Owner,
    definition: &Definition,
) -> Result<Change, Refused> {
    let (before, after) = (&row.tournament, &definition.tournament);
    let (rules, new_rules) = (&row.status.rules, &definition.rules);
    let state = row.status.state;
    if row.status.owner != owner {
        return Err((ErrorCode::OwnedElsewhere, "the tournament belongs to another owner"));
    }
    if state == State::Canceled {
        return Err((ErrorCode::TournamentClosed, "the tournament was canceled"));
    }
    if definition.is_draft && state != State::Draft {
        return Err(invalid("draft can't be true any more: the tournament was published"));
    }
    let is_renewed =
        state == State::Finished && after.starts_at > before.starts_at && after.ends_at > services.now();
    if row.has_scores && !is_renewed {
        if before.operator != after.operator {
            // What each player's scores come to under another operator is not known any more.
            return Err(invalid("operator can't change once there are scores"));
        }
        if before.ties.len() != after.ties.len() {
            return Err(invalid("ties can't become more or fewer once there are scores"));
        }
    }
    let is_played = row.has_scores || period.entries > 0;
    if is_played && !is_renewed && rules.cohorts.is_some() != new_rules.cohorts.is_some() {
        return Err(invalid("cohorts can't come or go once somebody has entered"));
    }
    if is_renewed {
        return if after.ends_at > period.ends_at { Ok(Change::Renew) } else { Err(OVER) };
    }
    if !state.is_movable() {
        let is_longer = state == State::Finalizing
            && period.state == PeriodState::Open
            && after.ends_at > before.ends_at
            && after.ends_at > services.now();
        return match is_longer {
            true => Ok(Change::Extend),
            false if is_same_apart_from_texts(row, definition) => Ok(Change::TextsAlone),
            false => Err(OVER),
        };
    }
    if after.starts_at >= after.ends_at {
        return Err(invalid("starts_at must be earlier than the end that an operator has decided on"));
    }
    if after.ends_at <= period.starts_at && period.period > 0 {
        return Err(invalid("ends_at must be later than the start of the period that is played"));
    }
    let opens = |rules: &TournamentRules| rules.opens_at();
    let is_moved = before.starts_at != after.starts_at || opens(rules) != opens(new_rules);
    match state {
        State::Draft if !definition.is_draft => Ok(Change::Publish),
        State::Draft => Ok(Change::Plain),
        _ if is_moved && period.period == 0 => Ok(Change::Reschedule),
        _ => Ok(Change::Plain),
    }
}

fn is_same_apart_from_texts(row: &TournamentRow, definition: &Definition) -> bool {
    let tournament = Tournament { title: row.tournament.title.clone(), ..definition.tournament.clone() };
    let old = &row.status.rules;
    let rules = TournamentRules {
        rules_text: old.rules_text.clone(),
        cover: old.cover.clone(),
        is_private: old.is_private,
        ..definition.rules.clone()
    };
    row.tournament == tournament && *old == rules
}

async fn replace(
    services: &Services,
    tx: &mut dyn Transaction,
    mut row: TournamentRow,
    period: &PeriodRow,
    definition: &Definition,
    change: Change,
) -> Result<(), StoreError> {
    let tournament = &definition.tournament;
    let id = &tournament.tournament_id;
    // Who was excluded is asked for as long as the tournament lasts.
    let asks_entries =
        definition.rules.asks_entries() || row.status.asks_entries && !row.status.rules.asks_entries();
    let ended_at = row.tournament.ends_at;
    row.tournament = tournament.clone();
    row.status.rules = definition.rules.clone();
    row.status.asks_entries = asks_entries;
    row.status.revision += 1;
    let event = match change {
        Change::Plain | Change::TextsAlone => None,
        Change::Reschedule => Some(Event::Reschedule),
        Change::Extend => Some(Event::Extend),
        Change::Renew => Some(Event::Renew),
        Change::Publish => Some(Event::Publish),
    };
    if let Some(event) = event {
        clock::apply(&mut row, event)?;
    }
    if change == Change::Extend && period.period == 0 {
        // It may have been told of with a start that was wrong too.
        clock::apply(&mut row, Event::Reschedule)?;
    }
    tx.tournaments().upsert(tournament, services.now()).await?;
    let schedule = periods::schedule_of(&definition.rules)?;
    let ends_at = tournament.ends_at;
    let mut period_ends_at = period.ends_at;
    match change {
        Change::TextsAlone => {}
        Change::Renew => {
            let starts_at = tournament.starts_at.max(period.ends_at);
            let window = periods::window(schedule.as_ref(), starts_at, ends_at);
            periods::open(tx, id, &definition.rules, period.period + 1, window).await?;
        }
        Change::Plain | Change::Reschedule | Change::Extend | Change::Publish => {
            let starts_at = if period.period == 0 { tournament.starts_at } else { period.starts_at };
            let window = periods::window(schedule.as_ref(), starts_at, ends_at);
            periods::open(tx, id, &definition.rules, period.period, window).await?;
            period_ends_at = window.1;
        }
    }
    // To show what was a draft is as new as to tell of it.
    let is_moved = ended_at != ends_at || period.ends_at != period_ends_at || change == Change::Publish;
    let ends = if is_moved { Ends::Moved } else { Ends::Kept };
    clock::advance(services, tx, &mut row, ends).await?;
    match change {
        Change::Extend => overtaken::watch(services, tx, &row).await,
        _ => Ok(()),
    }
}
