//! Tournaments.

use async_trait::async_trait;
use domain::{Timestamp, Tournament, TournamentId};

use crate::error::StoreError;

/// A tournament with what its boards have come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TournamentRow {
    /// The tournament.
    pub tournament: Tournament,
    /// How many players have a rank on the boards of the latest period.
    pub players: u64,
    /// Whether a score has ever changed a board of it.
    pub has_scores: bool,
}

/// Access to tournaments.
#[async_trait]
pub trait TournamentRepository: Send {
    /// Adds or replaces a tournament; its boards stay.
    async fn upsert(&mut self, tournament: &Tournament, now: Timestamp) -> Result<(), StoreError>;

    /// The tournament with an id.
    async fn by_id(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError>;

    /// The tournaments with these ids, by id; unknown ones are left out. At most 1000 ids.
    async fn by_ids(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError>;

    /// Up to `limit` tournaments: running ones first (most players first), then upcoming ones (soonest first), then
    /// finished ones (latest end first); ties by id.
    async fn list(&mut self, now: Timestamp, limit: u32) -> Result<Vec<TournamentRow>, StoreError>;

    /// The tournament with an id, locked until the transaction ends: whoever changes it does this first.
    async fn lock(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError>;

    /// The tournaments with these ids, by id, none of which changes until the transaction ends; unknown ones are left
    /// out. Whoever takes scores does this before locking boards. At most 1000 ids.
    async fn hold(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError>;
}
