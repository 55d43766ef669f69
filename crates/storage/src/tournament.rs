//! Tournaments, and the version of each one's board.

use async_trait::async_trait;
use domain::{Timestamp, Tournament, TournamentId};

use crate::error::StoreError;

/// A tournament with what its board has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TournamentRow {
    /// The tournament.
    pub tournament: Tournament,
    /// Grows by one with each change of the board.
    pub board_version: u64,
    /// How many players have a standing.
    pub players: u64,
}

/// Access to tournaments.
#[async_trait]
pub trait TournamentRepository: Send {
    /// Adds or replaces a tournament; its board stays.
    async fn upsert(&mut self, tournament: &Tournament, now: Timestamp) -> Result<(), StoreError>;

    /// The tournament with an id.
    async fn by_id(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError>;

    /// The tournaments with these ids, by id; unknown ones are left out. At most 1000 ids.
    async fn by_ids(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError>;

    /// Up to `limit` tournaments: running ones first (most players first), then upcoming ones (soonest first), then
    /// finished ones (latest end first); ties by id.
    async fn list(&mut self, now: Timestamp, limit: u32) -> Result<Vec<TournamentRow>, StoreError>;

    /// The tournament with an id, locked until the transaction ends: whoever changes a board's standings does this
    /// before reading them, so that two batches of scores can't overwrite each other.
    async fn lock(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError>;

    /// Raises the board's version by one and the number of players by `new_players`, and returns the new version.
    /// The row stays locked until the transaction ends, so that versions are committed in their order.
    async fn bump_board(&mut self, tournament_id: &TournamentId, new_players: u64)
    -> Result<u64, StoreError>;
}
