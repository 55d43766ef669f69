//! Taking a reward back.

use domain::{AuditAction, RewardId, RewardState};
use serde_json::json;
use storage::{Transaction, audit::Actor, reward::RewardRow};

use crate::{
    Services, audit,
    rewards::{RewardError, give::count, tell},
};

/// Takes a reward back, in the caller's transaction. One that was granted is told to the platform, which takes it out of
/// its books; one that has expired, or was taken back before, stays as it is.
///
/// # Errors
/// [`RewardError::Unknown`], [`RewardError::Store`].
pub async fn revoke(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    reward_id: RewardId,
) -> Result<RewardRow, RewardError> {
    let now = services.now();
    let mut reward = tx.rewards().by_id(reward_id).await?.ok_or(RewardError::Unknown)?;
    let was = reward.state;
    let can_be = matches!(was, RewardState::Offered | RewardState::Granted);
    if !can_be || !tx.rewards().set_state(reward_id, was, RewardState::Revoked, now).await? {
        return tx.rewards().by_id(reward_id).await?.ok_or(RewardError::Unknown);
    }
    reward.state = RewardState::Revoked;
    if was == RewardState::Granted {
        let user = tx.users().by_id(reward.user_id).await?;
        let account = user.and_then(|user| user.platform_user_id);
        tell::revoked(services, tx, &reward, account.as_ref(), now).await?;
    }
    let detail = json!({"reward_id": reward_id, "was": was});
    audit::record(services, tx, actor, AuditAction::RewardRevoked, Some(reward.user_id), &detail).await?;
    count(reward.source, "revoked", 1);
    Ok(reward)
}
