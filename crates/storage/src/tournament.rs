//! Tournaments.

use async_trait::async_trait;
use domain::{
    Order, Owner, Timestamp, Tournament, TournamentId,
    board::TournamentCard,
    tournament::{Phase, lifecycle::State, rules::TournamentRules, view::ListFilter},
};

use crate::error::StoreError;

/// Where a tournament stands, and what its definition says beyond the first paint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TournamentStatus {
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands; what readers see and whether scores count follows from the clock too.
    pub state: State,
    /// Whether it takes no scores for now.
    pub is_frozen: bool,
    /// Its rules.
    pub rules: TournamentRules,
    /// Whether a score asks for its player's entry: where it does not, scores go straight to the board.
    pub asks_entries: bool,
    /// For which start players were reminded.
    pub reminded_for: Option<Timestamp>,
    /// Grows by one with each change of the definition.
    pub revision: u64,
    /// The end that the platform told last, where an operator has decided on another one.
    pub told_ends_at: Option<Timestamp>,
    /// The time of the definition that stands, where the platform has told it: an older one that comes late changes
    /// nothing.
    pub told_at: Option<Timestamp>,
    /// When it was thawed last: from then on what was refused while it was frozen is taken for the usual time.
    pub thawed_at: Option<Timestamp>,
}

impl Default for TournamentStatus {
    /// What a tournament is that was announced and nothing more.
    fn default() -> Self {
        Self {
            owner: Owner::Platform,
            state: State::Scheduled,
            is_frozen: false,
            rules: TournamentRules::default(),
            asks_entries: false,
            reminded_for: None,
            revision: 0,
            told_ends_at: None,
            told_at: None,
            thawed_at: None,
        }
    }
}

/// A tournament with what its boards have come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TournamentRow {
    /// The tournament.
    pub tournament: Tournament,
    /// How many players have a rank on the boards of the latest period.
    pub players: u64,
    /// Whether a score has ever changed a board of it.
    pub has_scores: bool,
    /// Where it stands, and its rules.
    pub status: TournamentStatus,
}

impl TournamentRow {
    /// What readers see at `now`, whatever job is late.
    pub fn phase(&self, now: Timestamp) -> Phase {
        self.status.state.phase((self.tournament.starts_at, self.tournament.ends_at), now)
    }

    /// The tournament as lists show it at `now`.
    pub fn card(self, now: Timestamp) -> TournamentCard {
        TournamentCard { phase: self.phase(now), players: self.players, tournament: self.tournament }
    }

    /// Whom it is for.
    pub const fn audience(&self) -> Audience {
        Audience::of(self.status.state, self.status.rules.is_private)
    }
}

/// Who may see a tournament and all that is of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// Whoever is signed in: it is private.
    SignedIn,
    /// Nobody: it is a draft.
    Nobody,
}

impl Audience {
    /// Whom a tournament is for.
    pub const fn of(state: State, is_private: bool) -> Self {
        match (state.is_public(), is_private) {
            (false, _) => Self::Nobody,
            (true, true) => Self::SignedIn,
            (true, false) => Self::Everybody,
        }
    }

    /// Whether a viewer is one of them.
    pub const fn admits(self, is_signed_in: bool) -> bool {
        match self {
            Self::Everybody => true,
            Self::SignedIn => is_signed_in,
            Self::Nobody => false,
        }
    }
}

/// What must be known of a tournament before one of its boards is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// Whom it is for.
    pub audience: Audience,
    /// Which score is better.
    pub order: Order,
}

/// Which tournaments an operator looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TournamentSearch {
    /// In which state alone.
    pub state: Option<State>,
    /// Of whom alone.
    pub owner: Option<Owner>,
    /// What the id or a title holds, letters of ASCII in either case; empty: anything.
    pub text: String,
}

/// Access to tournaments.
#[async_trait]
pub trait TournamentRepository: Send {
    /// Adds or replaces what the first paint shows of a tournament; its boards and where it stands stay.
    async fn upsert(&mut self, tournament: &Tournament, now: Timestamp) -> Result<(), StoreError>;

    /// The tournament with an id.
    async fn by_id(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError>;

    /// What must be known of a tournament before one of its boards is shown; costs a look-up.
    async fn glance(&mut self, tournament_id: &TournamentId) -> Result<Option<Glance>, StoreError>;

    /// The tournaments with these ids, by id; unknown ones are left out. At most 1000 ids.
    async fn by_ids(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError>;

    /// Stores where a tournament stands, and its rules.
    async fn set_status(
        &mut self,
        tournament_id: &TournamentId,
        status: &TournamentStatus,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Up to `limit` tournaments that everybody may see: running ones first (most players first), then upcoming ones
    /// (soonest first), then finished and canceled ones (latest end first); ties by id.
    async fn list(&mut self, now: Timestamp, limit: u32) -> Result<Vec<TournamentRow>, StoreError>;

    /// Up to `limit` tournaments that everybody may see, in the order that `filter` says, then by id, behind `after`: the
    /// time by which they are ordered, and the id.
    async fn page(
        &mut self,
        filter: ListFilter,
        now: Timestamp,
        after: Option<(Timestamp, &TournamentId)>,
        limit: u32,
    ) -> Result<Vec<TournamentRow>, StoreError>;

    /// Up to `limit` tournaments, drafts and private ones included, the latest start first, then by id, behind `after`:
    /// a start and an id.
    async fn search(
        &mut self,
        search: &TournamentSearch,
        after: Option<(Timestamp, &TournamentId)>,
        limit: u32,
    ) -> Result<Vec<TournamentRow>, StoreError>;

    /// The tournament with an id, locked until the transaction ends: whoever changes it does this first.
    async fn lock(&mut self, tournament_id: &TournamentId) -> Result<Option<TournamentRow>, StoreError>;

    /// The tournaments with these ids, by id, none of which changes until the transaction ends; unknown ones are left
    /// out. Whoever takes scores does this before locking boards. At most 1000 ids.
    async fn hold(&mut self, ids: &[TournamentId]) -> Result<Vec<TournamentRow>, StoreError>;
}
