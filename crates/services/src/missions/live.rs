//! What an open page is told of its player's missions.
//!
//! A hint ([`Signal::Missions`]) says whose missions have changed; whoever serves that player's page then asks here what
//! has changed since the version that the page has. A hint that is lost costs nothing but time: asking again answers the
//! same.

use bus::signals::Signal;
use domain::{UserId, mission::Missions};
use storage::StoreError;

use crate::{
    Services,
    missions::{apply::MissionChanges, list},
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
