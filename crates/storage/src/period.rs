//! Periods: the runs of a tournament, each with a window and boards of its own. A tournament without a reset has one.
//!
//! Invariant: a period's row is what entries and cohorts are counted in, so whoever adds some locks it by
//! [`PeriodRepository::count_in`], and no two see the same free place.

use async_trait::async_trait;
use domain::{BoardId, Timestamp, TournamentId};

use crate::error::StoreError;

/// Where a period stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodState {
    /// It takes scores, now or later.
    Open,
    /// It takes no scores any more; its boards become final.
    Closed,
    /// All its boards are final.
    Final,
}

impl PeriodState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Final];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Final => "final",
        }
    }

    /// The state of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A period of a tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodRow {
    /// Which tournament.
    pub tournament_id: TournamentId,
    /// 0 is the first one.
    pub period: u32,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
    /// Where it stands.
    pub state: PeriodState,
    /// How many players have entered.
    pub entries: u64,
    /// How many cohorts were opened.
    pub cohorts: u32,
}

/// A board of a period, as far as its end asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodBoard {
    /// Which.
    pub board_id: BoardId,
    /// Its tier.
    pub tier: u32,
    /// Whether its ranks are final.
    pub is_final: bool,
    /// How many players have a rank.
    pub players: u64,
    /// The hash of its results, once they are final.
    pub result_hash: Option<[u8; 32]>,
}

/// Access to periods.
#[async_trait]
pub trait PeriodRepository: Send {
    /// Adds a period, without entries; one that is there is given the window and the state, and stays as it is
    /// otherwise. The boards of the period are given the window too.
    async fn put(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        window: (Timestamp, Timestamp),
        state: PeriodState,
    ) -> Result<(), StoreError>;

    /// A period by its number.
    async fn by_number(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
    ) -> Result<Option<PeriodRow>, StoreError>;

    /// The latest period of a tournament.
    async fn latest(&mut self, tournament_id: &TournamentId) -> Result<Option<PeriodRow>, StoreError>;

    /// The period whose window holds a moment.
    async fn at(
        &mut self,
        tournament_id: &TournamentId,
        moment: Timestamp,
    ) -> Result<Option<PeriodRow>, StoreError>;

    /// The latest period that has begun by `moment`: the one that is played, or the last one that was. The first one
    /// where none has begun.
    async fn current(
        &mut self,
        tournament_id: &TournamentId,
        moment: Timestamp,
    ) -> Result<Option<PeriodRow>, StoreError>;

    /// The oldest period that takes scores.
    async fn oldest_open(&mut self, tournament_id: &TournamentId) -> Result<Option<PeriodRow>, StoreError>;

    /// Up to `limit` periods, the latest first, behind `before`.
    async fn list(
        &mut self,
        tournament_id: &TournamentId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<PeriodRow>, StoreError>;

    /// Counts `players` in, in one statement: `false`, changing nothing, when there would be more than `size_max`. The
    /// period stays locked until the transaction ends.
    async fn count_in(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        players: u32,
        size_max: Option<u32>,
    ) -> Result<bool, StoreError>;

    /// A place in a cohort of a tier with `size` places: which one, and whether it was opened for this player. The
    /// period is locked by this transaction.
    async fn take_cohort(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        tier: u32,
        size: u32,
    ) -> Result<(u32, bool), StoreError>;

    /// Up to `limit` boards of a period in the order of their cohorts, behind `after`.
    async fn boards(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<PeriodBoard>, StoreError>;

    /// How many boards of a period are not final.
    async fn boards_left(&mut self, tournament_id: &TournamentId, period: u32) -> Result<u64, StoreError>;

    /// The periods that are not final, the oldest first; at most 1000.
    async fn not_final(&mut self, tournament_id: &TournamentId) -> Result<Vec<PeriodRow>, StoreError>;

    /// How many periods are not final.
    async fn unfinished(&mut self, tournament_id: &TournamentId) -> Result<u64, StoreError>;
}
