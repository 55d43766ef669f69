//! Who may take part: what a tournament or a mission asks of a player.
//!
//! Pure: the player is what the platform has told of them, and no more is asked than the condition names.

use serde::{Deserialize, Serialize};

/// How far the platform has identified a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KycLevel {
    /// Not at all.
    #[default]
    None,
    /// Who they say they are.
    Basic,
    /// By documents.
    Full,
}

impl KycLevel {
    /// Every level, the lowest first.
    pub const ALL: [Self; 3] = [Self::None, Self::Basic, Self::Full];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "basic",
            Self::Full => "full",
        }
    }

    /// The level with a text form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// What must be true of a player. What is left out asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// An account of the platform and one of Telegram, linked.
    #[serde(skip_serializing_if = "is_false")]
    pub linked: bool,
    /// Identified at least so far.
    #[serde(skip_serializing_if = "is_none_level")]
    pub kyc_at_least: KycLevel,
    /// One of these regions: ISO 3166 codes such as `DE` or `DE-BY`; a country holds its parts. Empty: anywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_none_level(level: &KycLevel) -> bool {
    matches!(level, KycLevel::None)
}

/// What is known of a player, as far as conditions ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Person<'a> {
    /// Whether an account of the platform and one of Telegram are linked.
    pub is_linked: bool,
    /// How far the platform has identified them.
    pub kyc_level: KycLevel,
    /// Where they are, when the platform has told.
    pub region: Option<&'a str>,
}

/// Why a player is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No link.
    #[error("the accounts are not linked")]
    NotLinked,
    /// Not identified far enough.
    #[error("the player is not identified far enough")]
    Kyc,
    /// Elsewhere, or nobody knows where.
    #[error("the player's region does not take part")]
    Region,
}

impl Condition {
    /// The most regions that a condition names.
    pub const REGIONS_MAX: usize = 300;

    /// Whether a player may take part.
    ///
    /// # Errors
    /// The first thing that is missing, in the order in which a player can mend them.
    pub fn admits(&self, person: &Person<'_>) -> Result<(), Refusal> {
        if self.linked && !person.is_linked {
            return Err(Refusal::NotLinked);
        }
        if person.kyc_level < self.kyc_at_least {
            return Err(Refusal::Kyc);
        }
        let is_inside = |region: &str| self.regions.iter().any(|wanted| holds(wanted, region));
        if !self.regions.is_empty() && !person.region.is_some_and(is_inside) {
            return Err(Refusal::Region);
        }
        Ok(())
    }

    /// Whether it asks for anything.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The field that can't be right, if one is.
    pub fn invalid_field(&self) -> Option<&'static str> {
        let is_wrong =
            self.regions.len() > Self::REGIONS_MAX || !self.regions.iter().all(|one| is_region(one));
        is_wrong.then_some("condition.regions")
    }
}

/// Whether a text has the shape of a region's code: two letters, or two letters, a hyphen and one to three letters or
/// digits.
pub fn is_region(text: &str) -> bool {
    let (country, part) = text.split_once('-').map_or((text, None), |(country, part)| (country, Some(part)));
    let is_part = |part: &str| {
        (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && part.is_none_or(is_part)
}

/// Whether the region `wanted` is `region` or the country that it is a part of.
fn holds(wanted: &str, region: &str) -> bool {
    region.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(json: &str) -> Condition {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_a_condition_does_not_name_it_does_not_ask() {
        assert_eq!(condition("{}").admits(&Person::default()), Ok(()));
        assert!(condition("{}").is_open());
        assert_eq!(serde_json::to_string(&Condition::default()).unwrap(), "{}");
    }

    #[test]
    fn each_missing_thing_has_its_refusal() {
        let all = condition(r#"{"linked":true,"kyc_at_least":"basic","regions":["DE","US-NY"]}"#);
        let good = Person { is_linked: true, kyc_level: KycLevel::Full, region: Some("DE-BY") };
        let cases = [
            (good, Ok(())),
            (Person { region: Some("DE"), ..good }, Ok(())),
            (Person { region: Some("US-NY"), ..good }, Ok(())),
            (Person { is_linked: false, ..good }, Err(Refusal::NotLinked)),
            (Person { kyc_level: KycLevel::None, ..good }, Err(Refusal::Kyc)),
            (Person { kyc_level: KycLevel::Basic, ..good }, Ok(())),
            (Person { region: None, ..good }, Err(Refusal::Region)),
            (Person { region: Some("US"), ..good }, Err(Refusal::Region)),
            (Person { region: Some("US-NYX"), ..good }, Err(Refusal::Region)),
            (Person { region: Some("DEX"), ..good }, Err(Refusal::Region)),
        ];
        for (person, expected) in cases {
            assert_eq!(all.admits(&person), expected, "{person:?}");
        }
    }

    #[test]
    fn a_condition_with_a_wrong_region_names_the_field() {
        assert_eq!(condition(r#"{"regions":["DE","US-NY"]}"#).invalid_field(), None);
        for bad in ["de", "DEU", "D", "DE-", "DE-BYXX", "DE_BY", ""] {
            let condition = Condition { regions: vec![bad.to_owned()], ..Condition::default() };
            assert_eq!(condition.invalid_field(), Some("condition.regions"), "{bad:?}");
        }
    }

    #[test]
    fn an_unknown_field_of_a_condition_is_refused() {
        assert!(serde_json::from_str::<Condition>(r#"{"age":18}"#).is_err());
    }

    #[test]
    fn levels_are_read_back() {
        for level in KycLevel::ALL {
            assert_eq!(KycLevel::from_text(level.as_str()), Some(level));
            assert_eq!(serde_json::to_string(&level).unwrap(), format!("\"{}\"", level.as_str()));
        }
    }
}
