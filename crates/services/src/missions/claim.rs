//! A player claims what a mission is rewarded with.

use domain::{
    MissionId, Reward, RewardState, Timestamp, UserId,
    mission::{MissionClaim, MissionState},
};
use storage::{StoreError, Transaction, reward::RewardRow, user::User};

use crate::{
    Services,
    bot::{
        commands::missions::listed,
        confirm::{Done, Place, confirm},
    },
    identity::{AuthError, Session, current},
    limits::{self, Action, Subject},
    missions::{MissionError, card::Player, live, offers},
    rewards::{self, Claimed, RewardError, state_at},
};

/// The most rewards that an answer names.
const NAMED_MAX: usize = 32;
/// For so long after it was granted a reward of an earlier period is named again to whoever claims again: the first answer
/// may have been lost.
const AGAIN_MS: i64 = 24 * 3_600_000;
/// The most of a player's rewards that are looked through for it.
const LOOKED_AT_MAX: u32 = 200;

/// Claims all that a mission has to give now: of earlier days too, and of every tier that was reached. A second claim
/// grants nothing more and answers the same.
///
/// # Errors
/// [`MissionError::Unknown`], [`MissionError::NotDone`], [`MissionError::Locked`], [`MissionError::Over`] and
/// [`MissionError::Reward`] say why not; [`MissionError::Auth`], [`MissionError::Store`].
pub async fn claim(
    services: &Services,
    session: &Session,
    mission_id: &MissionId,
) -> Result<MissionClaim, MissionError> {
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)?;
    let mut tx = services.store().begin_write().await?;
    let user = current::user_of(&mut *tx, session).await?;
    let claims = claim_within(services, &mut *tx, user.clone(), mission_id).await?;
    if !claims.claimed.is_empty() {
        let what = listed(claims.now().map(|reward| &reward.what), user.locale);
        if !what.is_empty() {
            confirm(services, &mut *tx, &user, Done::Claimed(&what), Place::App).await?;
        }
        tx.save().await?;
        for claimed in &claims.claimed {
            claimed.was_saved(services, session).await;
        }
        live::tell(services, &[claims.user_id]);
    }
    Ok(claims.answer)
}

/// What was claimed within a transaction.
#[derive(Debug)]
pub(crate) struct Claims {
    /// Whose.
    user_id: UserId,
    /// What the player is answered.
    answer: MissionClaim,
    /// What there was to claim.
    claimed: Vec<Claimed>,
}

impl Claims {
    /// The rewards that this claim has granted.
    pub(crate) fn now(&self) -> impl Iterator<Item = &RewardRow> {
        self.claimed.iter().filter(|claimed| claimed.is_now).map(|claimed| &claimed.reward)
    }

    /// Counts a claim of the chat and tells open pages of it, behind the commit.
    pub(crate) fn were_saved_in_chat(&self, services: &Services) {
        if self.claimed.is_empty() {
            return;
        }
        self.claimed.iter().for_each(Claimed::was_saved_in_chat);
        live::tell(services, &[self.user_id]);
    }
}

/// The same within a transaction of the caller's, who saves it.
///
/// # Errors
/// As [`claim`], but for [`MissionError::Auth`].
pub(crate) async fn claim_within(
    services: &Services,
    tx: &mut dyn Transaction,
    user: User,
    mission_id: &MissionId,
) -> Result<Claims, MissionError> {
    let book = services.books().as_of(services, tx, false).await?;
    let now = services.now();
    let entry = book.find(tx, mission_id).await?.filter(|entry| entry.mission.starts_at <= now);
    let entry = entry.ok_or(MissionError::Unknown)?;
    let offered = offers::of(tx, user.user_id, now).await?;
    let mut player = Player::read(tx, user, now, std::slice::from_ref(&entry), offered).await?;
    let offered: Vec<RewardRow> = player
        .rewards_of(&entry)
        .into_iter()
        .filter(|reward| state_at(reward, now) == RewardState::Offered)
        .cloned()
        .collect();
    let mut claimed = Vec::with_capacity(offered.len());
    for reward in offered {
        let one = rewards::claim_within(services, tx, player.user(), reward).await?;
        player.put_reward(one.reward.clone());
        claimed.push(one);
    }
    let user_id = player.user().user_id;
    let mut granted: Vec<Reward> = player
        .rewards_of(&entry)
        .into_iter()
        .filter(|reward| reward.state == RewardState::Granted)
        .map(|reward| rewards::view(reward.clone(), now))
        .collect();
    if granted.is_empty() {
        granted = granted_lately(tx, user_id, mission_id, now).await?;
    }
    let mission = player.card(&entry);
    if granted.is_empty() {
        let was_revoked = player.rewards_of(&entry).iter().any(|reward| reward.state == RewardState::Revoked);
        return Err(match mission.state {
            _ if was_revoked => MissionError::Reward(RewardError::Revoked),
            MissionState::Locked => MissionError::Locked,
            MissionState::Expired => MissionError::Over,
            _ => MissionError::NotDone,
        });
    }
    granted.drain(..granted.len().saturating_sub(NAMED_MAX));
    if !claimed.is_empty() {
        tx.mission_progress().bump(&[user_id]).await?;
    }
    Ok(Claims { user_id, answer: MissionClaim { mission, rewards: granted }, claimed })
}

/// What the mission gave in the last hours for periods that are long over, the newest last.
async fn granted_lately(
    tx: &mut dyn Transaction,
    user_id: UserId,
    mission_id: &MissionId,
    now: Timestamp,
) -> Result<Vec<Reward>, StoreError> {
    let mut newest = tx.rewards().of_user(user_id, None, LOOKED_AT_MAX).await?;
    newest.reverse();
    let is_lately = |reward: &RewardRow| {
        reward.state == RewardState::Granted
            && reward.granted_at.is_some_and(|at| at >= now.plus_ms(-AGAIN_MS))
            && offers::mission_of(reward).as_ref() == Some(mission_id)
    };
    Ok(newest.into_iter().filter(is_lately).map(|reward| rewards::view(reward, now)).collect())
}
