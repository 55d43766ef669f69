//! The audit log: who did what to whom, and when.
//!
//! Invariant: lines are added in the transaction of what they tell, and never changed; a trigger in each engine holds
//! that. Nothing personal stands in them: people are named by ids of ours alone, `detail` holds codes and ids.

use async_trait::async_trait;
use domain::{
    AuditId, Timestamp, UserId,
    audit::{ActorKind, AuditAction},
};

use crate::error::StoreError;

/// The most bytes of a line's detail.
pub const DETAIL_BYTES_MAX: usize = 1024;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Which one, by an id of ours; none for Podium itself, or a platform with one key.
    pub id: Option<String>,
}

impl Actor {
    /// A player.
    pub fn player(user_id: UserId) -> Self {
        Self { kind: ActorKind::Player, id: Some(user_id.to_string()) }
    }

    /// The platform.
    pub const fn platform() -> Self {
        Self { kind: ActorKind::Platform, id: None }
    }

    /// Podium itself.
    pub const fn system() -> Self {
        Self { kind: ActorKind::System, id: None }
    }
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id; grows with time, so that it is also the order of the lines.
    pub entry_id: AuditId,
    /// When.
    pub happened_at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// To whom.
    pub subject: Option<UserId>,
    /// With what, as a small JSON object without anything personal; `{}` for nothing.
    pub detail: String,
}

/// Access to the audit log. Lists are newest first, hold one `action` alone when it is given, start behind `before`
/// when it is given, and hold at most `limit` lines (and never more than 100). Lines of one millisecond stand in the
/// order of their ids, so that a page neither loses nor repeats one of them.
#[async_trait]
pub trait AuditRepository: Send {
    /// Adds lines.
    async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), StoreError>;

    /// What was done to a user.
    async fn by_subject(
        &mut self,
        subject: UserId,
        action: Option<AuditAction>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// What an actor did.
    async fn by_actor(
        &mut self,
        actor: &Actor,
        action: Option<AuditAction>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// What was done at all.
    async fn newest(
        &mut self,
        action: Option<AuditAction>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// Removes up to `limit` lines from before `before`, the oldest first. Returns how many.
    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
