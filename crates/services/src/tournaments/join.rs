//! Joining a tournament.
//!
//! Joining twice is the same entry: whoever asks again, since the first answer was lost, is told what they have. To enter
//! once more, with a fresh set of attempts, is to ask for the second entry by its number.

use std::num::NonZeroU32;

use domain::{Timestamp, TournamentId, tournament::view::Entry};
use serde_json::{Map, json};
use storage::{
    StoreError, Transaction,
    entry::{EntryOrigin, EntryRow},
    period::PeriodRow,
    tournament::TournamentRow,
    user::User,
};

use crate::{
    Services,
    events_out::{self, EventKind},
    funnel,
    identity::{Session, current},
    limits::{self, Action, Subject},
    telemetry,
    tournaments::{
        TournamentError,
        notice::{self, Notice},
        periods,
        place::{self, NotPlaced, board_of, joins_until},
    },
};

/// How often a join is begun anew when somebody else was faster.
const TRIES: usize = 3;

/// Lets the caller join. `number` is which entry is wanted: 1 to take part, more to enter again.
///
/// # Errors
/// [`TournamentError`] says why not; nothing has changed then.
pub async fn join(
    services: &Services,
    session: &Session,
    tournament_id: &TournamentId,
    number: NonZeroU32,
) -> Result<Entry, TournamentError> {
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(crate::identity::AuthError::Limited)?;
    let mut tries = 0;
    let joined = loop {
        tries += 1;
        match try_join(services, session, tournament_id, number).await {
            Err(TournamentError::Store(StoreError::Conflict { .. })) if tries < TRIES => {}
            ended => break ended,
        }
    };
    match joined {
        Ok(entry) => {
            funnel::target(services, session).await;
            Ok(view(&entry))
        }
        Err(error) => {
            metrics::counter!(telemetry::TOURNAMENT_ENTRIES_TOTAL, "result" => label(&error)).increment(1);
            Err(error)
        }
    }
}

async fn try_join(
    services: &Services,
    session: &Session,
    tournament_id: &TournamentId,
    number: NonZeroU32,
) -> Result<EntryRow, TournamentError> {
    let mut tx = services.store().begin_write().await?;
    let user = current::user_of(&mut *tx, session).await?;
    let entry = within(services, &mut *tx, &user, tournament_id, (EntryOrigin::App, number)).await?;
    tx.save().await?;
    services.signals().publish(bus::signals::Signal::Outbox);
    Ok(entry)
}

/// Lets a person join, in the transaction of whoever asks on their behalf.
///
/// # Errors
/// As [`join`]; the transaction must not be saved then.
pub async fn within(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    tournament_id: &TournamentId,
    (origin, number): (EntryOrigin, NonZeroU32),
) -> Result<EntryRow, TournamentError> {
    let held = tx.tournaments().hold(std::slice::from_ref(tournament_id)).await?.pop();
    let row = held.filter(|row| row.audience().admits(true)).ok_or(TournamentError::Unknown)?;
    let now = services.now();
    let period = open_period(services, tx, &row, now).await?.ok_or(TournamentError::Closed)?;
    let known = tx.entries().of_users(tournament_id, period.period, &[user.user_id]).await?.pop();
    let entered = known.as_ref().map_or(0, |entry| entry.entries);
    match known {
        Some(entry) if entry.disqualified.is_some() => return Err(TournamentError::Disqualified),
        Some(entry) if entry.entries >= number.get() => return Ok(entry),
        _ => {}
    }
    if !is_open(&row, &period, now) {
        return Err(TournamentError::Closed);
    }
    if number.get() != entered + 1 {
        return Err(TournamentError::Malformed("entry must be the next one"));
    }
    let entry = if entered == 0 {
        let mut placed = place::many(services, tx, &row, &period, &[user], origin).await?;
        let (_, placed) = placed.pop().ok_or(TournamentError::Closed)?;
        placed.map_err(|refused| match refused {
            NotPlaced::Condition(refusal) => TournamentError::NotEligible(refusal),
            NotPlaced::Disqualified => TournamentError::Disqualified,
            NotPlaced::Full => TournamentError::Full,
        })?
    } else {
        let entries_max = row.status.rules.join.entries_max.map_or(1, NonZeroU32::get);
        if !tx.entries().enter_again(tournament_id, period.period, user.user_id, entries_max).await? {
            return Err(TournamentError::EntriesUsed);
        }
        let again = tx.entries().of_users(tournament_id, period.period, &[user.user_id]).await?.pop();
        again.ok_or(TournamentError::Closed)?
    };
    tell(services, tx, user, &row, &entry, origin).await?;
    Ok(entry)
}

/// The platform is told, and the chat, when the player has joined elsewhere.
async fn tell(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    row: &TournamentRow,
    entry: &EntryRow,
    origin: EntryOrigin,
) -> Result<(), StoreError> {
    let data = Map::from_iter([
        ("tournament_id".to_owned(), json!(entry.tournament_id)),
        ("user_id".to_owned(), json!(user.user_id)),
        ("platform_user_id".to_owned(), json!(user.platform_user_id)),
        ("period".to_owned(), json!(entry.period)),
        ("entry".to_owned(), json!(entry.entries)),
        ("joined_at".to_owned(), json!(services.now())),
    ]);
    let subject = user.user_id.to_string();
    events_out::enqueue(services, tx, EventKind::TournamentJoined, &subject, data).await?;
    let confirmation = (origin == EntryOrigin::App && entry.entries == 1)
        .then(|| notice::row(services, user, row, Notice::Joined))
        .flatten();
    tx.outbox().add_many(confirmation.as_slice()).await
}

/// The period that can be joined at `now`: the one that is played, or the first one before the start.
pub(crate) async fn open_period(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &TournamentRow,
    now: Timestamp,
) -> Result<Option<PeriodRow>, StoreError> {
    if let Some(period) = periods::at(services, tx, row, now).await? {
        return Ok(Some(period));
    }
    tx.periods().latest(&row.tournament.tournament_id).await
}

/// Whether a period can be joined at `now`.
pub(crate) fn is_open(row: &TournamentRow, period: &PeriodRow, now: Timestamp) -> bool {
    let opens_at = row.status.rules.join.opens_at;
    row.status.state.is_movable()
        && row.status.state.is_public()
        && opens_at.is_none_or(|opens_at| now >= opens_at)
        && now < joins_until(row, period)
}

/// An entry as its player sees it.
pub(crate) fn view(entry: &EntryRow) -> Entry {
    Entry {
        period: entry.period,
        joined_at: entry.joined_at,
        entries: entry.entries,
        board: board_of(entry),
        cohort: entry.cohort,
        tier: entry.tier,
        is_disqualified: entry.disqualified.is_some(),
    }
}

const fn label(error: &TournamentError) -> &'static str {
    match error {
        TournamentError::Full => "full",
        TournamentError::NotEligible(_) | TournamentError::Disqualified => "not_eligible",
        TournamentError::Closed | TournamentError::Illegal(_) => "closed",
        TournamentError::EntriesUsed => "entries_used",
        TournamentError::Unknown
        | TournamentError::PlayerUnknown
        | TournamentError::Malformed(_)
        | TournamentError::Cursor
        | TournamentError::Auth(_)
        | TournamentError::Store(_) => "failed",
    }
}
