//! The public names of players, cached: a board of 50 rows must not cost a query each time it is read.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bus::signals::Signal;
use domain::{PlayerKey, UserId};
use moka::sync::Cache;

use crate::{Services, boards::BoardError};

/// What a board shows of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicName {
    /// The opaque key.
    pub player: PlayerKey,
    /// The alias.
    pub alias: String,
}

/// The most names that a node remembers (about 100 bytes each).
const NAMES_MAX: u64 = 100_000;

/// The users that one hint names.
const USERS_OF_HINT_MAX: usize = 250;

/// For how long a node may show an alias that another node has changed, when the hint that tells of it is lost.
const FRESH: Duration = Duration::from_mins(1);

/// The names that this node remembers.
#[derive(Debug)]
pub(crate) struct Names(Cache<UserId, Arc<PublicName>>);

impl Default for Names {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(NAMES_MAX).time_to_live(FRESH).build())
    }
}

impl Names {
    /// The names of users. Users that are gone since the index was read are left out.
    pub(crate) async fn of(
        &self,
        services: &Services,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Arc<PublicName>>, BoardError> {
        let mut names = HashMap::with_capacity(users.len());
        let mut missing = Vec::new();
        for user_id in users {
            match self.0.get(user_id) {
                Some(name) => drop(names.insert(*user_id, name)),
                None => missing.push(*user_id),
            }
        }
        if !missing.is_empty() {
            let mut tx = services.store().begin_read().await.map_err(BoardError::store("reading names"))?;
            for (user_id, player, alias) in
                tx.users().names(&missing).await.map_err(BoardError::store("reading names"))?
            {
                let name = Arc::new(PublicName { player, alias });
                self.0.insert(user_id, Arc::clone(&name));
                names.insert(user_id, name);
            }
        }
        Ok(names)
    }

    /// Forgets the names of users, because they have changed, and has every other node forget them.
    pub(crate) fn renamed(&self, services: &Services, users: &[UserId]) {
        self.forget(users);
        for users in users.chunks(USERS_OF_HINT_MAX) {
            services.signals().publish(Signal::Names { users: users.to_vec() });
        }
    }

    /// Forgets the names of users.
    pub(crate) fn forget(&self, users: &[UserId]) {
        for user_id in users {
            self.0.invalidate(user_id);
        }
    }
}
