//! A player claims a reward.

use domain::{Reward, RewardId, RewardState};
use storage::{Transaction, reward::RewardRow, user::User};

use crate::{
    Services, funnel,
    identity::{AuthError, Session, current},
    limits::{self, Action, Subject},
    rewards::{RewardError, give::count, state_at, tell, view},
};

/// A reward that a player has claimed, now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The reward as it stands.
    pub reward: RewardRow,
    /// Whether this call has granted it.
    pub is_now: bool,
}

/// Claims a reward for the session's player. A second claim answers the same reward and tells the platform nothing.
///
/// # Errors
/// [`RewardError::Unknown`], [`RewardError::Foreign`], [`RewardError::Expired`], [`RewardError::Revoked`],
/// [`RewardError::NotLinked`] say why not; [`RewardError::Auth`], [`RewardError::Store`].
pub async fn claim(
    services: &Services,
    session: &Session,
    reward_id: RewardId,
) -> Result<Reward, RewardError> {
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)?;
    let mut tx = services.store().begin_write().await?;
    let user = current::user_of(&mut *tx, session).await?;
    let found = tx.rewards().by_id(reward_id).await?.ok_or(RewardError::Unknown)?;
    let source = found.source;
    let claimed = match claim_within(services, &mut *tx, &user, found).await {
        Ok(claimed) => claimed,
        Err(error) => {
            count(source, error.label(), 1);
            return Err(error);
        }
    };
    tx.save().await?;
    claimed.was_saved(services, session).await;
    Ok(view(claimed.reward, services.now()))
}

impl Claimed {
    /// Counts the claim.
    fn count(&self) {
        count(self.reward.source, if self.is_now { "granted" } else { "repeated" }, 1);
    }

    /// Counts a claim of the chat, behind the commit.
    pub(crate) fn was_saved_in_chat(&self) {
        self.count();
    }

    /// Counts a claim of the app, behind the commit.
    pub(crate) async fn was_saved(&self, services: &Services, session: &Session) {
        self.count();
        if self.is_now {
            funnel::target(services, session).await;
        }
    }
}

/// Claims a reward within a transaction of the caller's, who saves it.
///
/// # Errors
/// As [`claim`].
pub async fn claim_within(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    mut reward: RewardRow,
) -> Result<Claimed, RewardError> {
    let now = services.now();
    if reward.user_id != user.user_id {
        return Err(RewardError::Foreign);
    }
    match state_at(&reward, now) {
        RewardState::Granted => return Ok(Claimed { reward, is_now: false }),
        RewardState::Expired => return Err(RewardError::Expired),
        RewardState::Revoked => return Err(RewardError::Revoked),
        RewardState::Offered => {}
    }
    let account = user.platform_user_id.as_ref().ok_or(RewardError::NotLinked)?;
    let (offered, granted) = (RewardState::Offered, RewardState::Granted);
    if tx.rewards().set_state(reward.reward_id, offered, granted, now).await? {
        (reward.state, reward.granted_at) = (granted, Some(now));
        tell::granted(services, tx, &reward, account, now).await?;
        return Ok(Claimed { reward, is_now: true });
    }
    // Another call was faster: what it has made of the reward is the answer.
    let reward = tx.rewards().by_id(reward.reward_id).await?.ok_or(RewardError::Unknown)?;
    match reward.state {
        RewardState::Granted => Ok(Claimed { reward, is_now: false }),
        RewardState::Revoked => Err(RewardError::Revoked),
        RewardState::Expired | RewardState::Offered => Err(RewardError::Expired),
    }
}
