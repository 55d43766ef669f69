//! Rewards: what players are given, each for one thing and once.
//!
//! Invariant: of one user, source and source id there is one row, and it becomes granted once: whoever sees
//! [`set_state`](RewardRepository::set_state) answer `true` is the one who tells the platform.

use async_trait::async_trait;
use domain::{Prize, RewardId, RewardSource, RewardState, Timestamp, UserId};

use crate::error::StoreError;

/// The most rewards that one call adds or looks for.
pub const REWARDS_MAX: usize = 1000;

/// A reward of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRow {
    /// Its id; grows with time.
    pub reward_id: RewardId,
    /// Whose.
    pub user_id: UserId,
    /// What for.
    pub source: RewardSource,
    /// Which one of these.
    pub source_id: String,
    /// What the platform is to book.
    pub what: Prize,
    /// Where it stands. What was not claimed by `expires_at` may still be called offered.
    pub state: RewardState,
    /// When it was offered.
    pub offered_at: Timestamp,
    /// The first moment at which it can't be claimed any more.
    pub expires_at: Option<Timestamp>,
    /// When it was granted; stays when it is revoked.
    pub granted_at: Option<Timestamp>,
}

/// What one thing is rewarded for: whose, what for, which one.
pub type RewardKey = (UserId, RewardSource, String);

/// Access to rewards.
#[async_trait]
pub trait RewardRepository: Send {
    /// Adds rewards, in one statement, and returns for each whether it is new. What is rewarded already is left as it
    /// is; of two for the same thing in one call the first is new. At most [`REWARDS_MAX`].
    async fn add_many(&mut self, rewards: &[RewardRow]) -> Result<Vec<bool>, StoreError>;

    /// The reward with an id.
    async fn by_id(&mut self, reward_id: RewardId) -> Result<Option<RewardRow>, StoreError>;

    /// The rewards for some things, in the order of their ids; what is not rewarded is left out. At most
    /// [`REWARDS_MAX`].
    async fn by_keys(&mut self, keys: &[RewardKey]) -> Result<Vec<RewardRow>, StoreError>;

    /// Up to `limit` rewards of a user, the newest first, behind `before`.
    async fn of_user(
        &mut self,
        user_id: UserId,
        before: Option<RewardId>,
        limit: u32,
    ) -> Result<Vec<RewardRow>, StoreError>;

    /// Up to `limit` rewards of a user, for missions and achievements, that can be claimed at `now`, the oldest first.
    async fn offered(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<RewardRow>, StoreError>;

    /// Brings a reward from one state to another at `now`. Returns `false`, changing nothing, when it stands elsewhere
    /// by now; of several calls at once one sees `true`.
    async fn set_state(
        &mut self,
        reward_id: RewardId,
        from: RewardState,
        to: RewardState,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Lets up to `limit` offered rewards expire whose time was over before `now`. Returns how many.
    async fn expire(&mut self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
