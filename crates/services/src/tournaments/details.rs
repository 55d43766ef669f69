//! What everybody may know of a tournament beyond the first paint, and its periods.

use std::num::NonZeroU32;

use domain::{
    Timestamp, Tournament, TournamentId, UserId,
    tournament::view::{PeriodView, PeriodsPage, TournamentDetails},
};
use storage::{
    Transaction,
    period::{PeriodRow, PeriodState},
    tournament::TournamentRow,
};

use crate::{
    Services,
    boards::sight,
    tournaments::{TournamentError, inconsistent},
};

/// The most periods of a page.
pub const PERIODS_MAX: u32 = 100;

/// What everybody may know of a tournament; of a private one, everybody who is signed in.
///
/// # Errors
/// [`TournamentError::Unknown`] when there is none that the caller may see.
pub async fn details(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<TournamentDetails, TournamentError> {
    Ok(shown(services, tournament_id, viewer).await?.1)
}

/// A tournament and its rules, for a page that everybody may open.
///
/// # Errors
/// As [`details`].
pub async fn rules(
    services: &Services,
    tournament_id: &TournamentId,
) -> Result<(Tournament, TournamentDetails), TournamentError> {
    shown(services, tournament_id, None).await
}

async fn shown(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<(Tournament, TournamentDetails), TournamentError> {
    let now = services.now();
    let mut tx = services.store().begin_read().await?;
    let row = visible(&mut *tx, tournament_id, viewer).await?;
    let period = next(&mut *tx, tournament_id, now).await?;
    let rules = row.status.rules.clone();
    let details = TournamentDetails {
        tournament_id: tournament_id.clone(),
        phase: row.phase(now),
        is_frozen: row.status.is_frozen,
        entries: period.entries,
        period: view(&row, &period, now),
        join: rules.join,
        attempts_max: rules.attempts_max.map(NonZeroU32::get),
        condition: rules.condition,
        reset: rules.reset,
        cohorts: rules.cohorts,
        prizes: rules.prizes,
        rewards: rules.rewards,
        claim_days: rules.claim_days.map(NonZeroU32::get),
        rules_text: rules.rules_text,
        cover: rules.cover,
    };
    Ok((row.tournament, details))
}

/// Periods of a tournament, the latest first.
///
/// # Errors
/// [`TournamentError::Unknown`], [`TournamentError::Cursor`].
pub async fn periods(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
    cursor: Option<&str>,
    limit: u32,
) -> Result<PeriodsPage, TournamentError> {
    let now = services.now();
    let limit = limit.clamp(1, PERIODS_MAX);
    let before: Option<u32> =
        cursor.map(|text| text.parse().map_err(|_| TournamentError::Cursor)).transpose()?;
    let mut tx = services.store().begin_read().await?;
    let row = visible(&mut *tx, tournament_id, viewer).await?;
    let periods = tx.periods().list(tournament_id, before, limit).await?;
    let next_cursor = periods.last().filter(|last| last.period > 0).map(|last| last.period.to_string());
    Ok(PeriodsPage { periods: periods.iter().map(|period| view(&row, period, now)).collect(), next_cursor })
}

fn view(row: &TournamentRow, period: &PeriodRow, now: Timestamp) -> PeriodView {
    PeriodView {
        period: period.period,
        starts_at: period.starts_at,
        ends_at: period.ends_at,
        phase: row.status.state.phase((period.starts_at, period.ends_at), now),
        is_final: period.state == PeriodState::Final,
    }
}

/// A tournament that a viewer may see.
pub(crate) async fn visible(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<TournamentRow, TournamentError> {
    sight::tournament(tx, tournament_id, viewer).await?.ok_or(TournamentError::Unknown)
}

/// The period that is played, or the last one that was; before the first one that one. What a player has reached is looked
/// for here, and the board that everybody is shown is one of it.
pub(crate) async fn current(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    now: Timestamp,
) -> Result<PeriodRow, TournamentError> {
    let period = tx.periods().current(tournament_id, now).await?;
    period.ok_or(TournamentError::Store(inconsistent("tournament_id")))
}

/// The period that is played, else the one that comes, else the last one: what can be joined, if anything can.
pub(crate) async fn next(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    now: Timestamp,
) -> Result<PeriodRow, TournamentError> {
    if let Some(period) = tx.periods().at(tournament_id, now).await? {
        return Ok(period);
    }
    let latest = tx.periods().latest(tournament_id).await?;
    latest.ok_or(TournamentError::Store(inconsistent("tournament_id")))
}
