//! A player claims what a mission is rewarded with.

use domain::{
    MissionId, Reward, RewardState,
    mission::{MissionClaim, MissionState},
};
use storage::reward::RewardRow;

use crate::{
    Services,
    identity::{AuthError, Session, current},
    limits::{self, Action, Subject},
    missions::{MissionError, card::Player, live},
    rewards::{self, RewardError, state_at},
};

/// The most rewards that an answer names.
const NAMED_MAX: usize = 32;

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
    let book = services.books().as_of(services, &mut *tx, true).await?;
    let now = services.now();
    let entry = book.get(mission_id).filter(|entry| entry.mission.starts_at <= now);
    let entry = entry.ok_or(MissionError::Unknown)?;
    let mut player = Player::read(&mut *tx, user, now, &[entry]).await?;
    let offered: Vec<RewardRow> = player
        .rewards_of(entry)
        .into_iter()
        .filter(|reward| state_at(reward, now) == RewardState::Offered)
        .cloned()
        .collect();
    let mut claims = Vec::with_capacity(offered.len());
    for reward in offered {
        let claimed = rewards::claim_within(services, &mut *tx, player.user(), reward).await?;
        player.put_reward(claimed.reward.clone());
        claims.push(claimed);
    }
    let mut granted: Vec<Reward> = player
        .rewards_of(entry)
        .into_iter()
        .filter(|reward| reward.state == RewardState::Granted)
        .map(|reward| rewards::view(reward.clone(), now))
        .collect();
    let mission = player.card(entry);
    if granted.is_empty() {
        let was_revoked = player.rewards_of(entry).iter().any(|reward| reward.state == RewardState::Revoked);
        return Err(match mission.state {
            _ if was_revoked => MissionError::Reward(RewardError::Revoked),
            MissionState::Locked => MissionError::Locked,
            MissionState::Expired => MissionError::Over,
            _ => MissionError::NotDone,
        });
    }
    granted.drain(..granted.len().saturating_sub(NAMED_MAX));
    if !claims.is_empty() {
        let user_id = player.user().user_id;
        tx.mission_progress().bump(&[user_id]).await?;
        tx.save().await?;
        for claimed in &claims {
            claimed.was_saved(services, session).await;
        }
        live::tell(services, &[user_id]);
    }
    Ok(MissionClaim { mission, rewards: granted })
}
