//! Times as whoever looks wants to read and write them: in a named time zone, with its daylight saving.
//!
//! Invariant: what is stored is a moment; a zone is chosen by who looks, stands in the address of the page, and changes
//! nothing.

use domain::Timestamp;
use jiff::{
    Timestamp as Instant, Zoned,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

use crate::schedule::ZONES;

/// The zones that a page offers; every other name of the IANA database works in an address.
pub const OFFERED: &[&str] = &[
    "UTC",
    "Europe/London",
    "Europe/Rome",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Athens",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Dubai",
    "Asia/Tashkent",
    "Asia/Almaty",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
];

/// The longest name of a zone.
const NAME_BYTES_MAX: usize = 64;

/// The time zone of whoever looks.
#[derive(Debug, Clone)]
pub struct ViewerZone {
    name: String,
    zone: TimeZone,
}

impl Default for ViewerZone {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }
}

/// A moment in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTime {
    /// `2026-03-29`
    pub day: String,
    /// `20:00`, with seconds where there are any.
    pub time: String,
    /// `UTC+02:00`
    pub offset: String,
    /// Whether clocks are changed on that day.
    pub is_change_day: bool,
}

impl ViewerZone {
    /// The zone with a name; `None` when there is none.
    pub fn find(name: &str) -> Option<Self> {
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return None;
        }
        if name == "UTC" {
            return Some(Self::default());
        }
        let zone = ZONES.get(name).ok().filter(|zone| !zone.is_unknown())?;
        let name = zone.iana_name()?.to_owned();
        Some(Self { name, zone })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        let instant = Instant::from_millisecond(at.as_millis()).unwrap_or_else(|_| {
            // Beyond the years that a calendar has: its last day is as good as any.
            if at.as_millis() < 0 { Instant::MIN } else { Instant::MAX }
        });
        instant.to_zoned(self.zone.clone())
    }

    /// A moment as the zone's clocks show it.
    pub fn show(&self, at: Timestamp) -> LocalTime {
        let zoned = self.zoned(at);
        let time = zoned.time();
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let date = zoned.date();
        LocalTime {
            day: format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
            time: match second {
                0 => format!("{hour:02}:{minute:02}"),
                second => format!("{hour:02}:{minute:02}:{second:02}"),
            },
            offset: offset_text(zoned.offset()),
            is_change_day: is_change_day(&zoned),
        }
    }

    /// What a field for a date and a time holds.
    pub fn field(&self, at: Timestamp) -> String {
        let LocalTime { day, time, .. } = self.show(at);
        format!("{day}T{time}")
    }

    /// The moment that a field for a date and a time means in this zone. A time that clocks skip is as much later as
    /// they skip; of one that comes twice it is the first.
    pub fn parse(&self, field: &str) -> Option<Timestamp> {
        // Fields without seconds are read too, a date alone is not.
        if !(16..=19).contains(&field.len()) || field.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let civil: DateTime = field.parse().ok()?;
        let zoned = civil.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_millis(zoned.timestamp().as_millisecond()))
    }

    /// The moment that a field means which was filled in with the moment `was`: that one for as long as the field says the
    /// same. Its text alone would lose the parts of a second, and which of two hours is meant that clocks show alike.
    pub fn parse_kept(&self, field: &str, was: &str) -> Option<Timestamp> {
        let said = self.parse(field)?;
        let kept = was.parse().ok().filter(|was| self.parse(&self.field(*was)) == Some(said));
        Some(kept.unwrap_or(said))
    }

    /// The next time, at least `least_ms` after `now`, at which the clocks show this hour.
    pub fn next_at_hour(&self, now: Timestamp, least_ms: i64, hour: i8) -> Timestamp {
        let earliest = self.zoned(now.plus_ms(least_ms));
        let at_hour = |day: &Zoned| {
            let moment = day.date().at(hour, 0, 0, 0).to_zoned(self.zone.clone()).ok()?;
            (moment >= earliest).then_some(moment)
        };
        let found = at_hour(&earliest).or_else(|| at_hour(&earliest.tomorrow().ok()?));
        found.map_or(now.plus_ms(least_ms), |moment| {
            Timestamp::from_millis(moment.timestamp().as_millisecond())
        })
    }
}

