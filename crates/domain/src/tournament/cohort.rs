//! Cohorts and leagues: who plays against whom, who rises and who falls.
//!
//! A cohort is a small board of its own. Cohorts belong to a tier; tier 0 is the lowest, and where everybody begins. At
//! the end of a period the best of a cohort rise to the next tier and the last fall, for the period that comes.

use serde::{Deserialize, Serialize};

use crate::tournament::Title;

/// The most players of a cohort.
pub const SIZE_MAX: u32 = 100;
/// The most tiers.
pub const TIERS_MAX: usize = 20;

/// How players are divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Cohorts {
    /// The most players of a cohort, 2 to 100.
    pub size: u32,
    /// The leagues, the lowest first. Empty: cohorts without leagues.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
}

/// A league.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// What players read.
    pub title: Title,
    /// How many of a cohort rise; none of the highest tier.
    #[serde(default)]
    pub promote: u32,
    /// How many of a cohort fall; none of the lowest tier.
    #[serde(default)]
    pub demote: u32,
}

/// What the end of a period does to a player of a league.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Movement {
    /// To the next higher tier.
    Promoted,
    /// Nowhere.
    Stays,
    /// To the next lower tier.
    Demoted,
}

impl Cohorts {
    /// What becomes of the player on `rank` (1 is the best) of a cohort of `tier` in which `players` have a rank.
    ///
    /// Who rises is counted first: in a cohort that is too small for both, nobody who is among the best falls. Whoever
    /// plays alone neither rises nor falls: nobody was beaten.
    pub fn movement(&self, tier: u32, rank: u64, players: u64) -> Movement {
        let Some(rules) = self.tiers.get(tier as usize) else { return Movement::Stays };
        if players < 2 || rank == 0 || rank > players {
            return Movement::Stays;
        }
        let is_highest = tier as usize + 1 == self.tiers.len();
        if !is_highest && rank <= u64::from(rules.promote) {
            Movement::Promoted
        } else if tier > 0 && rank > players.saturating_sub(u64::from(rules.demote)) {
            Movement::Demoted
        } else {
            Movement::Stays
        }
    }

    /// The tier in which the player on `rank` of a cohort of `tier` plays the next period.
    pub fn next_tier(&self, tier: u32, rank: u64, players: u64) -> u32 {
        let next = match self.movement(tier, rank, players) {
            Movement::Promoted => tier + 1,
            Movement::Stays => tier,
            Movement::Demoted => tier.saturating_sub(1),
        };
        self.clamp(next)
    }

    /// A tier that there is: leagues may have become fewer since it was stored.
    pub fn clamp(&self, tier: u32) -> u32 {
        let highest = u32::try_from(self.tiers.len().saturating_sub(1)).unwrap_or(u32::MAX);
        tier.min(highest)
    }

