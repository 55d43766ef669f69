//! What is done to a tournament beside its definition: stop, extend, freeze, thaw, cancel, compute anew. Operators may do
//! it whoever owns the tournament; each leaves a line in the audit log. The callers check who may.

use domain::{
    Owner, Timestamp, TournamentId,
    audit::AuditAction,
    tournament::lifecycle::{Event, Illegal, State},
};
use serde_json::json;
use storage::{Transaction, audit::Actor, job::JobKind, period::PeriodState, tournament::TournamentRow};

use crate::{
    Services, audit,
    tournaments::{
        TournamentError,
        clock::{self, Ends},
        inconsistent, overtaken, periods,
    },
};

/// Ends a running tournament now: what was reached counts, prizes are given. One that has not begun is canceled instead.
///
/// # Errors
/// [`TournamentError::Illegal`] when it is not running.
pub async fn stop(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
) -> Result<(), TournamentError> {
    let mut row = lock(tx, tournament_id).await?;
    let now = services.now();
    // Its clock may be late on the start, and it is running all the same.
    clock::advance(services, tx, &mut row, Ends::Kept).await?;
    if row.status.state != State::Running {
        return Err(Illegal { state: row.status.state, event: Event::End }.into());
    }
    let ends_at = now.max(row.tournament.starts_at.plus_ms(1));
    set_end(services, tx, &mut row, ends_at).await?;
    let detail = json!({"tournament_id": tournament_id});
    audit::record(services, tx, actor, AuditAction::TournamentStopped, None, &detail).await?;
    Ok(())
}

/// Lets a tournament go on until `ends_at`, as long as its ranks are not final.
///
/// # Errors
/// [`TournamentError::Illegal`] when it is too late; [`TournamentError::Malformed`] when that is not longer.
pub async fn extend(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
    ends_at: Timestamp,
) -> Result<(), TournamentError> {
    let mut row = lock(tx, tournament_id).await?;
    if ends_at <= row.tournament.ends_at || ends_at <= services.now() {
        return Err(TournamentError::Malformed("ends_at must be later than now and than before"));
    }
    let period = tx.periods().latest(tournament_id).await?.ok_or(inconsistent("tournament_id"))?;
    let is_late = !row.status.state.is_movable();
    if is_late && period.state != PeriodState::Open {
        return Err(Illegal { state: row.status.state, event: Event::Extend }.into());
    }
    if is_late || row.status.state == State::Running {
        row.status.state = row.status.state.apply(Event::Extend)?;
    }
    set_end(services, tx, &mut row, ends_at).await?;
    let detail = json!({"tournament_id": tournament_id, "ends_at": ends_at});
    audit::record(services, tx, actor, AuditAction::TournamentExtended, None, &detail).await?;
    Ok(())
}

/// Stores another end, and that of the period that it cuts off or sets free. What the platform has told stays known, so
/// that telling it again does not undo the decision; at the console whoever decides is the owner.
async fn set_end(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &mut TournamentRow,
    ends_at: Timestamp,
) -> Result<(), TournamentError> {
    if row.status.owner == Owner::Platform {
        let told = row.status.told_ends_at.unwrap_or(row.tournament.ends_at);
        row.status.told_ends_at = (told != ends_at).then_some(told);
    }
    row.tournament.ends_at = ends_at;
    let id = row.tournament.tournament_id.clone();
    tx.tournaments().upsert(&row.tournament, services.now()).await?;
    let period = tx.periods().latest(&id).await?.ok_or(inconsistent("tournament_id"))?;
    let schedule = periods::schedule_of(&row.status.rules)?;
    let ends_at = row.tournament.ends_at.max(period.starts_at.plus_ms(1));
    let window = periods::window(schedule.as_ref(), period.starts_at, ends_at);
    periods::open(tx, &id, &row.status.rules, period.period, window).await?;
    row.status.revision += 1;
    clock::advance(services, tx, row, Ends::Moved).await?;
    // Whoever looked for players that fall behind has stopped at the end that is none any more.
    overtaken::watch(services, tx, row).await?;
    Ok(())
}

