//! Writing missions of the console.

use domain::{
    MissionId, Owner,
    audit::AuditAction,
    console::Permission,
    mission::{Mission, value::digest},
};
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

/// Which mission a form changes, and as what the form has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub mission_id: MissionId,
    /// Its [`revision`] when the form was made.
    pub revision: String,
}

/// What stands for what a mission is: another text as soon as anything of it has changed.
pub fn revision(mission: &Mission) -> String {
    let definition = serde_json::to_string(mission).unwrap_or_default();
    format!("{:016x}", digest([definition.as_bytes()]))
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
    changed: Option<&Changed>,
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
        (_, Some(changed)) if changed.mission_id != *id => return Ok(wrong("can't change")),
        (None, Some(_)) => return Err(ConsoleError::Unknown),
        (Some(known), Some(changed))
            if known.owner == Owner::Console && revision(&known.mission) != changed.revision =>
        {
            return Ok(wrong("was changed meanwhile; open it again to see how"));
        }
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