fn offset_text(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// Whether the clocks of a zone are changed on the day of a moment.
fn is_change_day(zoned: &Zoned) -> bool {
    let (Ok(start), Ok(next)) =
        (zoned.start_of_day(), zoned.tomorrow().and_then(|tomorrow| tomorrow.start_of_day()))
    else {
        return false;
    };
    start.offset() != next.offset()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rome() -> ViewerZone {
        ViewerZone::find("Europe/Rome").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_shown_as_the_zone_s_clocks_show_it_and_days_of_change_are_marked() {
        let winter = rome().show(at("2026-03-28T19:00:00Z"));
        assert_eq!(
            (winter.day.as_str(), winter.time.as_str(), winter.offset.as_str()),
            ("2026-03-28", "20:00", "UTC+01:00")
        );
        assert!(!winter.is_change_day);
        let change = rome().show(at("2026-03-29T18:00:30Z"));
        assert_eq!((change.time.as_str(), change.offset.as_str()), ("20:00:30", "UTC+02:00"));
        assert!(change.is_change_day);
        assert!(rome().show(at("2026-10-25T00:30:00Z")).is_change_day);
        assert!(!ViewerZone::default().show(at("2026-03-29T18:00:00Z")).is_change_day);
        let newfoundland = ViewerZone::find("America/St_Johns").unwrap();
        assert_eq!(newfoundland.show(at("2026-01-01T12:00:00Z")).offset, "UTC-03:30");
    }

    #[test]
    fn what_a_field_holds_is_read_back() {
        for text in ["2026-01-15T19:00:00Z", "2026-07-15T18:00:00Z", "2026-03-29T18:00:30Z"] {
            assert_eq!(rome().parse(&rome().field(at(text))), Some(at(text)), "{text}");
        }
        for nonsense in
            ["", "2026-01-15", "2026-01-15 20:00", "2026-13-01T20:00", "2026-01-15T20:00Z", "soon"]
        {
            assert_eq!(rome().parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_time_that_is_skipped_or_comes_twice_is_read_all_the_same() {
        assert_eq!(rome().parse("2026-03-29T02:30"), Some(at("2026-03-29T01:30:00Z")), "half past three");
        assert_eq!(rome().parse("2026-10-25T02:30"), Some(at("2026-10-25T00:30:00Z")), "the first of two");
    }

    #[test]
    fn a_field_that_was_not_changed_keeps_its_moment_in_an_hour_that_comes_twice_too() {
        let second = at("2026-10-25T01:30:00.250Z");
        let (field, was) = (rome().field(second), second.to_string());
        assert_eq!(rome().parse_kept(&field, &was), Some(second));
        assert_eq!(
            rome().parse_kept(&format!("{field}:00"), &was),
            Some(second),
            "as some browsers write it"
        );
        assert_eq!(rome().parse_kept("2026-10-25T02:31", &was), Some(at("2026-10-25T00:31:00Z")));
        assert_eq!(rome().parse_kept(&field, ""), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(rome().parse_kept("soon", &was), None);
    }

    #[test]
    fn the_next_time_of_an_hour_leaves_the_time_that_was_asked_for() {
        let next = |now: &str, hours: i64| rome().next_at_hour(at(now), hours * 3_600_000, 20);
        assert_eq!(next("2026-03-28T12:00:00Z", 1), at("2026-03-28T19:00:00Z"));
        assert_eq!(next("2026-03-28T18:30:00Z", 1), at("2026-03-29T18:00:00Z"));
    }

    #[test]
    fn what_is_offered_is_known_and_nothing_else_passes() {
        for name in OFFERED {
            assert_eq!(ViewerZone::find(name).unwrap().name(), *name);
        }
        for name in ["", "Mars/Olympus", "../etc/passwd", &"a".repeat(65)] {
            assert!(ViewerZone::find(name).is_none(), "{name}");
        }
    }
}
