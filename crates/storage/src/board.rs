//! Standings: what each player has reached. SQL is the truth; the rank index is rebuilt from it and answers faster.

use async_trait::async_trait;
use domain::{
    EventId, EventSource, Order, Score, Standing, Timestamp, TournamentId, UserId, ranking::RankKey,
};

use crate::error::StoreError;

/// A past score, for boards whose standing follows from history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreEvent {
    /// Where.
    pub tournament_id: TournamentId,
    /// Whose.
    pub user_id: UserId,
    /// The event's source.
    pub source: EventSource,
    /// The event's id.
    pub event_id: EventId,
    /// The points.
    pub score: Score,
    /// The event's time.
    pub at: Timestamp,
}

/// A ranked standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankedKey {
    /// 1, 2, 3 ….
    pub rank: u64,
    /// What decides the rank.
    pub key: RankKey,
}

/// Access to standings.
#[async_trait]
pub trait BoardRepository: Send {
    /// The standings of some players; those without one are left out. At most 1000 players.
    async fn standings(
        &mut self,
        tournament_id: &TournamentId,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Standing)>, StoreError>;

    /// Stores standings as of `version`, in one statement; each player at most once in a call.
    async fn put_many(
        &mut self,
        tournament_id: &TournamentId,
        version: u64,
        standings: &[(UserId, Standing)],
    ) -> Result<(), StoreError>;

    /// Stores past scores, in one statement; those that are there already are left out.
    async fn add_history(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError>;

    /// Every past score of a player in a tournament, the oldest first; of more than 10 000 the newest 10 000.
    async fn history(
        &mut self,
        tournament_id: &TournamentId,
        user_id: UserId,
    ) -> Result<Vec<(Timestamp, Score)>, StoreError>;

    /// Removes up to `limit` past scores of tournaments that ended before `before`: nothing of theirs is judged by
    /// history any more. Returns how many.
    async fn remove_history(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Up to `limit` standings in the order of user ids, behind `after`: the pages of a rebuild.
    async fn scan(
        &mut self,
        tournament_id: &TournamentId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError>;

    /// Standings that changed behind `version`, in the order of user ids. At most `limit`.
    async fn changed_since(
        &mut self,
        tournament_id: &TournamentId,
        version: u64,
        limit: u32,
    ) -> Result<Vec<RankKey>, StoreError>;

    /// Up to `limit` rows of the board behind `after`, by rank. For when the rank index is not ready.
    async fn page(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        after: Option<RankKey>,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError>;

    /// A player's place on the board; `None` without a standing.
    async fn place(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        user_id: UserId,
    ) -> Result<Option<RankedKey>, StoreError>;

    /// Up to `limit` rows around a player's own, which stands in the middle where there is room; empty without a
    /// standing.
    async fn around(
        &mut self,
        tournament_id: &TournamentId,
        order: Order,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<RankedKey>, StoreError>;
}
