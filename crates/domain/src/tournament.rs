//! What a tournament is and when it takes scores.

pub mod cohort;
pub mod lifecycle;
pub mod rules;
pub mod steps;
pub mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    id::TournamentId,
    locale::Locale,
    ranking::{BoardOrder, Order, Ranking, TieOrders},
    time::Timestamp,
};

/// How several scores of one player become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// The best one counts.
    Best,
    /// All are added up.
    Sum,
    /// The one with the latest time counts.
    Latest,
    /// How many there are counts, whatever their points.
    Count,
}

/// Where a tournament stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Not begun.
    Upcoming,
    /// Taking scores.
    Running,
    /// Over.
    Finished,
    /// It does not take place.
    Canceled,
}

impl Phase {
    /// Where what begins at `starts_at` and is over at `ends_at` stands at `now`.
    pub fn at(now: Timestamp, starts_at: Timestamp, ends_at: Timestamp) -> Self {
        if now < starts_at {
            Self::Upcoming
        } else if now < ends_at {
            Self::Running
        } else {
            Self::Finished
        }
    }
}

/// A competition with a window in time and one board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tournament {
    /// The platform's id.
    pub tournament_id: TournamentId,
    /// The title by language; never empty.
    pub title: Title,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts; later than `starts_at`.
    pub ends_at: Timestamp,
    /// How scores of one player add up.
    pub operator: Operator,
    /// Which score is better.
    pub order: Order,
    /// What decides between equal scores, before time does.
    #[serde(default, skip_serializing_if = "TieOrders::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Order>))]
    pub ties: TieOrders,
}

/// A title in one or more languages, sorted by language tag. On the wire it is a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(Vec<(String, String)>);

impl Title {
    /// The most characters that one language's title may have.
    pub const CHARACTERS_MAX: usize = 120;

    /// A title from a map of language tags to texts. `None` when it is empty, or a text is empty or too long.
    pub fn new(by_locale: BTreeMap<String, String>) -> Option<Self> {
        let title = Self(by_locale.into_iter().collect());
        title.is_valid().then_some(title)
    }

    /// Whether a title that was read keeps the limits.
    pub fn is_valid(&self) -> bool {
        self.fits(Self::CHARACTERS_MAX)
    }

    /// Whether it is a text in 1 to 32 languages, none of them empty or longer than `characters_max`.
    pub fn fits(&self, characters_max: usize) -> bool {
        let fits =
            |(_, text): &(String, String)| !text.trim().is_empty() && text.chars().count() <= characters_max;
        (1..=32).contains(&self.0.len()) && self.0.iter().all(fits)
    }

    /// A title as the server has sent it, sorted by language tag.
    pub const fn from_wire(by_locale: Vec<(String, String)>) -> Self {
        Self(by_locale)
    }

    /// The title for a reader: in their language, else in English, else in any.
    pub fn for_locale(&self, locale: Locale) -> &str {
        [locale.tag(), "en"]
            .into_iter()
            .find_map(|tag| self.0.iter().find(|(other, _)| other == tag))
            .or_else(|| self.0.first())
            .map_or("", |(_, text)| text)
    }
}

impl Serialize for Title {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(tag, text)| (tag, text)))
    }
}

impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(BTreeMap::deserialize(deserializer)?.into_iter().collect()))
    }
}

impl Tournament {
    /// How scores become standings, and standings ranks.
    pub const fn ranking(&self) -> Ranking {
        Ranking { operator: self.operator, order: BoardOrder { order: self.order, ties: self.ties } }
    }

    /// Where the tournament stands at `now`.
    pub fn phase(&self, now: Timestamp) -> Phase {
        Phase::at(now, self.starts_at, self.ends_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tournament() -> Tournament {
        Tournament {
            tournament_id: "cup".parse().unwrap(),
            title: Title::new(BTreeMap::from([("en".to_owned(), "Cup".to_owned())])).unwrap(),
            starts_at: Timestamp::from_millis(1000),
            ends_at: Timestamp::from_millis(2000),
            operator: Operator::Best,
            order: Order::Desc,
            ties: TieOrders::default(),
        }
    }

    #[test]
    fn phases_follow_the_window() {
        let phases = [999, 1000, 1999, 2000].map(|now| tournament().phase(Timestamp::from_millis(now)));
        assert_eq!(phases, [Phase::Upcoming, Phase::Running, Phase::Running, Phase::Finished]);
    }

    #[test]
    fn a_missing_language_falls_back_to_english() {
        assert_eq!(tournament().title.for_locale(Locale::Ru), "Cup");
    }
}
