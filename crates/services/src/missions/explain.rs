//! Why a player is as far as they are: the activities that counted.

use domain::{MissionId, UserId, mission::Day};
use storage::{Transaction, activity::ActivityRow};

use crate::{
    Services,
    missions::{MissionError, apply::activity_of},
};

/// The most activities that are looked through.
const LOOKED_AT_MAX: u32 = 5_000;

/// What a player did, within the period of a mission that begins on `period`, and that the mission's rule concerns: the
/// newest first, as far as it is still kept. `period` is day 0 for what has one period for all.
///
/// # Errors
/// [`MissionError::Unknown`], [`MissionError::Store`].
pub async fn explain(
    services: &Services,
    tx: &mut dyn Transaction,
    user_id: UserId,
    mission_id: &MissionId,
    period: Day,
) -> Result<Vec<ActivityRow>, MissionError> {
    let book = services.books().as_of(services, tx, false).await?;
    let entry = book.find(tx, mission_id).await?.ok_or(MissionError::Unknown)?;
    let mission = &entry.mission;
    let (from, until) = match mission.period_end(period) {
        Some(end) => (entry.zone.start_of(period), entry.zone.start_of(end)),
        None => (mission.starts_at, mission.ends_at.unwrap_or(services.now().plus_ms(86_400_000))),
    };
    let rows = tx.activities().of_player(user_id, from, until, LOOKED_AT_MAX).await?;
    Ok(rows.into_iter().filter(|row| mission.concerns(&activity_of(row))).collect())
}
