//! A player's missions.

use std::{cmp::Reverse, sync::Arc};

use domain::{
    MissionId,
    mission::{MissionCard, MissionState, Missions},
};
use storage::{StoreError, Transaction, user::User};

use crate::{
    Services,
    identity::{AuthError, Session, current},
    missions::{MissionError, book::Entry, card::Player, offers},
};

/// The missions of the session's player, as they stand now.
///
/// # Errors
/// [`MissionError::Auth`], [`MissionError::Store`].
pub async fn list(services: &Services, session: &Session) -> Result<Missions, MissionError> {
    let mut tx = begin(services).await?;
    let user = current::user_of(&mut *tx, session).await?;
    Ok(all(services, &mut *tx, user).await?)
}

/// One mission of the session's player. It is answered also where a list leaves it out.
///
/// # Errors
/// [`MissionError::Unknown`], [`MissionError::Auth`], [`MissionError::Store`].
pub async fn one(
    services: &Services,
    session: &Session,
    mission_id: &MissionId,
) -> Result<MissionCard, MissionError> {
    let mut tx = begin(services).await?;
    let user = current::user_of(&mut *tx, session).await?;
    let book = services.books().as_of(services, &mut *tx, false).await?;
    let now = services.now();
    let entry = book.find(&mut *tx, mission_id).await?.filter(|entry| entry.mission.starts_at <= now);
    let entry = entry.ok_or(MissionError::Unknown)?;
    let offered = offers::of(&mut *tx, user.user_id, now).await?;
    let player = Player::read(&mut *tx, user, now, std::slice::from_ref(&entry), offered).await?;
    Ok(player.card(&entry))
}

/// The missions of a user, as they stand now, and those that are long over of which something can be claimed: that first, then what is going on, then what is locked, then
/// what is over; within these what ends first.
///
/// # Errors
/// When the database fails.
pub async fn all(services: &Services, tx: &mut dyn Transaction, user: User) -> Result<Missions, StoreError> {
    let version = tx.mission_progress().version(user.user_id).await?;
    let book = services.books().as_of(services, tx, false).await?;
    let now = services.now();
    let offered = offers::of(tx, user.user_id, now).await?;
    let mut entries: Vec<Arc<Entry>> = book.all().cloned().collect();
    entries.extend(book.forgotten(tx, offers::missions_of(&offered)).await?);
    let player = Player::read(tx, user, now, &entries, offered).await?;
    let mut missions: Vec<MissionCard> =
        entries.iter().filter(|entry| player.is_shown(entry)).map(|entry| player.card(entry)).collect();
    missions.sort_by(|left, right| order(left).cmp(&order(right)));
    Ok(Missions { version, missions })
}

/// What puts cards into their order.
fn order(card: &MissionCard) -> impl Ord {
    let place = match card.state {
        MissionState::Done => 0,
        MissionState::InProgress => 1,
        MissionState::Available => 2,
        MissionState::Locked => 3,
        MissionState::Claimed => 4,
        MissionState::Expired => 5,
    };
    let ends_at = card.period_ends_at.or(card.ends_at);
    (place, ends_at.is_none(), ends_at, Reverse(card.permille), card.mission_id.clone())
}

async fn begin(services: &Services) -> Result<storage::BoxTransaction, MissionError> {
    let begun = services.store().begin_read().await;
    Ok(begun.map_err(AuthError::store("reading missions"))?)
}
