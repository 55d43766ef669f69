//! Entries: who takes part in a period of a tournament.
//!
//! Invariant: of one player and period there is one entry, however often they join or their first scores come.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId, UserId};

use crate::error::StoreError;

/// The most entries that one call adds or looks for.
pub const ENTRIES_MAX: usize = 1000;

/// How a player came to take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryOrigin {
    /// They joined in the Mini App or by the API.
    App,
    /// They joined in the chat.
    Chat,
    /// Their first score placed them.
    Score,
    /// The platform gave them attempts, or excluded them, before anything else was known.
    Platform,
}

impl EntryOrigin {
    /// Every origin.
    pub const ALL: [Self; 4] = [Self::App, Self::Chat, Self::Score, Self::Platform];

    /// The stored form, and the metric label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Chat => "chat",
            Self::Score => "score",
            Self::Platform => "platform",
        }
    }

    /// The origin of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// A player's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Which tournament.
    pub tournament_id: TournamentId,
    /// Which period.
    pub period: u32,
    /// Who.
    pub user_id: UserId,
    /// When.
    pub joined_at: Timestamp,
    /// How.
    pub origin: EntryOrigin,
    /// In which cohort; 0 where there are none.
    pub cohort: u32,
    /// In which tier.
    pub tier: u32,
    /// How often the player has entered: each gives a set of attempts. 0: not at all, something else is noted here.
    pub entries: u32,
    /// Attempts beyond those.
    pub attempts_granted: u32,
    /// Since when the player is excluded, and why.
    pub disqualified: Option<(Timestamp, String)>,
}

impl EntryRow {
    /// How many scores of the player are taken. `attempts_max` is a set of attempts; without it all are.
    pub fn attempts_allowed(&self, attempts_max: Option<u32>) -> Option<u64> {
        attempts_max.map(|max| u64::from(max) * u64::from(self.entries) + u64::from(self.attempts_granted))
    }
}

/// Access to entries.
#[async_trait]
pub trait EntryRepository: Send {
    /// Adds entries, in one statement, and returns those users that are new. An entry that is there stays, but one of
    /// a player who has not entered yet is given the cohort, the tier and the first entry; that counts as new. Of one
    /// tournament and period, each user once, at most [`ENTRIES_MAX`].
    async fn add_many(&mut self, entries: &[EntryRow]) -> Result<Vec<UserId>, StoreError>;

    /// The entries of some players in a period, in the order of their ids. At most [`ENTRIES_MAX`].
    async fn of_users(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        users: &[UserId],
    ) -> Result<Vec<EntryRow>, StoreError>;

    /// The latest entry of a player in a tournament, before a period when given.
    async fn latest(
        &mut self,
        tournament_id: &TournamentId,
        user_id: UserId,
        before: Option<u32>,
    ) -> Result<Option<EntryRow>, StoreError>;

    /// Up to `limit` entries of a player, by tournament and period, behind `after`.
    async fn of_user(
        &mut self,
        user_id: UserId,
        after: Option<(&TournamentId, u32)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError>;

    /// Lets a player enter once more, in one statement: `false`, changing nothing, when they have entered `entries_max`
    /// times or not at all.
    async fn enter_again(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
        entries_max: u32,
    ) -> Result<bool, StoreError>;

    /// Gives a player more attempts; notes it for one who has not entered yet.
    async fn grant_attempts(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
        attempts: u32,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Excludes a player, also one who has not entered. Returns `false`, changing nothing, when they are excluded
    /// already.
    async fn disqualify(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
        now: Timestamp,
        reason: &str,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` entries of a period whose players are excluded, the latest first, then by user.
    async fn disqualified(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError>;

    /// Takes an exclusion back. Returns `false` when there is none.
    async fn reinstate(
        &mut self,
        tournament_id: &TournamentId,
        period: u32,
        user_id: UserId,
    ) -> Result<bool, StoreError>;
}
