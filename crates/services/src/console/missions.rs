//! Missions, as operators see, write and stop them.
//!
//! Invariant: an operator edits what belongs to the console alone; any mission may be stopped. What was done can be
//! claimed all the same.

pub mod form;
pub mod save;
pub mod templates;

use domain::{MissionId, Timestamp, audit::AuditAction, console::Permission, mission::Mission};
use serde_json::json;
pub use storage::mission::MissionRow;

use super::{ConsoleError, Operator};
use crate::{
    Services,
    missions::{
        self, ACTIVITIES_KEPT_DAYS, MissionError,
        dry_run::{self, DryRun},
    },
};

/// Missions on a page.
pub const PAGE: u32 = 100;
const DAY_MS: i64 = 24 * 3_600_000;
/// The earliest moment: missions that are over are listed too.
const EVER: Timestamp = Timestamp::from_millis(i64::MIN);

/// A page of missions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissionList {
    /// The missions by id.
    pub rows: Vec<MissionRow>,
    /// Behind which one the next page begins.
    pub next: Option<MissionId>,
    /// The time of the look.
    pub now: Timestamp,
}

/// Missions by id; those that are over too, when `all`.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewMissions`].
pub async fn list(
    services: &Services,
    operator: &Operator,
    all: bool,
    after: Option<&MissionId>,
) -> Result<MissionList, ConsoleError> {
    const DOING: &str = "listing missions";
    operator.require(services, Permission::ViewMissions).await?;
    let now = services.now();
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let rows = tx.missions().not_over(if all { EVER } else { now }, after, PAGE).await;
    let rows = rows.map_err(ConsoleError::store(DOING))?;
    if after.is_none() {
        operator.write(services, &mut *tx, AuditAction::MissionsViewed, None, &json!({})).await?;
        tx.save().await.map_err(ConsoleError::store(DOING))?;
    }
    let next = rows.last().filter(|_| rows.len() == PAGE as usize);
    Ok(MissionList { next: next.map(|row| row.mission.mission_id.clone()), rows, now })
}

/// One mission, and whether somebody has begun it.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewMissions`]; [`ConsoleError::Unknown`].
pub async fn look(
    services: &Services,
    operator: &Operator,
    mission_id: &MissionId,
) -> Result<(MissionRow, bool), ConsoleError> {
    const DOING: &str = "looking at a mission";
    operator.require(services, Permission::ViewMissions).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let row = tx.missions().by_id(mission_id).await.map_err(ConsoleError::store(DOING))?;
    let row = row.ok_or(ConsoleError::Unknown)?;
    let has_begun = tx.mission_progress().has_any(mission_id).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"mission_id": mission_id});
    operator.write(services, &mut *tx, AuditAction::MissionViewed, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok((row, has_begun))
}

/// Stops a mission, or lets it go on.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::EditMissions`]; [`ConsoleError::Unknown`].
pub async fn set_stopped(
    services: &Services,
    operator: &Operator,
    mission_id: &MissionId,
    is_stopped: bool,
) -> Result<(), ConsoleError> {
    const DOING: &str = "stopping a mission";
    operator.require(services, Permission::EditMissions).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    if missions::set_stopped(services, &mut *tx, mission_id, is_stopped).await.map_err(failed)? {
        let action = if is_stopped { AuditAction::MissionStopped } else { AuditAction::MissionResumed };
        operator.write(services, &mut *tx, action, None, &json!({"mission_id": mission_id})).await?;
        tx.save().await.map_err(ConsoleError::store(DOING))?;
    }
    Ok(())
}

/// Tries a mission on what players did in the last days, as far as that is kept, without saving anything of it.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::EditMissions`].
pub async fn attempt(
    services: &Services,
    operator: &Operator,
    mission: &Mission,
    days: u32,
) -> Result<DryRun, ConsoleError> {
    const DOING: &str = "trying a mission";
    operator.require(services, Permission::EditMissions).await?;
    let days = days.clamp(1, ACTIVITIES_KEPT_DAYS);
    let since = services.now().plus_ms(-i64::from(days) * DAY_MS);
    let run = dry_run::dry_run(services, mission, since).await.map_err(failed)?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"mission_id": mission.mission_id, "days": days});
    operator.write(services, &mut *tx, AuditAction::MissionTried, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(run)
}

/// What an operator is told of a mission's own failure.
fn failed(error: MissionError) -> ConsoleError {
    match error {
        MissionError::Unknown => ConsoleError::Unknown,
        MissionError::Store(source) => ConsoleError::Store { doing: "changing a mission", source },
        other => ConsoleError::Mission(other),
    }
}
