//! Days of the calendar as numbers, and the periods that are made of them. Which day a moment belongs to depends on a
//! time zone, and is asked where there is a database of them.

use serde::{Deserialize, Serialize};

/// Days since 1970-01-01, of some time zone's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// The Monday of its week.
    #[must_use]
    pub const fn monday(self) -> Self {
        // 1970-01-01 was a Thursday.
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// The day so many days later.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        // 2026-01-05 was a Monday.
        let monday = Day(20_458);
        for later in 0..7 {
            assert_eq!(monday.plus(later).monday(), monday);
        }
        assert_eq!(monday.plus(7).monday(), monday.plus(7));
        assert_eq!(monday.plus(-1).monday(), monday.plus(-7));
        assert_eq!(Day(0).monday(), Day(-3));
    }
}
