//! Rewards: what a player is given for a place, a mission or an achievement.
//!
//! ```text
//!         claim                revoke
//! offered ─────▶ granted ──────────────▶ revoked
//!    │  └──────────────── revoke ───────────▲
//!    └─ time ──▶ expired
//! ```
//! Invariant: one thing is rewarded once. Podium books nothing: a granted reward is an event, and the platform books it.

use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    id::{Currency, RewardCode, RewardId},
    time::Timestamp,
    tournament::Title,
};

/// What somebody is rewarded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RewardSource {
    /// A place in a tournament.
    Tournament,
    /// A mission.
    Mission,
    /// A tier of an achievement.
    Achievement,
}

impl RewardSource {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::Tournament, Self::Mission, Self::Achievement];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tournament => "tournament",
            Self::Mission => "mission",
            Self::Achievement => "achievement",
        }
    }

    /// The source of a text form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

/// Where a reward stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RewardState {
    /// The player may claim it.
    Offered,
    /// The platform is told to book it.
    Granted,
    /// It was not claimed in time.
    Expired,
    /// It was taken back.
    Revoked,
}

impl RewardState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Offered, Self::Granted, Self::Expired, Self::Revoked];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Granted => "granted",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The state of a text form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What the platform is to book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Prize {
    /// What the platform calls it.
    pub code: RewardCode,
    /// How much of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// In which currency; only with an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What players read, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
}

/// Why a prize can't be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrizeInvalid {
    /// A currency without an amount.
    #[error("currency needs an amount")]
    CurrencyAlone,
    /// The title is empty or too long.
    #[error("title must hold 1 to 32 languages of 1 to 120 characters each")]
    Title,
}

impl Prize {
    /// Checks what the types don't.
    ///
    /// # Errors
    /// [`PrizeInvalid`] says what is wrong.
    pub fn check(&self) -> Result<(), PrizeInvalid> {
        if self.currency.is_some() && self.amount.is_none() {
            return Err(PrizeInvalid::CurrencyAlone);
        }
        if self.title.as_ref().is_some_and(|title| !title.is_valid()) {
            return Err(PrizeInvalid::Title);
        }
        Ok(())
    }
}

/// A reward as its player sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reward {
    /// Its id.
    pub reward_id: RewardId,
    /// What it is for.
    pub source: RewardSource,
    /// Which one of these.
    pub source_id: String,
    /// What it is.
    pub what: Prize,
    /// Where it stands.
    pub state: RewardState,
    /// Since when it can be claimed, or when it was granted at once.
    pub offered_at: Timestamp,
    /// Until when it can be claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_at: Option<Timestamp>,
}

/// Some of a player's rewards, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RewardsPage {
    /// The rewards.
    pub rewards: Vec<Reward>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms_are_read_back_and_are_the_serialised_ones() {
        for source in RewardSource::ALL {
            assert_eq!(RewardSource::from_text(source.as_str()), Some(source));
            assert_eq!(serde_json::to_string(&source).unwrap(), format!("\"{}\"", source.as_str()));
        }
        for state in RewardState::ALL {
            assert_eq!(RewardState::from_text(state.as_str()), Some(state));
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.as_str()));
        }
    }

    #[test]
    fn a_prize_is_checked() {
        let read = |text: &str| serde_json::from_str::<Prize>(text);
        let check = |text: &str| read(text).unwrap().check();
        assert_eq!(check(r#"{"code":"cash","amount":"10","currency":"EUR"}"#), Ok(()));
        assert_eq!(check(r#"{"code":"free_spins","amount":"20","title":{"en":"20 free spins"}}"#), Ok(()));
        assert_eq!(check(r#"{"code":"cash","currency":"EUR"}"#), Err(PrizeInvalid::CurrencyAlone));
        assert_eq!(check(r#"{"code":"badge","title":{}}"#), Err(PrizeInvalid::Title));
        for bad in [
            "{}",
            r#"{"code":""}"#,
            r#"{"code":"a b"}"#,
            r#"{"code":"cash","amount":10}"#,
            r#"{"code":"cash","amount":"10","currency":"€"}"#,
            r#"{"code":"cash","sum":"10"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn what_is_not_there_is_not_written() {
        let prize: Prize = serde_json::from_str(r#"{"code":"badge"}"#).unwrap();
        assert_eq!(serde_json::to_string(&prize).unwrap(), r#"{"code":"badge"}"#);
    }
}
