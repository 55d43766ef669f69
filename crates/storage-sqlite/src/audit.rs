//! The audit log.

use async_trait::async_trait;
use domain::{
    AuditId, Timestamp, UserId,
    audit::{ActorKind, AuditAction},
};
use sqlx::FromRow;
use storage::{
    AuditRepository, StoreError,
    audit::{Actor, AuditEntry},
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

const TABLE: &str = "audit_log";
const LIMIT_MAX: u32 = 100;

macro_rules! list {
    ($condition:literal) => {
        concat!(
            "SELECT entry_id, happened_at, actor_kind, actor_id, action, subject_id, detail
             FROM audit_log
             WHERE ",
            $condition,
            " ORDER BY entry_id DESC LIMIT $1"
        )
    };
}

pub(crate) struct Audit<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    entry_id: Uuid,
    happened_at: i64,
    actor_kind: String,
    actor_id: Option<String>,
    action: String,
    subject_id: Option<Uuid>,
    detail: String,
}

impl TryFrom<Row> for AuditEntry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = |column| StoreError::Inconsistent { table: TABLE, column };
        Ok(Self {
            entry_id: AuditId::from_uuid(row.entry_id),
            happened_at: Timestamp::from_millis(row.happened_at),
            actor: Actor {
                kind: ActorKind::from_text(&row.actor_kind).ok_or(unreadable("actor_kind"))?,
                id: row.actor_id,
            },
            action: AuditAction::from_text(&row.action).ok_or(unreadable("action"))?,
            subject: row.subject_id.map(UserId::from_uuid),
            detail: row.detail,
        })
    }
}

fn entries(rows: Vec<Row>) -> Result<Vec<AuditEntry>, StoreError> {
    rows.into_iter().map(AuditEntry::try_from).collect()
}

/// The id behind which a list begins: none is greater than the greatest.
fn before_or_end(before: Option<AuditId>) -> Uuid {
    before.map_or(Uuid::max(), AuditId::as_uuid)
}

#[async_trait]
impl AuditRepository for Audit<'_> {
    async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), StoreError> {
        for entry in entries {
            sqlx::query(
                "INSERT INTO audit_log (entry_id, happened_at, actor_kind, actor_id, action, subject_id, detail)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(entry.entry_id.as_uuid())
            .bind(entry.happened_at.as_millis())
            .bind(entry.actor.kind.as_str())
            .bind(&entry.actor.id)
            .bind(entry.action.as_str())
            .bind(entry.subject.map(UserId::as_uuid))
            .bind(&entry.detail)
            .execute(&mut *self.connection)
            .await
            .at("audit.append")?;
        }
        Ok(())
    }

    async fn by_subject(
        &mut self,
        subject: UserId,
        action: Option<AuditAction>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = sqlx::query_as(list!("subject_id = $2 AND entry_id < $3 AND ($4 IS NULL OR action = $4)"))
            .bind(limit.min(LIMIT_MAX))
            .bind(subject.as_uuid())
            .bind(before_or_end(before))
            .bind(action.map(AuditAction::as_str))
            .fetch_all(&mut *self.connection)
            .await
            .at("audit.by_subject")?;
        entries(rows)
    }

    async fn by_actor(
        &mut self,
        actor: &Actor,
        action: Option<AuditAction>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = sqlx::query_as(list!(
            "actor_kind = $2 AND actor_id IS $3 AND entry_id < $4 AND ($5 IS NULL OR action = $5)"
        ))
        .bind(limit.min(LIMIT_MAX))
        .bind(actor.kind.as_str())
        .bind(&actor.id)
        .bind(before_or_end(before))
        .bind(action.map(AuditAction::as_str))
        .fetch_all(&mut *self.connection)
        .await
        .at("audit.by_actor")?;
        entries(rows)
    }

    async fn newest(
        &mut self,
        action: Option<AuditAction>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        // Two statements, so that a rare action is found by its index and not by reading the whole log.
        let statement = match action {
            None => list!("entry_id < $2"),
            Some(_) => list!("entry_id < $2 AND action = $3"),
        };
        let mut query = sqlx::query_as(statement).bind(limit.min(LIMIT_MAX)).bind(before_or_end(before));
        if let Some(action) = action {
            query = query.bind(action.as_str());
        }
        let rows = query.fetch_all(&mut *self.connection).await.at("audit.newest")?;
        entries(rows)
    }

    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM audit_log
             WHERE entry_id IN (
               SELECT entry_id
               FROM audit_log
               WHERE happened_at < $1
               ORDER BY happened_at, entry_id
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("audit.remove_old")?;
        Ok(result.rows_affected())
    }
}
