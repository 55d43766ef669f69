//! Which day a moment belongs to, and when a day begins: in the time zone of a mission, with its daylight saving.
//!
//! The database of zones is part of the binary, so that all nodes agree.

use std::sync::LazyLock;

use domain::{TimeZoneName, Timestamp, mission::Day};
use jiff::{
    Timestamp as Instant,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone with a name; `None` when there is none.
    pub fn find(name: &TimeZoneName) -> Option<Self> {
        if name.as_str() == "UTC" {
            return Some(Self(TimeZone::UTC));
        }
        ZONES.get(name.as_str()).ok().map(Self)
    }

    /// The day of a moment.
    pub fn day_of(&self, at: Timestamp) -> Day {
        let instant = Instant::from_millisecond(at.as_millis()).unwrap_or_else(|_| {
            // Beyond the years that a calendar has: the last day is as good as any.
            if at.as_millis() < 0 { Instant::MIN } else { Instant::MAX }
        });
        let date = self.0.to_datetime(instant).date();
        let days = date.since(EPOCH).map_or(0, |span| span.get_days());
        Day(days)
    }

    /// The first moment of a day. Where midnight is skipped, it is the moment at which the clocks are put forward.
    pub fn start_of(&self, day: Day) -> Timestamp {
        let start = EPOCH
            .checked_add(jiff::Span::new().days(day.0))
            .and_then(|date| date.to_zoned(self.0.clone()))
            .and_then(|midnight| midnight.start_of_day());
        start.map_or(Timestamp::from_millis(i64::MAX), |start| {
            Timestamp::from_millis(start.timestamp().as_millisecond())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::find(&name.parse().unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_its_own_midnight() {
        // 2026-03-29 is day 20 541; Rome puts its clocks forward on it.
        let rome = zone("Europe/Rome");
        assert_eq!(rome.day_of(at("2026-03-28T22:59:59Z")), Day(20_540));
        assert_eq!(rome.day_of(at("2026-03-28T23:00:00Z")), Day(20_541));
        assert_eq!(rome.day_of(at("2026-03-29T21:59:59Z")), Day(20_541), "a day of 23 hours");
        assert_eq!(rome.day_of(at("2026-03-29T22:00:00Z")), Day(20_542));
        assert_eq!(rome.start_of(Day(20_542)), at("2026-03-29T22:00:00Z"));
        assert_eq!(zone("UTC").day_of(at("1970-01-01T00:00:00Z")), Day(0));
        assert_eq!(zone("UTC").day_of(at("1969-12-31T23:59:59Z")), Day(-1));
    }

    #[test]
    fn a_day_without_midnight_begins_when_the_clocks_are_put_forward() {
        // In Beirut the clocks go from 0:00 to 1:00.
        let beirut = zone("Asia/Beirut");
        let begin = beirut.start_of(Day(20_541));
        assert_eq!(begin, at("2026-03-28T22:00:00Z"));
        assert_eq!(beirut.day_of(begin), Day(20_541));
        assert_eq!(beirut.day_of(begin.plus_ms(-1)), Day(20_540));
    }

    #[test]
    fn zones_are_known_by_their_names_alone() {
        for unknown in ["Europe/Nowhere", "CET+1", "../../etc/passwd"] {
            let name: Result<TimeZoneName, _> = unknown.parse();
            assert!(name.ok().and_then(|name| Zone::find(&name)).is_none(), "{unknown}");
        }
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_its_day(
            seconds in 0_i64..4_000_000_000, name in prop::sample::select(vec![
                "UTC", "Europe/Rome", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe",
            ])
        ) {
            let (zone, moment) = (zone(name), Timestamp::from_secs(seconds));
            let day = zone.day_of(moment);
            prop_assert!(zone.start_of(day) <= moment);
            // Apia has left out a whole day.
            prop_assert!(moment < zone.start_of(day.plus(1)) || moment < zone.start_of(day.plus(2)));
        }
    }
}