/// Lets a tournament take no scores, and nothing of it become final, until it is thawed. Its senders are told to send
/// their scores again.
///
/// # Errors
/// [`TournamentError`] when there is no such tournament or the database fails.
pub async fn freeze(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
) -> Result<(), TournamentError> {
    set_frozen(services, tx, (actor, AuditAction::TournamentFrozen), tournament_id, true).await
}

/// Lets a frozen tournament go on. What was refused meanwhile may come again: scores that were reached before an end are
/// taken for the usual time from now on, and only then do ranks become final. Whatever else was due is done now.
///
/// # Errors
/// As [`freeze`].
pub async fn thaw(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
) -> Result<(), TournamentError> {
    set_frozen(services, tx, (actor, AuditAction::TournamentThawed), tournament_id, false).await
}

async fn set_frozen(
    services: &Services,
    tx: &mut dyn Transaction,
    (actor, action): (Actor, AuditAction),
    tournament_id: &TournamentId,
    is_frozen: bool,
) -> Result<(), TournamentError> {
    let mut row = lock(tx, tournament_id).await?;
    if row.status.is_frozen == is_frozen {
        return Ok(());
    }
    if matches!(row.status.state, State::Finished | State::Canceled) {
        return Err(TournamentError::Closed);
    }
    row.status.is_frozen = is_frozen;
    if !is_frozen {
        row.status.thawed_at = Some(services.now());
        // Boards whose end came while it was frozen have been waiting for this.
        let periods = tx.periods().not_final(tournament_id).await?;
        for period in periods.iter().filter(|period| period.state == PeriodState::Closed) {
            periods::plan_boards(services, tx, period, JobKind::BoardEnd).await?;
        }
    }
    clock::advance(services, tx, &mut row, Ends::Kept).await?;
    let detail = json!({"tournament_id": tournament_id});
    audit::record(services, tx, actor, action, None, &detail).await?;
    Ok(())
}

/// Cancels a tournament: it takes no scores, nobody is reminded, nobody wins anything.
///
/// # Errors
/// [`TournamentError::Illegal`] when it is over.
pub async fn cancel(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
) -> Result<(), TournamentError> {
    let mut row = lock(tx, tournament_id).await?;
    row.status.state = row.status.state.apply(Event::Cancel)?;
    clock::advance(services, tx, &mut row, Ends::Kept).await?;
    // Ranks that are being written are removed by the job that writes them.
    let periods = tx.periods().not_final(tournament_id).await?;
    for period in periods.iter().filter(|period| period.state == PeriodState::Closed) {
        periods::plan_boards(services, tx, period, JobKind::BoardEnd).await?;
    }
    for kind in [JobKind::TournamentReminder, JobKind::BoardOvertaken] {
        tx.jobs().cancel(kind, tournament_id.as_str()).await?;
    }
    let detail = json!({"tournament_id": tournament_id});
    audit::record(services, tx, actor, AuditAction::TournamentCanceled, None, &detail).await?;
    Ok(())
}

/// Computes all boards whose ranks are not final anew from the events that they have seen.
///
/// # Errors
/// [`TournamentError::Closed`] when all ranks are final.
pub async fn recompute(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    tournament_id: &TournamentId,
) -> Result<(), TournamentError> {
    lock(tx, tournament_id).await?;
    let periods = tx.periods().not_final(tournament_id).await?;
    let oldest = periods.first().ok_or(TournamentError::Closed)?.period;
    for period in &periods {
        periods::plan_boards(services, tx, period, JobKind::BoardRecompute).await?;
    }
    let detail = json!({"tournament_id": tournament_id, "period": oldest});
    audit::record(services, tx, actor, AuditAction::TournamentRecomputed, None, &detail).await?;
    Ok(())
}

/// The tournament, locked until the transaction ends.
pub(crate) async fn lock(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
) -> Result<TournamentRow, TournamentError> {
    tx.tournaments().lock(tournament_id).await?.ok_or(TournamentError::Unknown)
}
