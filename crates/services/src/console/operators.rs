//! Who the operators are, and who decides it.
//!
//! Invariant: nobody changes themselves, and whom the settings name is changed there alone: so there is always an admin
//! left.

use domain::{
    OperatorId,
    audit::AuditAction,
    console::{Permission, Role},
};
use serde_json::json;
pub use storage::operator::OperatorSource;
use storage::{Transaction, operator};

use super::{ConsoleError, Operator, label, session};
use crate::Services;

/// The most operators on a page.
const PAGE: u32 = 100;

/// An operator as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorLine {
    /// What is stored.
    pub operator: operator::Operator,
    /// What other operators call them.
    pub label: String,
    /// Whether they are one now.
    pub is_active: bool,
    /// Whether they have a second factor.
    pub has_second_factor: bool,
    /// Whether the one who asks may change them.
    pub is_changeable: bool,
}

/// A page of operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorPage {
    /// The operators, the first ones first.
    pub operators: Vec<OperatorLine>,
    /// Behind whom the next page begins.
    pub next: Option<OperatorId>,
}

/// The operators, ended ones too.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewOperators`].
pub async fn list(
    services: &Services,
    operator: &Operator,
    after: Option<OperatorId>,
) -> Result<OperatorPage, ConsoleError> {
    const DOING: &str = "listing operators";
    operator.require(services, Permission::ViewOperators).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let listed = tx.operators().list(after, PAGE).await.map_err(ConsoleError::store(DOING))?;
    let ids: Vec<OperatorId> = listed.iter().map(|listed| listed.operator_id).collect();
    let with = tx.operators().with_second_factor(&ids).await.map_err(ConsoleError::store(DOING))?;
    operator.write(services, &mut *tx, AuditAction::OperatorsViewed, None, &json!({})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    let next = ids.last().copied().filter(|_| ids.len() == PAGE as usize);
    let operators = listed.into_iter().map(|listed| OperatorLine {
        is_active: session::is_one(services, &listed),
        has_second_factor: with.contains(&listed.operator_id),
        is_changeable: listed.ended_at.is_none() && is_changeable(operator, &listed),
        label: label::open(services, &listed.label),
        operator: listed,
    });
    Ok(OperatorPage { operators: operators.collect(), next })
}

fn is_changeable(by: &Operator, operator: &operator::Operator) -> bool {
    by.may(Permission::ManageOperators)
        && operator.operator_id != by.operator_id()
        && operator.source != OperatorSource::Settings
}

/// The operator to change, locked.
async fn to_change(
    tx: &mut dyn Transaction,
    by: &Operator,
    operator_id: OperatorId,
    doing: &'static str,
) -> Result<operator::Operator, ConsoleError> {
    let found = tx.operators().lock(operator_id).await.map_err(ConsoleError::store(doing))?;
    let found = found.filter(|found| found.ended_at.is_none()).ok_or(ConsoleError::Unknown)?;
    if is_changeable(by, &found) { Ok(found) } else { Err(ConsoleError::NotChangeable) }
}

/// Changes the role of an operator. Their sessions end, so that the next one begins by what the new role needs.
///
/// # Errors
/// [`ConsoleError::NotChangeable`] for oneself and for whom the settings name; [`ConsoleError::Unknown`].
pub async fn change_role(
    services: &Services,
    operator: &Operator,
    operator_id: OperatorId,
    role: Role,
) -> Result<(), ConsoleError> {
    const DOING: &str = "changing a role";
    operator.require(services, Permission::ManageOperators).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let found = to_change(&mut *tx, operator, operator_id, DOING).await?;
    if found.role == role {
        return Ok(());
    }
    tx.operators().set_role(operator_id, role).await.map_err(ConsoleError::store(DOING))?;
    tx.console_sessions().remove_of(operator_id).await.map_err(ConsoleError::store(DOING))?;
    let detail =
        json!({"operator": operator_id.to_string(), "from": found.role.as_str(), "to": role.as_str()});
    operator.write(services, &mut *tx, AuditAction::OperatorRoleChanged, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))
}

/// Ends an operator and their sessions.
///
/// # Errors
/// As [`change_role`].
pub async fn end(
    services: &Services,
    operator: &Operator,
    operator_id: OperatorId,
) -> Result<(), ConsoleError> {
    const DOING: &str = "ending an operator";
    operator.require(services, Permission::ManageOperators).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    to_change(&mut *tx, operator, operator_id, DOING).await?;
    tx.operators().end(operator_id, services.now()).await.map_err(ConsoleError::store(DOING))?;
    tx.operators().remove_second_factor(operator_id).await.map_err(ConsoleError::store(DOING))?;
    tx.console_sessions().remove_of(operator_id).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"operator": operator_id.to_string()});
    operator.write(services, &mut *tx, AuditAction::OperatorEnded, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))
}

/// Takes away the second factor of an operator who has lost it, and ends their sessions. Whom the settings name can be
/// helped so too: it changes nothing about their place.
///
/// # Errors
/// [`ConsoleError::NotChangeable`] for oneself; [`ConsoleError::Unknown`] when there is none to take away.
pub async fn reset_second_factor(
    services: &Services,
    operator: &Operator,
    operator_id: OperatorId,
) -> Result<(), ConsoleError> {
    const DOING: &str = "taking a second factor away";
    operator.require(services, Permission::ManageOperators).await?;
    if operator_id == operator.operator_id() {
        return Err(ConsoleError::NotChangeable);
    }
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    tx.operators().lock(operator_id).await.map_err(ConsoleError::store(DOING))?;
    let removed = tx.operators().remove_second_factor(operator_id).await;
    if !removed.map_err(ConsoleError::store(DOING))? {
        return Err(ConsoleError::Unknown);
    }
    tx.console_sessions().remove_of(operator_id).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"operator": operator_id.to_string()});
    operator.write(services, &mut *tx, AuditAction::SecondFactorReset, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))
}
