//! Writing tournaments of the console: create, change, publish.
//!
//! Invariant: what belongs to the platform is never written here; what is saved, its jobs and the line of the audit log
//! are one transaction.

use domain::{Owner, TournamentId, audit::AuditAction, console::Permission, tournament::lifecycle::State};
use serde_json::json;
use storage::Transaction;

use super::form::{FieldError, TournamentForm, error};
use crate::{
    Services,
    boards::standing,
    console::{ConsoleError, Operator, zone::ViewerZone},
    platform::tournaments as changes,
    tournaments::definition::{self, Definition},
};

/// What an operator wants of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To keep it where only operators see it.
    Draft,
    /// To show it to everybody.
    Publish,
}

/// What became of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is saved.
    Done(TournamentId),
    /// It can't be saved so.
    Wrong(Vec<FieldError>),
}

/// Which tournament a form changes, and as what the form has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub tournament_id: TournamentId,
    /// Its revision when the form was made.
    pub revision: u64,
}

/// Saves a form: as a new tournament, or as a change of one.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::EditTournaments`]; [`ConsoleError::Unknown`] for a change of none.
pub async fn save(
    services: &Services,
    operator: &Operator,
    form: &TournamentForm,
    zone: &ViewerZone,
    changed: Option<&Changed>,
    wish: Wish,
) -> Result<Saved, ConsoleError> {
    const DOING: &str = "saving a tournament";
    operator.require(services, Permission::EditTournaments).await?;
    let mut definition = match form.read(zone) {
        Ok(definition) => definition,
        Err(errors) => return Ok(Saved::Wrong(errors)),
    };
    definition.is_draft = wish == Wish::Draft;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let action = match action(&mut *tx, &definition, changed).await? {
        Ok(action) => action,
        Err(wrong) => return Ok(Saved::Wrong(vec![wrong])),
    };
    let taken = definition::take(services, &mut *tx, Owner::Console, &definition, None).await;
    let taken = match taken.map_err(ConsoleError::store(DOING))? {
        Ok(taken) => taken,
        Err((_, detail)) => return Ok(Saved::Wrong(vec![at_its_field(detail)])),
    };
    let id = definition.tournament.tournament_id.clone();
    let told = changes::told(&mut *tx, &id, taken).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"tournament_id": id, "draft": definition.is_draft});
    operator.write(services, &mut *tx, action, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    standing::tell(services, told.boards).await;
    Ok(Saved::Done(id))
}

/// What saving is called in the audit log; why it can't be done.
async fn action(
    tx: &mut dyn Transaction,
    definition: &Definition,
    changed: Option<&Changed>,
) -> Result<Result<AuditAction, FieldError>, ConsoleError> {
    const DOING: &str = "looking at what a form changes";
    let id = &definition.tournament.tournament_id;
    let row = tx.tournaments().lock(id).await.map_err(ConsoleError::store(DOING))?;
    let wrong = |what: &str| Ok(Err(error("tournament_id", what)));
    let (row, changed) = match (row, changed) {
        (None, None) => return Ok(Ok(AuditAction::TournamentCreated)),
        (Some(_), None) => return wrong("is taken by another tournament"),
        (None, Some(_)) => return Err(ConsoleError::Unknown),
        (Some(row), Some(changed)) => (row, changed),
    };
    if changed.tournament_id != *id {
        return wrong("can't change");
    }
    if row.status.owner != Owner::Console {
        return wrong("belongs to the platform, which alone changes what the tournament is");
    }
    if row.status.revision != changed.revision {
        return wrong("was changed meanwhile; open it again to see how");
    }
    let is_published = row.status.state == State::Draft && !definition.is_draft;
    Ok(Ok(if is_published { AuditAction::TournamentPublished } else { AuditAction::TournamentEdited }))
}

/// A refusal that begins with the name of its field.
fn at_its_field(detail: &str) -> FieldError {
    match detail.split_once(' ') {
        Some((field, what)) if super::form::FIELDS.contains(&field) => error(field, what),
        _ => error("tournament_id", detail),
    }
}
