//! What a tournament asks and gives beyond its window and its ranking: joining, attempts, conditions, periods, cohorts,
//! prizes.
//!
//! Everything is optional: the rules of a tournament that only ranks scores are empty.

use std::{collections::BTreeMap, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{
    condition::Condition, locale::Locale, reward::Prize, time::Timestamp, tournament::cohort::Cohorts,
};

/// The most winners that a tournament's board has.
pub const WINNERS_MAX: u32 = 10_000;
/// The most ranges of prizes.
pub const PRIZES_MAX: usize = 200;
/// The most sets of attempts that one player can have.
pub const ENTRIES_MAX: u32 = 100;
/// The most attempts of a set.
pub const ATTEMPTS_MAX: u32 = 1_000_000;
/// The longest time in which a prize can be claimed.
pub const CLAIM_DAYS_MAX: u32 = 365;
/// The most characters of the rules' text in one language.
pub const TEXT_CHARACTERS_MAX: usize = 4000;
/// The most characters of a picture's address.
pub const COVER_CHARACTERS_MAX: usize = 500;

/// The rules of a tournament.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TournamentRules {
    /// Who must join, and when.
    #[serde(skip_serializing_if = "is_default")]
    pub join: Join,
    /// How many scores of a player are taken, for each of their entries; none: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1))]
    pub attempts_max: Option<NonZeroU32>,
    /// Who may take part.
    #[serde(skip_serializing_if = "Condition::is_open")]
    pub condition: Condition,
    /// When a new period begins; none: there is one period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<Reset>,
    /// How players are divided; none: all on one board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohorts: Option<Cohorts>,
    /// What is won, by rank; of one tier the ranges ascend and share no rank.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prizes: Vec<PrizeRange>,
    /// How winners come to their prizes.
    #[serde(skip_serializing_if = "is_default")]
    pub rewards: RewardMode,
    /// For how many days a prize can be claimed; none: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1))]
    pub claim_days: Option<NonZeroU32>,
    /// The rules for players to read, by language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_text: Option<RulesText>,
    /// A picture: an `https` address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// Whether it is left out of lists and its boards are for signed-in players alone.
    #[serde(skip_serializing_if = "is_default")]
    pub is_private: bool,
    /// Who is told the result in the chat, if they want to be told of tournaments at all.
    #[serde(skip_serializing_if = "is_default")]
    pub finish_notice: FinishNotice,
}

/// Joining.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Join {
    /// Whether scores count of those alone who have joined.
    pub required: bool,
    /// From when on; none: as soon as the tournament is announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// Until when; none: until the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Timestamp>,
    /// The most players of a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1))]
    pub size_max: Option<NonZeroU32>,
    /// How often one player can enter a period, each time with a fresh set of attempts; none: once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1))]
    pub entries_max: Option<NonZeroU32>,
}

/// When a new period begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// A cron expression of five fields, e.g. `0 20 * * SUN`.
    pub cron: String,
    /// The time zone in which it is read, e.g. `Europe/Rome`.
    #[serde(default = "utc")]
    pub zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// What the players on some ranks win.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PrizeRange {
    /// The first rank, from 1.
    pub from: u32,
    /// The last rank.
    pub to: u32,
    /// Of which tier alone; none: of every tier that has no prizes of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u32>,
    /// What each of them wins.
    pub what: Prize,
}

/// How winners come to their prizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RewardMode {
    /// The platform is told at once.
    #[default]
    Automatic,
    /// When they have claimed them.
    Claim,
}

/// Who is told the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FinishNotice {
    /// Who has won a prize.
    #[default]
    Winners,
    /// Everybody with a rank.
    Everyone,
    /// Nobody.
    Nobody,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Rules to read, by language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct RulesText(BTreeMap<String, String>);

impl RulesText {
    /// The text for a reader: in their language, else in English, else in any.
    pub fn for_locale(&self, locale: Locale) -> &str {
        [locale.tag(), "en"]
            .into_iter()
            .find_map(|tag| self.0.get(tag))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    fn is_valid(&self) -> bool {
        let fits = |text: &String| !text.trim().is_empty() && text.chars().count() <= TEXT_CHARACTERS_MAX;
        (1..=32).contains(&self.0.len()) && self.0.values().all(fits)
    }
}

/// A rule that can't be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {what}")]
pub struct RuleInvalid {
    /// Which field, with dots between a field and one within it.
    pub field: &'static str,
    /// What is wrong with it.
    pub what: &'static str,
}

const fn wrong(field: &'static str, what: &'static str) -> Result<(), RuleInvalid> {
    Err(RuleInvalid { field, what })
}

impl TournamentRules {
    /// Checks what the types don't. Whether the time zone is known and the cron expression good is left to whoever has
    /// the tables of time zones.
    ///
    /// # Errors
    /// [`RuleInvalid`] names the first field that can't be right.
    pub fn check(&self, window: (Timestamp, Timestamp)) -> Result<(), RuleInvalid> {
        self.join.check(window)?;
        let entries_max = self.join.entries_max.map_or(1, NonZeroU32::get);
        if entries_max > 1 && self.attempts_max.is_none() {
            return wrong("join.entries_max", "needs attempts_max: entering again gives new attempts");
        }
        if self.attempts_max.is_some_and(|max| max.get() > ATTEMPTS_MAX) {
            return wrong("attempts_max", "must be 1 to 1000000");
        }
        if let Some(field) = self.condition.invalid_field() {
            return wrong(field, "must hold at most 300 codes such as DE or DE-BY");
        }
        if let Some(reset) = &self.reset {
            if reset.cron.is_empty() || reset.cron.len() > 100 {
                return wrong("reset.cron", "must be a cron expression of at most 100 characters");
            }
            if reset.zone.is_empty() || reset.zone.len() > 64 {
                return wrong("reset.zone", "must be the name of a time zone");
            }
        }
        if let Some(cohorts) = &self.cohorts {
            if let Some((field, what)) = cohorts.invalid() {
                return wrong(field, what);
            }
            if cohorts.tiers.len() > 1 && self.reset.is_none() {
                return wrong(
                    "cohorts.tiers",
                    "needs reset: players rise and fall from one period to the next",
                );
            }
        }
        self.check_prizes()?;
        self.check_texts()
    }

