//! Who wants to be told of a tournament: that it starts soon, and that they have fallen off the places that count.
//!
//! Invariant: of one start a player is told once, also when it was moved and moved back.

use async_trait::async_trait;
use domain::{BoardId, Timestamp, TournamentId, UserId};

use crate::error::StoreError;

/// What a player was told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishRow {
    /// Who.
    pub user_id: UserId,
    /// On which board and rank they were last seen.
    pub seen: Option<(BoardId, u64)>,
    /// When they were last told that they fell.
    pub told_at: Option<Timestamp>,
}

/// Access to wishes.
#[async_trait]
pub trait WishRepository: Send {
    /// Notes a wish. Returns `false` when it is there already.
    async fn add(
        &mut self,
        tournament_id: &TournamentId,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets a wish. Returns `false` when there is none.
    async fn remove(&mut self, tournament_id: &TournamentId, user_id: UserId) -> Result<bool, StoreError>;

    /// Whether a player has the wish.
    async fn is_there(&mut self, tournament_id: &TournamentId, user_id: UserId) -> Result<bool, StoreError>;

    /// Whether anybody has it.
    async fn any(&mut self, tournament_id: &TournamentId) -> Result<bool, StoreError>;

    /// Marks up to `limit` players, behind `after` in the order of their ids, as told of a start, and returns all that
    /// it has looked at and whether each was told of it before.
    async fn mark_reminded(
        &mut self,
        tournament_id: &TournamentId,
        starts_at: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, bool)>, StoreError>;

    /// Up to `limit` wishes in the order of user ids, behind `after`.
    async fn page(
        &mut self,
        tournament_id: &TournamentId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<WishRow>, StoreError>;

    /// Notes where a player stands, and when they were told.
    async fn note(&mut self, tournament_id: &TournamentId, wish: &WishRow) -> Result<(), StoreError>;
}
