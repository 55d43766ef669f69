//! Writing missions of the console.

use domain::{MissionId, Owner, audit::AuditAction, console::Permission};
use serde_json::json;

use super::{
    failed,
    form::{MissionForm, at_its_field},
};
use crate::{
    Services,
    console::{ConsoleError, Operator, tournaments::form::FieldError, zone::ViewerZone},
    missions::{self, MissionError},
};

/// What became of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is saved.
    Done(MissionId),
    /// It can't be saved so.
    Wrong(Vec<FieldError>),
}

fn wrong(what: &str) -> Saved {
    let what = what.to_owned();
    Saved::Wrong(vec![FieldError { field: "mission_id", what, ..FieldError::default() }])
}

/// Saves a form: as a new mission, or as a change of one that belongs to the console.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::EditMissions`]; [`ConsoleError::Unknown`] for a change of none.
pub async fn save(
    services: &Services,
    operator: &Operator,
    form: &MissionForm,
    zone: &ViewerZone,
    changed: Option<&MissionId>,
) -> Result<Saved, ConsoleError> {
    const DOING: &str = "saving a mission";
    operator.require(services, Permission::EditMissions).await?;
    let mission = match form.read(zone) {
        Ok(mission) => mission,
        Err(errors) => return Ok(Saved::Wrong(errors)),
    };
    let id = &mission.mission_id;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let known = tx.missions().lock(id).await.map_err(ConsoleError::store(DOING))?;
    let action = match (&known, changed) {
        (None, None) => AuditAction::MissionCreated,
        (Some(_), None) => return Ok(wrong("is taken by another mission")),
        (_, Some(changed)) if changed != id => return Ok(wrong("can't change")),
        (None, Some(_)) => return Err(ConsoleError::Unknown),
        (Some(_), Some(_)) => AuditAction::MissionEdited,
    };
    match missions::save(services, &mut *tx, Owner::Console, &mission, None).await {
        Ok(()) => {}
        Err(MissionError::OwnedElsewhere) => {
            return Ok(wrong("belongs to the platform, which alone changes what the mission is"));
        }
        Err(MissionError::Invalid(invalid)) => return Ok(Saved::Wrong(vec![at_its_field(&invalid.0)])),
        Err(error) => return Err(failed(error)),
    }
    operator.write(services, &mut *tx, action, None, &json!({"mission_id": id})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(Saved::Done(mission.mission_id))
}