    fn check_prizes(&self) -> Result<(), RuleInvalid> {
        if self.prizes.len() > PRIZES_MAX {
            return wrong("prizes", "must be at most 200 ranges");
        }
        let (ranks_max, tiers) = match &self.cohorts {
            Some(cohorts) => (cohorts.size, cohorts.tiers.len()),
            None => (WINNERS_MAX, 0),
        };
        let mut last_rank: BTreeMap<Option<u32>, u32> = BTreeMap::new();
        for prize in &self.prizes {
            if prize.from == 0 || prize.to < prize.from {
                return wrong("prizes.from", "must be 1 or more, and not behind to");
            }
            if prize.to > ranks_max {
                return wrong("prizes.to", "must be at most 10000, and at most the size of a cohort");
            }
            if prize.tier.is_some_and(|tier| tier as usize >= tiers) {
                return wrong("prizes.tier", "must be the number of a tier, the lowest 0");
            }
            let before = last_rank.insert(prize.tier, prize.to).unwrap_or_default();
            if prize.from <= before {
                return wrong("prizes", "must ascend and share no rank");
            }
            if prize.what.check().is_err() {
                return wrong(
                    "prizes.what",
                    "needs an amount beside a currency, and a title that is not empty",
                );
            }
        }
        if let Some(days) = self.claim_days {
            if self.rewards != RewardMode::Claim {
                return wrong("claim_days", "needs rewards to be claim");
            }
            if days.get() > CLAIM_DAYS_MAX {
                return wrong("claim_days", "must be 1 to 365");
            }
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), RuleInvalid> {
        if self.rules_text.as_ref().is_some_and(|text| !text.is_valid()) {
            return wrong("rules_text", "must hold 1 to 32 languages of 1 to 4000 characters each");
        }
        if self.cover.as_ref().is_some_and(|cover| !is_picture(cover)) {
            return wrong("cover", "must be an https address of at most 500 characters");
        }
        Ok(())
    }

    /// Whether a score asks for the player's entry before it counts. Where it does not, scores go straight to the board.
    pub fn asks_entries(&self) -> bool {
        self.join.required
            || self.attempts_max.is_some()
            || self.cohorts.is_some()
            || !self.condition.is_open()
    }

    /// From when on players may join; `None` where nobody has to.
    pub fn opens_at(&self) -> Option<Timestamp> {
        self.join.required.then(|| self.join.opens_at.unwrap_or_default())
    }

    /// What the player on `rank` of a board of `tier` wins.
    pub fn prize(&self, tier: u32, rank: u64) -> Option<&Prize> {
        self.prize_ranges(tier)
            .find(|range| (u64::from(range.from)..=u64::from(range.to)).contains(&rank))
            .map(|range| &range.what)
    }

    /// The ranges of prizes that hold in a tier.
    pub fn prize_ranges(&self, tier: u32) -> impl Iterator<Item = &PrizeRange> {
        let has_own = self.prizes.iter().any(|range| range.tier == Some(tier));
        let wanted = has_own.then_some(tier);
        self.prizes.iter().filter(move |range| range.tier == wanted)
    }

    /// The last rank of a tier that wins something; 0 when none does.
    pub fn last_winner(&self, tier: u32) -> u32 {
        self.prize_ranges(tier).map(|range| range.to).max().unwrap_or_default()
    }
}

impl Join {
    fn check(&self, (_, ends_at): (Timestamp, Timestamp)) -> Result<(), RuleInvalid> {
        if !self.required && *self != Self::default() {
            return wrong("join.required", "must be true where join says anything else");
        }
        if self.opens_at.is_some_and(|opens_at| opens_at >= ends_at) {
            return wrong("join.opens_at", "must be before ends_at");
        }
        if self.closes_at.is_some_and(|closes_at| closes_at > ends_at) {
            return wrong("join.closes_at", "must not be behind ends_at");
        }
        if self.opens_at.zip(self.closes_at).is_some_and(|(opens_at, closes_at)| closes_at <= opens_at) {
            return wrong("join.closes_at", "must be later than join.opens_at");
        }
        if self.entries_max.is_some_and(|max| max.get() > ENTRIES_MAX) {
            return wrong("join.entries_max", "must be 1 to 100");
        }
        Ok(())
    }
}

/// Whether a text is an address that a page may load a picture from.
fn is_picture(address: &str) -> bool {
    let rest = address.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    address.len() <= COVER_CHARACTERS_MAX
        && host.contains('.')
        && !host.contains('@')
        && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\`".contains(&byte))
}

#[cfg(test)]
mod tests;
