//! Schedules: when something comes again, said by a cron expression in a time zone.
//!
//! An expression has the five fields of cron (minute, hour, day of month, month, day of week), or is one of `@hourly`,
//! `@daily`, `@weekly`, `@monthly` and `@yearly`. Besides numbers, lists, ranges and steps there are names (`MON`, `JAN`),
//! `L` (the last day of the month, or the last such weekday), `#` (`MON#2`: the second Monday) and `W` (`15W`: the
//! weekday nearest to the 15th). With both a day of month and a day of week either is enough, as in every cron.
//!
//! What happens when clocks are changed is decided by the hour field:
//!
//! - **It names hours** (`30 2 * * *`): each time on the clock comes once. One that the clock skips comes at the first
//!   moment after the gap; one that the clock shows twice comes at the first of the two. Of several times in one gap one
//!   comes, for they all come at the same moment.
//! - **It is every hour** (`*/15 * * * *`): it goes on evenly. What the clock skips does not come; what it shows twice
//!   comes twice, an hour apart.
//!
//! Invariants: pure, without a clock; the time zones are those that the binary brings along, so that every node of a
//! version plans alike and no machine has to be prepared; what comes next is always later, and a schedule that never
//! comes can't be made.
//!
//! The reader of expressions and the search for the next matching date are a library's; how a time on the clock becomes a
//! moment is here, because libraries decide by themselves what is a "fixed" time, and lose `30 2,14 * * *` in a gap.

mod search;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use domain::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The longest expression, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 100;
/// The most times that a preview shows.
pub const UPCOMING_MAX: usize = 100;

/// The time zones that the binary brings along.
pub(crate) static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// What was said is no schedule. The texts are for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Too much text.
    #[error("a schedule has at most {EXPRESSION_BYTES_MAX} bytes")]
    TooLong,
    /// Not the fields of cron.
    #[error("a schedule has the five fields minute, hour, day of month, month and day of week, not {0}")]
    Fields(usize),
    /// A field is not one.
    #[error("the schedule can't be read: {0}")]
    Expression(String),
    /// A date that no year has, such as February 30.
    #[error("the schedule never comes")]
    Never,
    /// Not a name of the IANA time zone database.
    #[error("there is no such time zone; an example of one is Europe/Rome")]
    Zone,
}

/// When something comes again.
#[derive(Debug, Clone)]
pub struct Schedule {
    expression: String,
    cron: Cron,
    zone: TimeZone,
    zone_name: String,
    /// Whether it goes on evenly when clocks are changed.
    is_every_hour: bool,
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        (&self.expression, &self.zone_name) == (&other.expression, &other.zone_name)
    }
}

impl Schedule {
    /// Reads an expression and the name of a time zone, such as `Europe/Rome` or `UTC`.
    ///
    /// # Errors
    /// [`ScheduleError`] when either can't be read, or it never comes.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, ScheduleError> {
        if expression.len() > EXPRESSION_BYTES_MAX || zone.len() > EXPRESSION_BYTES_MAX {
            return Err(ScheduleError::TooLong);
        }
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let is_nickname = fields.len() == 1 && fields[0].starts_with('@');
        if fields.len() != 5 && !is_nickname {
            return Err(ScheduleError::Fields(fields.len()));
        }
        let expression = fields.join(" ");
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(&expression).map_err(|error| ScheduleError::Expression(error.to_string()))?;
        let is_every_hour = (0..24).all(|hour| cron.pattern.hour_match(hour).unwrap_or(false));
        let zone = ZONES.get(zone).ok().filter(|zone| !zone.is_unknown()).ok_or(ScheduleError::Zone)?;
        let zone_name = zone.iana_name().ok_or(ScheduleError::Zone)?.to_owned();
        let schedule = Self { expression, cron, zone, zone_name, is_every_hour };
        if !schedule.ever_comes() {
            return Err(ScheduleError::Never);
        }
        Ok(schedule)
    }

    /// The expression, with one space between its fields.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The name of the time zone.
    pub fn zone(&self) -> &str {
        &self.zone_name
    }

    /// The next time after `at`, not at it; `None` beyond the calendar.
    pub fn after(&self, at: Timestamp) -> Option<Timestamp> {
        search::after(self, at)
    }

    /// The last time at or before `at`; `None` before the calendar.
    pub fn at_or_before(&self, at: Timestamp) -> Option<Timestamp> {
        search::at_or_before(self, at)
    }

    /// The next `count` times after `at`, at most [`UPCOMING_MAX`].
    pub fn upcoming(&self, at: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.after(at), |last| self.after(*last))
            .take(count.min(UPCOMING_MAX))
            .collect()
    }
}
