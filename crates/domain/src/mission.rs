//! Missions: things to do, once or again and again, and what they are rewarded with.
//!
//! Here are the shapes that cross the wire to the page, and nothing else; what a mission is stands in [`definition`], and
//! how activities move a player's progress in [`progress`]. The page uses neither, so that its code stays small.

pub mod day;
pub mod definition;
mod in_a_row;
pub mod progress;
pub mod rule;
pub mod streak;
pub mod value;

use serde::{Deserialize, Serialize};

pub use crate::mission::{
    day::Day,
    definition::{Mission, MissionInvalid, Tier},
    progress::{Applied, Progress},
    rule::{Activity, Filter, Measure, Rule},
    value::{FieldValue, Quantity},
};
use crate::{
    condition::Refusal,
    id::{MissionId, RewardId},
    reward::{Prize, Reward},
    time::Timestamp,
    tournament::Title,
};

/// How often a mission can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissionKind {
    /// Once.
    OneOff,
    /// Each day.
    Daily,
    /// Each week, from Monday on.
    Weekly,
    /// Once, on so many days in a row.
    Streak,
    /// Once, tier by tier.
    Achievement,
}

impl MissionKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::OneOff, Self::Daily, Self::Weekly, Self::Streak, Self::Achievement];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneOff => "one_off",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Streak => "streak",
            Self::Achievement => "achievement",
        }
    }
}

/// Where a player stands with a mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissionState {
    /// Not open to the player: a condition is not met, or another mission comes first.
    Locked,
    /// Nothing of it is done yet.
    Available,
    /// Some of it is done.
    InProgress,
    /// It is done, and something can be claimed.
    Done,
    /// It is done and claimed.
    Claimed,
    /// It is over: the mission, or the time to claim it.
    Expired,
}

impl MissionState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Locked, Self::Available, Self::InProgress, Self::Done, Self::Claimed, Self::Expired];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Available => "available",
            Self::InProgress => "in_progress",
            Self::Done => "done",
            Self::Claimed => "claimed",
            Self::Expired => "expired",
        }
    }
}

/// What of a mission's condition a player does not fulfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unmet {
    /// No account is linked.
    Linked,
    /// Not identified far enough.
    Kyc,
    /// Not open where the player lives.
    Region,
}

impl From<Refusal> for Unmet {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLinked => Self::Linked,
            Refusal::Kyc => Self::Kyc,
            Refusal::Region => Self::Region,
        }
    }
}

/// A mission as one player sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionCard {
    /// Its id.
    pub mission_id: MissionId,
    /// How often it can be done.
    pub kind: MissionKind,
    /// What it is called.
    pub title: Title,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Title>,
    /// Where the player stands.
    pub state: MissionState,
    /// The condition that keeps it locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmet: Option<Unmet>,
    /// The missions that come first and are not done yet.
    pub after: Vec<MissionId>,
    /// How much is done, as a decimal: in this period, or of the next tier.
    pub value: String,
    /// How much is to be done.
    pub target: String,
    /// How much of it that is, from 0 to 1000: a ring's angle.
    pub permille: u16,
    /// Of a streak: the days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streak: Option<StreakCard>,
    /// Of an achievement: its tiers, the lowest first.
    pub tiers: Vec<TierCard>,
    /// When the day or week is over, and it can be done anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_ends_at: Option<Timestamp>,
    /// When the mission is over for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// What it is rewarded with; of an achievement, the next tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Prize>,
    /// What can be claimed now, of earlier days too, the oldest first.
    pub claimable: Vec<Claimable>,
}

/// A reward of a mission that waits for its player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claimable {
    /// The reward.
    pub reward_id: RewardId,
    /// What it is.
    pub what: Prize,
    /// Until when it can be claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// The days of a streak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreakCard {
    /// Days in a row so far.
    pub days: u16,
    /// Days in a row that it takes.
    pub target: u16,
    /// Missed days that it can still bear.
    pub freezes_left: u8,
    /// Missed days that it could bear when it began.
    pub freezes: u8,
    /// Whether today counts already.
    pub is_today_done: bool,
}

/// A tier of an achievement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TierCard {
    /// How much it takes, as a decimal.
    pub target: String,
    /// `available`, `in_progress` (the next one), `done` (to be claimed), `claimed`, `expired`.
    pub state: MissionState,
    /// What it is rewarded with.
    pub reward: Prize,
}

/// A player's missions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Missions {
    /// Grows with each change of the player's progress.
    pub version: u64,
    /// What can be claimed first, then what is going on, then what is locked, then what is over.
    pub missions: Vec<MissionCard>,
}

/// What a claim of a mission comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionClaim {
    /// The mission as it is now.
    pub mission: MissionCard,
    /// Its rewards that are granted, the newest last.
    pub rewards: Vec<Reward>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms_are_the_serialised_ones() {
        for kind in MissionKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
        for state in MissionState::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.as_str()));
        }
    }
}
