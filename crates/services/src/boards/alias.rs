//! Hiding on boards: a player may be shown under a made-up name.
//!
//! Invariant: each change gives another name and another player key, so that nobody can tell from a board, its live
//! stream or a cached name who the hidden player is, or was.

use domain::{AliasState, PlayerKey, Rng, UserId};
use storage::{StoreError, Transaction};

use crate::{
    Services,
    boards::standing,
    identity::{AuthError, Session, devices},
    limits::{self, Action, Subject},
};

/// The first words of made-up names.
const FIRST: [&str; 64] = [
    "Amber", "Ancient", "Arctic", "Autumn", "Azure", "Bold", "Brave", "Bright", "Bronze", "Calm", "Cedar",
    "Clever", "Coastal", "Copper", "Coral", "Cosmic", "Crimson", "Crystal", "Curious", "Daring", "Dawn",
    "Desert", "Distant", "Eager", "Early", "Emerald", "Fleet", "Forest", "Gentle", "Golden", "Granite",
    "Hidden", "Humble", "Indigo", "Ivory", "Jade", "Jolly", "Keen", "Lively", "Lunar", "Maple", "Marble",
    "Mellow", "Misty", "Nimble", "Noble", "Northern", "Olive", "Patient", "Polar", "Quick", "Quiet", "Rapid",
    "Royal", "Ruby", "Silent", "Silver", "Solar", "Steady", "Stormy", "Sunny", "Velvet", "Violet", "Winter",
];

/// The second words.
const SECOND: [&str; 64] = [
    "Badger", "Bear", "Beaver", "Bison", "Bobcat", "Buffalo", "Camel", "Condor", "Cougar", "Coyote", "Crane",
    "Crow", "Deer", "Dingo", "Dolphin", "Dove", "Eagle", "Egret", "Elk", "Falcon", "Ferret", "Finch", "Fox",
    "Gazelle", "Gecko", "Goose", "Hare", "Hawk", "Heron", "Ibex", "Ibis", "Jackal", "Jaguar", "Koala",
    "Lark", "Lemur", "Leopard", "Lion", "Lynx", "Magpie", "Marten", "Moose", "Newt", "Ocelot", "Orca",
    "Osprey", "Otter", "Owl", "Panda", "Panther", "Parrot", "Puffin", "Puma", "Raven", "Robin", "Salmon",
    "Seal", "Sparrow", "Stork", "Swan", "Tiger", "Walrus", "Wolf", "Wombat",
];

/// The numbers behind them: with the words forty million names.
const NUMBERS: u64 = 10_000;

/// A made-up name.
pub fn made_up(rng: &dyn Rng) -> String {
    let word = |words: &[&'static str; 64]| words[usize::from(rng.next_u64().to_le_bytes()[0] % 64)];
    format!("{} {} {}", word(&FIRST), word(&SECOND), rng.next_u64() % NUMBERS)
}

/// How boards show the caller.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn state(services: &Services, session: &Session) -> Result<AliasState, AuthError> {
    const DOING: &str = "reading an alias";
    let mut tx = services.store().begin_read().await.map_err(AuthError::store(DOING))?;
    let live = devices::live(services, &mut *tx, session).await?;
    shown(&mut *tx, live.user_id).await.map_err(AuthError::store(DOING))?.ok_or(AuthError::Unauthorized)
}

/// Hides the caller behind a new made-up name, or shows their alias again. Who is as they want to be stays so.
///
/// # Errors
/// As [`state`], and [`AuthError::Limited`] when it is changed too often.
pub async fn change(services: &Services, session: &Session, hidden: bool) -> Result<AliasState, AuthError> {
    const DOING: &str = "changing an alias";
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let user_id = devices::live(services, &mut *tx, session).await?.user_id;
    let is_hidden = tx.users().hidden_alias(user_id).await.map_err(AuthError::store(DOING))?.is_some();
    let mut changes = Vec::new();
    if is_hidden != hidden {
        let alias = hidden.then(|| made_up(services.rng()));
        let player = PlayerKey::new(services.rng());
        tx.users().hide(user_id, alias.as_deref(), &player).await.map_err(AuthError::store(DOING))?;
        changes = standing::bump_boards_showing(&mut *tx, user_id).await.map_err(AuthError::store(DOING))?;
    }
    let state = shown(&mut *tx, user_id).await.map_err(AuthError::store(DOING))?;
    tx.save().await.map_err(AuthError::store(DOING))?;
    if is_hidden != hidden {
        services.names().renamed(services, &[user_id]);
        standing::tell(services, changes).await;
    }
    state.ok_or(AuthError::Unauthorized)
}

async fn shown(tx: &mut dyn Transaction, user_id: UserId) -> Result<Option<AliasState>, StoreError> {
    let hidden = tx.users().hidden_alias(user_id).await?.is_some();
    let name = tx.users().names(&[user_id]).await?.pop();
    Ok(name.map(|(_, player, alias)| AliasState { hidden, alias, player }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::SeededRng;

    use super::*;

    #[test]
    fn made_up_names_are_two_words_and_a_number_and_rarely_alike() {
        let rng = SeededRng::new(1);
        let names: HashSet<String> = (0..1_000).map(|_| made_up(&rng)).collect();
        assert!(names.len() > 995, "{}", names.len());
        for name in &names {
            let parts: Vec<&str> = name.split(' ').collect();
            assert!(matches!(parts[..], [_, _, number] if number.parse::<u16>().is_ok()), "{name}");
        }
        assert_eq!(FIRST.iter().collect::<HashSet<_>>().len(), 64);
        assert_eq!(SECOND.iter().collect::<HashSet<_>>().len(), 64);
    }
}
