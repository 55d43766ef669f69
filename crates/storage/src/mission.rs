//! Missions as their owners have written them.
//!
//! [`version`](MissionRepository::version) grows with every change of any mission, so that whoever remembers them asks for
//! one number before using what it remembers.

use async_trait::async_trait;
use domain::{MissionId, Owner, Timestamp, mission::Mission};

use crate::error::StoreError;

/// The most missions that are not over at a time.
pub const MISSIONS_MAX: u32 = 1000;

/// A mission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissionRow {
    /// What it is.
    pub mission: Mission,
    /// Whose it is.
    pub owner: Owner,
    /// Since when nothing counts for it any more, although it is not over.
    pub stopped_at: Option<Timestamp>,
    /// The time of the definition that stands, where the platform has told it: an older one that comes late changes
    /// nothing.
    pub told_at: Option<Timestamp>,
}

/// Access to missions.
#[async_trait]
pub trait MissionRepository: Send {
    /// A number that grows with every change of any mission; 0 when there never was one.
    async fn version(&mut self) -> Result<u64, StoreError>;

    /// Adds a mission, or replaces what a known one is. Whose it is, and whether it is stopped, stays. `told_at` is the
    /// time of the platform's definition.
    async fn put(
        &mut self,
        mission: &Mission,
        owner: Owner,
        told_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The mission with an id, locked until the transaction ends.
    async fn lock(&mut self, mission_id: &MissionId) -> Result<Option<MissionRow>, StoreError>;

    /// The mission with an id.
    async fn by_id(&mut self, mission_id: &MissionId) -> Result<Option<MissionRow>, StoreError>;

    /// The missions with some ids, those that are long over too; what is none is left out. At most [`MISSIONS_MAX`].
    async fn by_ids(&mut self, mission_ids: &[MissionId]) -> Result<Vec<MissionRow>, StoreError>;

    /// Up to `limit` missions that are not over at `at`, in the order of their ids, behind `after`.
    async fn not_over(
        &mut self,
        at: Timestamp,
        after: Option<&MissionId>,
        limit: u32,
    ) -> Result<Vec<MissionRow>, StoreError>;

    /// Stops a mission at a time, or lets it go on. Returns `false` when there is none, or it is so already.
    async fn set_stopped(
        &mut self,
        mission_id: &MissionId,
        stopped_at: Option<Timestamp>,
    ) -> Result<bool, StoreError>;
}
