//! What an open page is told of its player's missions.
//!
//! A hint ([`Signal::Missions`]) says whose missions have changed; whoever serves that player's page then asks here what
//! has changed since the version that the page has. A hint that is lost costs nothing but time: asking again answers the
//! same.

use std::time::Duration;

use bus::signals::Signal;
use domain::{UserId, mission::Missions};
use storage::StoreError;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    Services,
    identity::{AuthError, Session, current},
    missions::{MissionError, apply::MissionChanges, list},
    telemetry,
};

/// Players that one hint names.
const PLAYERS_MAX: usize = 250;

/// The missions of a user when they have changed since `version`; `None` when they have not, or there is no such user.
/// Days and weeks that roll over change no version: a card says when that will be.
///
/// # Errors
/// When the database fails.
pub async fn changes(
    services: &Services,
    user_id: UserId,
    version: u64,
) -> Result<Option<Missions>, StoreError> {
    let mut tx = services.store().begin_read().await?;
    if tx.mission_progress().version(user_id).await? <= version {
        return Ok(None);
    }
    let Some(user) = tx.users().by_id(user_id).await? else { return Ok(None) };
    list::all(services, &mut *tx, user).await.map(Some)
}

/// [`changes`] for the session's player, waited for at most for `patience`.
///
/// # Errors
/// [`MissionError::Auth`], [`MissionError::Store`].
pub async fn next(
    services: &Services,
    session: &Session,
    version: u64,
    patience: Duration,
) -> Result<Option<Missions>, MissionError> {
    // From before the first look, so that nothing falls between the two.
    let hints = services.signals().subscribe();
    let user_id = {
        let begun = services.store().begin_read().await;
        let mut tx = begun.map_err(AuthError::store("reading missions"))?;
        current::user_of(&mut *tx, session).await?.user_id
    };
    if let Some(missions) = changes(services, user_id, version).await? {
        return Ok(Some(missions));
    }
    match tokio::time::timeout(patience, hint_for(hints, user_id)).await {
        Ok(()) => Ok(changes(services, user_id, version).await?),
        Err(_) => Ok(None),
    }
}

/// Waits for a hint that may be meant for `user_id`.
async fn hint_for(mut hints: Receiver<Signal>, user_id: UserId) {
    loop {
        match hints.recv().await {
            Ok(Signal::Missions { players }) if players.contains(&user_id) => return,
            Ok(_) => {}
            // What was lost may have been for this one; behind the end there is nothing to wait for.
            Err(RecvError::Lagged(_) | RecvError::Closed) => return,
        }
    }
}

/// Counts what a batch has come to, and says whose missions have changed, behind the commit.
pub(crate) fn tell_changes(services: &Services, mut changes: MissionChanges) {
    for kind in changes.completed {
        metrics::counter!(telemetry::MISSIONS_COMPLETED_TOTAL, "kind" => kind.as_str()).increment(1);
    }
    changes.players.sort_unstable();
    changes.players.dedup();
    tell(services, &changes.players);
}

/// Says whose missions have changed, behind the commit.
pub(crate) fn tell(services: &Services, players: &[UserId]) {
    for players in players.chunks(PLAYERS_MAX) {
        services.signals().publish(Signal::Missions { players: players.to_vec() });
    }
}