    /// Which field can't be right, and why.
    pub(super) fn invalid(&self) -> Option<(&'static str, &'static str)> {
        if !(2..=SIZE_MAX).contains(&self.size) {
            return Some(("cohorts.size", "must be 2 to 100"));
        }
        if self.tiers.len() > TIERS_MAX {
            return Some(("cohorts.tiers", "must be at most 20"));
        }
        let last = self.tiers.len().saturating_sub(1);
        for (number, tier) in self.tiers.iter().enumerate() {
            if !tier.title.is_valid() {
                return Some((
                    "cohorts.tiers.title",
                    "must hold 1 to 32 languages of 1 to 120 characters each",
                ));
            }
            if number == last && tier.promote > 0 {
                return Some(("cohorts.tiers.promote", "must be 0 in the highest tier"));
            }
            if number == 0 && tier.demote > 0 {
                return Some(("cohorts.tiers.demote", "must be 0 in the lowest tier"));
            }
            if u64::from(tier.promote) + u64::from(tier.demote) > u64::from(self.size) {
                return Some(("cohorts.tiers", "must not promote and demote more players than a cohort has"));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn tier(promote: u32, demote: u32) -> Tier {
        let title = Title::new(BTreeMap::from([("en".to_owned(), "League".to_owned())])).unwrap();
        Tier { title, promote, demote }
    }

    fn leagues() -> Cohorts {
        Cohorts { size: 10, tiers: vec![tier(3, 0), tier(2, 2), tier(0, 4)] }
    }

    #[test]
    fn the_best_rise_and_the_last_fall() {
        use Movement::{Demoted, Promoted, Stays};
        let cases = [
            // tier, rank, players, what becomes of them, the next tier
            (0, 1, 10, Promoted, 1),
            (0, 3, 10, Promoted, 1),
            (0, 4, 10, Stays, 0),
            (0, 10, 10, Stays, 0),
            (1, 2, 10, Promoted, 2),
            (1, 3, 10, Stays, 1),
            (1, 8, 10, Stays, 1),
            (1, 9, 10, Demoted, 0),
            (1, 10, 10, Demoted, 0),
            (2, 1, 10, Stays, 2),
            (2, 6, 10, Stays, 2),
            (2, 7, 10, Demoted, 1),
            // Too small for both: rising goes first.
            (1, 2, 3, Promoted, 2),
            (1, 3, 3, Demoted, 0),
            (1, 2, 2, Promoted, 2),
            // Alone, or not on the board.
            (0, 1, 1, Stays, 0),
            (2, 1, 1, Stays, 2),
            (1, 0, 10, Stays, 1),
            (1, 11, 10, Stays, 1),
            // A tier that is no longer there.
            (7, 1, 10, Stays, 2),
        ];
        for (tier, rank, players, movement, next) in cases {
            let what = format!("rank {rank} of {players} in tier {tier}");
            assert_eq!(leagues().movement(tier, rank, players), movement, "{what}");
            assert_eq!(leagues().next_tier(tier, rank, players), next, "{what}");
        }
    }

    #[test]
    fn cohorts_without_leagues_move_nobody() {
        let plain = Cohorts { size: 50, tiers: Vec::new() };
        assert_eq!(plain.movement(0, 1, 50), Movement::Stays);
        assert_eq!(plain.next_tier(0, 1, 50), 0);
        assert_eq!(plain.next_tier(4, 1, 50), 0);
    }

    proptest! {
        #[test]
        fn nobody_moves_by_more_than_one_tier_or_out_of_the_leagues(
            tier in 0_u32..3, rank in 0_u64..120, players in 0_u64..110,
        ) {
            let next = leagues().next_tier(tier, rank, players);
            prop_assert!(next < 3 && next.abs_diff(tier) <= 1);
        }

        #[test]
        fn who_stands_higher_never_does_worse(tier in 0_u32..3, rank in 1_u64..100, players in 2_u64..100) {
            let leagues = leagues();
            prop_assume!(rank < players);
            prop_assert!(leagues.next_tier(tier, rank, players) >= leagues.next_tier(tier, rank + 1, players));
        }
    }

    #[test]
    fn leagues_that_can_not_be_right_are_named() {
        let good = leagues();
        assert_eq!(good.invalid(), None);
        let field = |change: fn(&mut Cohorts)| {
            let mut cohorts = leagues();
            change(&mut cohorts);
            cohorts.invalid().map(|(field, _)| field)
        };
        assert_eq!(field(|cohorts| cohorts.size = 1), Some("cohorts.size"));
        assert_eq!(field(|cohorts| cohorts.size = 101), Some("cohorts.size"));
        assert_eq!(field(|cohorts| cohorts.tiers = vec![tier(0, 0); 21]), Some("cohorts.tiers"));
        assert_eq!(field(|cohorts| cohorts.tiers[2].promote = 1), Some("cohorts.tiers.promote"));
        assert_eq!(field(|cohorts| cohorts.tiers[0].demote = 1), Some("cohorts.tiers.demote"));
        assert_eq!(field(|cohorts| cohorts.tiers[1].promote = 9), Some("cohorts.tiers"));
        assert_eq!(
            field(|cohorts| cohorts.tiers[0].title = Title::from_wire(Vec::new())),
            Some("cohorts.tiers.title")
        );
    }
}
