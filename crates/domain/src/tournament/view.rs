//! The shapes in which tournaments cross the wire beyond the first paint: what a tournament asks and gives, what a player
//! has of it, its periods and its results.

use serde::{Deserialize, Serialize};

use crate::{
    board::TournamentCard,
    condition::Condition,
    id::{BoardId, EventId, PlayerKey, TournamentId},
    ranking::Score,
    reward::{Prize, Reward},
    time::Timestamp,
    tournament::{
        Phase, Title,
        cohort::{Cohorts, Movement},
        rules::{Join, PrizeRange, Reset, RewardMode, RulesText},
    },
};

/// Which tournaments a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ListFilter {
    /// Taking scores; the one that ends first comes first.
    Live,
    /// Not begun; the one that starts first comes first.
    Upcoming,
    /// Over or canceled; the one that ended last comes first.
    Past,
}

/// Some tournaments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TournamentsPage {
    /// The tournaments.
    pub tournaments: Vec<TournamentCard>,
    /// What to pass for the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// What everybody may know of a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TournamentDetails {
    /// Which.
    pub tournament_id: TournamentId,
    /// Where it stands.
    pub phase: Phase,
    /// Whether it takes no scores for now.
    pub is_frozen: bool,
    /// The period that is played, else the one that comes, else the last one.
    pub period: PeriodView,
    /// Joining.
    pub join: Join,
    /// How many players have entered the period, where that is counted.
    pub entries: u64,
    /// How many scores of a player are taken, for each of their entries; none: all.
    pub attempts_max: Option<u32>,
    /// Who may take part.
    pub condition: Condition,
    /// When a new period begins.
    pub reset: Option<Reset>,
    /// How players are divided.
    pub cohorts: Option<Cohorts>,
    /// What is won.
    pub prizes: Vec<PrizeRange>,
    /// How winners come to their prizes.
    pub rewards: RewardMode,
    /// For how many days a prize can be claimed; none: for ever.
    pub claim_days: Option<u32>,
    /// The rules to read, by language.
    pub rules_text: Option<RulesText>,
    /// A picture.
    pub cover: Option<String>,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeriodView {
    /// 0 is the first one.
    pub period: u32,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
    /// Where it stands.
    pub phase: Phase,
    /// Whether its final ranks stand.
    pub is_final: bool,
}

/// Periods of a tournament, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeriodsPage {
    /// The periods.
    pub periods: Vec<PeriodView>,
    /// What to pass for the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// A player's part in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Which period.
    pub period: u32,
    /// Since when.
    pub joined_at: Timestamp,
    /// How often the player has entered.
    pub entries: u32,
    /// The board on which they are ranked.
    pub board: BoardId,
    /// Their cohort; 0 where there are none.
    pub cohort: u32,
    /// Their tier; 0 is the lowest.
    pub tier: u32,
    /// Whether they are excluded.
    pub is_disqualified: bool,
}

/// What a player has of a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mine {
    /// Which.
    pub tournament_id: TournamentId,
    /// Their part in the period that comes, where they have joined it; else in the one that is played or was the last one;
    /// none when they have none.
    pub entry: Option<Entry>,
    /// The board that they see in the period that is played or was the last one: their own, or the one for everybody.
    pub board: BoardId,
    /// Whether joining would succeed now.
    pub can_join: bool,
    /// Whether they are told of its start, and when they fall behind.
    pub wants_reminder: bool,
    /// How many scores of theirs are taken in the period; none: all.
    pub attempts_allowed: Option<u64>,
    /// How many were.
    pub attempts_used: u64,
    /// Their final rank in the period.
    pub result: Option<ResultEntry>,
    /// What that rank does to them in a league.
    pub movement: Option<Movement>,
    /// What they have won.
    pub reward: Option<Reward>,
    /// Where they stood when they looked, the oldest first: at most 48, at least five minutes apart.
    #[serde(default)]
    pub ranks: Vec<RankSample>,
}

/// A score of a player, or what corrected one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreLine {
    /// The id of the platform's event.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub event: EventId,
    /// What was played, or what counts from now on; none when a score was declared void.
    pub score: Option<Score>,
    /// What decides between equal scores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<Score>,
    /// The event's time.
    pub happened_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// The event of the score that this corrects; none for a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub corrects: Option<EventId>,
}

/// Some of a player's scores on a board, those that came last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoresPage {
    /// The board.
    pub board: BoardId,
    /// The scores, and what corrected them.
    pub scores: Vec<ScoreLine>,
    /// What to pass for the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// Where a player stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RankSample {
    /// When.
    pub at: Timestamp,
    /// 1, 2, 3 …
    pub rank: u64,
}

/// A final rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultEntry {
    /// 1, 2, 3 … without gaps.
    pub rank: u64,
    /// Who, by the key that the board had then.
    pub player: PlayerKey,
    /// The public name now; none of a player who was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// What counted.
    pub score: Score,
    /// What decided between equal scores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<Score>,
    /// When it was reached.
    pub achieved_at: Timestamp,
    /// What was won.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prize: Option<Prize>,
}

/// A part of a board's results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultsPage {
    /// Which board.
    pub board: BoardId,
    /// How many players have a rank.
    pub players: u64,
    /// SHA-256 over all ranks, in hexadecimal; how to compute it stands in the documentation.
    pub result_hash: String,
    /// The ranks.
    pub results: Vec<ResultEntry>,
    /// What to pass for the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// A tournament that is over, as a player has ended in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastResult {
    /// Which.
    pub tournament_id: TournamentId,
    /// Which board of it.
    pub board: BoardId,
    /// What it is called.
    pub title: Title,
    /// When the period ended.
    pub ended_at: Timestamp,
    /// The final rank.
    pub rank: u64,
    /// How many players had one.
    pub players: u64,
    /// What counted.
    pub score: Score,
    /// What was won.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prize: Option<Prize>,
}

/// Some of a player's final ranks, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryPage {
    /// The ranks.
    pub results: Vec<PastResult>,
    /// What to pass for the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// In which tournaments a player takes part or has done so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entered {
    /// Their ids, sorted.
    pub tournaments: Vec<TournamentId>,
}
