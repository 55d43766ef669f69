//! The audit log, as operators read it.

use domain::{AuditId, OperatorId, PlayerKey, UserId, audit::AuditAction, console::Permission};
use serde_json::json;
use storage::{Transaction, audit::AuditEntry};

use super::{ConsoleError, Operator, actor, label};
use crate::Services;

/// Lines on a page.
const PAGE: u32 = 50;

/// Which lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AuditFilter {
    /// All.
    #[default]
    All,
    /// What an operator did.
    Operator(OperatorId),
    /// What was done to a player.
    Player(PlayerKey),
}

/// A line, with what people are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// The line.
    pub entry: AuditEntry,
    /// What other operators call the operator who did it.
    pub operator: Option<String>,
    /// What boards call the player to whom it was done, and the alias.
    pub player: Option<(PlayerKey, String)>,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The lines, newest first.
    pub lines: Vec<AuditLine>,
    /// Behind which the next page begins.
    pub next: Option<AuditId>,
}

/// Lines of the audit log, newest first, of one action when it is given, and that the operator looked.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewAudit`]; [`ConsoleError::Unknown`] for a player who is not
/// there.
pub async fn list(
    services: &Services,
    operator: &Operator,
    filter: &AuditFilter,
    action: Option<AuditAction>,
    before: Option<AuditId>,
) -> Result<AuditPage, ConsoleError> {
    const DOING: &str = "reading the audit log";
    operator.require(services, Permission::ViewAudit).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let (entries, subject) = match filter {
        AuditFilter::All => (tx.audit().newest(action, before, PAGE).await, None),
        AuditFilter::Operator(id) => (tx.audit().by_actor(&actor(*id), action, before, PAGE).await, None),
        AuditFilter::Player(player) => {
            let user = tx.users().by_player(player).await.map_err(ConsoleError::store(DOING))?;
            let user_id = user.ok_or(ConsoleError::Unknown)?.user_id;
            (tx.audit().by_subject(user_id, action, before, PAGE).await, Some(user_id))
        }
    };
    let entries = entries.map_err(ConsoleError::store(DOING))?;
    let next = entries.last().map(|entry| entry.entry_id).filter(|_| entries.len() == PAGE as usize);
    let lines = named(services, &mut *tx, entries).await?;
    // A page of the same look is not a new look.
    if before.is_none() {
        let detail = action.map_or_else(|| json!({}), |action| json!({"action": action}));
        operator.write(services, &mut *tx, AuditAction::AuditViewed, subject, &detail).await?;
        tx.save().await.map_err(ConsoleError::store(DOING))?;
    }
    Ok(AuditPage { lines, next })
}

/// Lines with what their people are called.
pub(super) async fn named(
    services: &Services,
    tx: &mut dyn Transaction,
    entries: Vec<AuditEntry>,
) -> Result<Vec<AuditLine>, ConsoleError> {
    const DOING: &str = "naming the people of the audit log";
    let mut subjects: Vec<UserId> = entries.iter().filter_map(|entry| entry.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let names = tx.users().names(&subjects).await.map_err(ConsoleError::store(DOING))?;
    let mut labels: Vec<(OperatorId, Option<String>)> = Vec::new();
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        let by = entry.actor.id.as_deref().and_then(|id| id.parse::<OperatorId>().ok());
        let operator = match by {
            Some(id) => {
                if !labels.iter().any(|(known, _)| *known == id) {
                    let found = tx.operators().by_id(id).await.map_err(ConsoleError::store(DOING))?;
                    labels.push((id, found.map(|operator| label::open(services, &operator.label))));
                }
                labels.iter().find(|(known, _)| *known == id).and_then(|(_, label)| label.clone())
            }
            None => None,
        };
        let player = names
            .iter()
            .find(|(user_id, ..)| Some(*user_id) == entry.subject)
            .map(|(_, player, alias)| (player.clone(), alias.clone()));
        lines.push(AuditLine { entry, operator, player });
    }
    Ok(lines)
}
