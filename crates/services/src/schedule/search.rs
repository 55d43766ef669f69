//! From times on the clock to moments, and back.
//!
//! Both searches go through times on the clock, which know no zone, and turn each into the moment at which it comes.

use croner::Direction;
use domain::Timestamp;
use jiff::{
    SignedDuration,
    civil::{DateTime, date},
    tz::{AmbiguousOffset, Offset},
};

use crate::schedule::Schedule;

/// The most times on the clock that one search looks at. Each change of the clock costs some: those of a day, at worst,
/// where a zone once skipped a day, for a schedule that comes every minute of many hours.
const LOOKS_MAX: usize = 5_000;

/// A second: times of a schedule are whole minutes, and offsets of a zone whole seconds.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The whole second in which a moment lies.
fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(at.as_secs()).ok()
}

fn timestamp(moment: jiff::Timestamp) -> Timestamp {
    Timestamp::from_secs(moment.as_second())
}

impl Schedule {
    /// Whether any date matches; the calendar repeats itself within 400 years.
    pub(super) fn ever_comes(&self) -> bool {
        self.next_on_clock(date(2000, 1, 1).at(0, 0, 0, 0), true, Direction::Forward).is_some()
    }

    /// The next matching time on the clock; `from` itself, if it is one, when `inclusive`.
    fn next_on_clock(&self, from: DateTime, inclusive: bool, direction: Direction) -> Option<DateTime> {
        match direction {
            Direction::Forward => self.cron.find_next_occurrence(&from, inclusive).ok(),
            Direction::Backward => self.cron.find_previous_occurrence(&from, inclusive).ok(),
        }
    }

    /// The moment at which a time on the clock comes: the first of two, or the end of the gap that it lies in. A later
    /// time on the clock never comes earlier.
    fn comes_at(&self, on_clock: DateTime) -> Option<jiff::Timestamp> {
        match self.zone.to_ambiguous_timestamp(on_clock).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(on_clock).ok()
            }
            AmbiguousOffset::Gap { after, .. } => {
                // Read by the offset behind the gap it is a moment before the gap.
                let before_gap = after.to_timestamp(on_clock).ok()?;
                self.zone.following(before_gap).next().map(|transition| transition.timestamp())
            }
        }
    }

    /// The offset in force just before a moment's own offset began, and when that began.
    fn last_change(&self, at: jiff::Timestamp) -> Option<(jiff::Timestamp, Offset)> {
        let changed_at = self.zone.preceding(at.checked_add(SECOND).ok()?).next()?.timestamp();
        let before = self.zone.to_offset(changed_at.checked_sub(SECOND).ok()?);
        Some((changed_at, before))
    }
}

/// The next time after `at`.
pub(super) fn after(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    let at = moment(at)?;
    if schedule.is_every_hour {
        return evenly_after(schedule, at);
    }
    // What the clock shows earlier than now has come already: nothing is missed by beginning here.
    let mut on_clock = schedule.zone.to_datetime(at);
    for _ in 0..LOOKS_MAX {
        on_clock = schedule.next_on_clock(on_clock, false, Direction::Forward)?;
        let comes_at = schedule.comes_at(on_clock)?;
        if comes_at > at {
            return Some(timestamp(comes_at));
        }
    }
    None
}

/// The last time at or before `at`.
pub(super) fn at_or_before(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    let at = moment(at)?;
    if schedule.is_every_hour {
        return evenly_at_or_before(schedule, at);
    }
    // While the clock shows an hour for the second time, later times than it shows have come already: those that the
    // old offset would show.
    let shown = schedule.zone.to_datetime(at);
    let latest = schedule.last_change(at).map_or(shown, |(_, before)| before.to_datetime(at).max(shown));
    let mut on_clock = latest;
    let mut inclusive = true;
    for _ in 0..LOOKS_MAX {
        on_clock = schedule.next_on_clock(on_clock, inclusive, Direction::Backward)?;
        let comes_at = schedule.comes_at(on_clock)?;
        if comes_at <= at {
            return Some(timestamp(comes_at));
        }
        inclusive = false;
    }
    None
}

/// The next time after `at` of a schedule that goes on evenly: offset by offset, as the clock shows it.
fn evenly_after(schedule: &Schedule, at: jiff::Timestamp) -> Option<Timestamp> {
    let mut from = at;
    let mut inclusive = false;
    for _ in 0..LOOKS_MAX {
        let offset = schedule.zone.to_offset(from);
        let on_clock = schedule.next_on_clock(offset.to_datetime(from), inclusive, Direction::Forward)?;
        let comes_at = offset.to_timestamp(on_clock).ok()?;
        match schedule.zone.following(from).next() {
            Some(change) if change.timestamp() <= comes_at => {
                from = change.timestamp();
                inclusive = true;
            }
            _ => return Some(timestamp(comes_at)),
        }
    }
    None
}

/// The last time at or before `at` of a schedule that goes on evenly.
fn evenly_at_or_before(schedule: &Schedule, at: jiff::Timestamp) -> Option<Timestamp> {
    let mut from = at;
    for _ in 0..LOOKS_MAX {
        let offset = schedule.zone.to_offset(from);
        let on_clock = schedule.next_on_clock(offset.to_datetime(from), true, Direction::Backward)?;
        let comes_at = offset.to_timestamp(on_clock).ok()?;
        match schedule.last_change(from) {
            Some((changed_at, _)) if comes_at < changed_at => from = changed_at.checked_sub(SECOND).ok()?,
            _ => return Some(timestamp(comes_at)),
        }
    }
    None
}
