//! How far players are with missions, period by period.
//!
//! Whoever changes a player's progress first takes the player's next version, which locks the player until the transaction
//! ends: two batches of activities never overwrite each other.

use async_trait::async_trait;
use domain::{
    MissionId, Timestamp, UserId,
    mission::{Day, Progress},
};

use crate::error::StoreError;

/// The most players or rows that a call takes.
pub const ROWS_MAX: usize = 1000;

/// Whose progress, with which mission, in which period.
pub type ProgressKey = (UserId, MissionId, Day);

/// A player's progress with a mission in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressRow {
    /// Whose.
    pub user_id: UserId,
    /// With what.
    pub mission_id: MissionId,
    /// The first day of the period. Day 0 where there is one for all; of a mission of days or weeks, what is kept of
    /// periods that were removed: that one of them was done.
    pub period: Day,
    /// How far.
    pub progress: Progress,
    /// How many tiers are reached; 1 when what is no achievement is done.
    pub tiers: u16,
    /// When it was done; of an achievement, its last tier. It stays when a tier is added.
    pub done_at: Option<Timestamp>,
    /// The player's version with which this row changed last.
    pub version: u64,
}

impl ProgressRow {
    /// What the row is found by.
    pub fn key(&self) -> ProgressKey {
        (self.user_id, self.mission_id.clone(), self.period)
    }
}

/// How many players are how far with a mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MissionStats {
    /// Players who have begun, in the periods that are still kept.
    pub begun: u64,
    /// Those of them that are done.
    pub done: u64,
}

/// Access to players' progress.
#[async_trait]
pub trait MissionProgressRepository: Send {
    /// Raises the versions of some players, and locks them until the transaction ends; each player once in a call. At
    /// most [`ROWS_MAX`].
    async fn bump(&mut self, players: &[UserId]) -> Result<Vec<(UserId, u64)>, StoreError>;

    /// A player's version; 0 for one without progress.
    async fn version(&mut self, user_id: UserId) -> Result<u64, StoreError>;

    /// The progress behind some keys; those without are left out. At most [`ROWS_MAX`] keys.
    async fn by_keys(&mut self, keys: &[ProgressKey]) -> Result<Vec<ProgressRow>, StoreError>;

    /// Stores progress, in one statement, each key once in a call. At most [`ROWS_MAX`].
    async fn put_many(&mut self, rows: &[ProgressRow], now: Timestamp) -> Result<(), StoreError>;

    /// Which of some missions some players have done, in whatever period. At most [`ROWS_MAX`] players and missions.
    async fn done(
        &mut self,
        players: &[UserId],
        missions: &[MissionId],
    ) -> Result<Vec<(UserId, MissionId)>, StoreError>;

    /// A player's progress in periods from `from` on, and in those that have no end; by mission and period, at most
    /// `limit` rows.
    async fn of_player(
        &mut self,
        user_id: UserId,
        from: Day,
        limit: u32,
    ) -> Result<Vec<ProgressRow>, StoreError>;

    /// Whether any player has begun a mission.
    async fn has_any(&mut self, mission_id: &MissionId) -> Result<bool, StoreError>;

    /// How many players are how far with a mission in one period.
    async fn stats(&mut self, mission_id: &MissionId, period: Day) -> Result<MissionStats, StoreError>;

    /// Removes up to `limit` rows of periods that began before `before`; periods without end stay. Of a player's periods
    /// that were done one row stays, as day 0 and without tiers: what waits for the mission stays open. Returns how many
    /// were removed.
    async fn remove_old(&mut self, before: Day, limit: u32) -> Result<u64, StoreError>;
}
