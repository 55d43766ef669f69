//! Rewards of missions that wait to be claimed, whatever their period.
//!
//! Invariant: what can be claimed does not depend on how long ago it was done: neither on the days of progress that a card
//! looks at, nor on whether the book still remembers the mission.

use std::collections::BTreeSet;

use domain::{MissionId, RewardSource, Timestamp, UserId};
use storage::{StoreError, Transaction, reward::RewardRow};

/// The most that one look or one claim takes: the next one takes what is behind them.
const OFFERS_MAX: u32 = 200;

/// What a player can claim of missions, the oldest first.
pub(crate) async fn of(
    tx: &mut dyn Transaction,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<RewardRow>, StoreError> {
    tx.rewards().offered(user_id, now, OFFERS_MAX).await
}

/// The mission that a reward is for. No id of a mission has a colon; behind one stands its period or its tier.
pub(crate) fn mission_of(reward: &RewardRow) -> Option<MissionId> {
    match reward.source {
        RewardSource::Mission | RewardSource::Achievement => {
            reward.source_id.split(':').next().and_then(|id| id.parse().ok())
        }
        RewardSource::Tournament => None,
    }
}

/// The missions that rewards are for.
pub(crate) fn missions_of(rewards: &[RewardRow]) -> BTreeSet<MissionId> {
    rewards.iter().filter_map(mission_of).collect()
}
