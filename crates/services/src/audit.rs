//! Writing lines of the audit log, in the transaction of what they tell.

use domain::{AuditId, UserId, audit::AuditAction};
use serde_json::Value;
use storage::{
    StoreError, Transaction,
    audit::{Actor, AuditEntry},
};

use crate::Services;

/// Writes a line. `detail` is a small JSON object of codes and ids; nothing personal stands in it.
///
/// # Errors
/// When the database fails.
pub async fn record(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    action: AuditAction,
    subject: Option<UserId>,
    detail: &Value,
) -> Result<(), StoreError> {
    let now = services.now();
    let entry = AuditEntry {
        entry_id: AuditId::new(now, services.rng()),
        happened_at: now,
        actor,
        action,
        subject,
        detail: detail.to_string(),
    };
    tx.audit().append(&[entry]).await
}
