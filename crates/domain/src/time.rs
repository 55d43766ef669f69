//! A point in time, as milliseconds since 1970, written as RFC 3339 in UTC.
//!
//! The page needs these few lines in WASM, where a date library would weigh more than the rest of this crate; a
//! property test compares them with `jiff`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::id::Invalid;

const INVALID: Invalid = Invalid { kind: "RFC 3339 time" };
const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A time from milliseconds since 1970.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// A time from seconds since 1970; saturates at the ends.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This time moved by `milliseconds`; saturates at the ends.
    #[must_use]
    pub const fn plus_ms(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to this time, negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY_MS));
        let rest = self.0.rem_euclid(DAY_MS);
        let (hour, minute, second, milli) =
            (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;

    /// Parses RFC 3339 with any offset; fractions beyond milliseconds are cut off.
    ///
    /// # Errors
    /// [`Invalid`] when the text is not an RFC 3339 time or not a day of the calendar.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = text.as_bytes();
        let digits = |from: usize, count: usize| -> Result<i64, Invalid> {
            let slice = bytes.get(from..from + count).ok_or(INVALID)?;
            slice.iter().try_fold(0, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')).ok_or(INVALID)
            })
        };
        let literal = |at: usize, wanted: &[u8]| -> Result<(), Invalid> {
            bytes.get(at).filter(|byte| wanted.contains(byte)).map(|_| ()).ok_or(INVALID)
        };
        let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
        literal(4, b"-")?;
        literal(7, b"-")?;
        literal(10, b"Tt ")?;
        let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
        literal(13, b":")?;
        literal(16, b":")?;
        // A leap second (60) is read as the second before it, as POSIX time does.
        if !(1..=12).contains(&month)
            || day < 1
            || day > days_in_month(year, month)
            || hour > 23
            || minute > 59
            || second > 60
        {
            return Err(INVALID);
        }
        let mut at = 19;
        let mut milli = 0;
        if bytes.get(at) == Some(&b'.') {
            let count = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count == 0 {
                return Err(INVALID);
            }
            for position in 0..3 {
                milli = milli * 10
                    + if position < count { i64::from(bytes[at + 1 + position] - b'0') } else { 0 };
            }
            at += 1 + count;
        }
        let offset_minutes = match bytes.get(at) {
            Some(b'Z' | b'z') if bytes.len() == at + 1 => 0,
            Some(sign @ (b'+' | b'-')) if bytes.len() == at + 6 => {
                let (hours, minutes) = (digits(at + 1, 2)?, digits(at + 4, 2)?);
                literal(at + 3, b":")?;
                if hours > 23 || minutes > 59 {
                    return Err(INVALID);
                }
                (hours * 60 + minutes) * if *sign == b'-' { -1 } else { 1 }
            }
            _ => return Err(INVALID),
        };
        let seconds = hour * 3600 + minute * 60 + second.min(59) - offset_minutes * 60;
        Ok(Self(days_from_civil(year, month, day) * DAY_MS + seconds * 1000 + milli))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970 of a date of the proleptic Gregorian calendar. Years start in March, so that the leap day is last.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day counted from 1970; the inverse of [`days_from_civil`].
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_jiff(milliseconds in -62_135_596_800_000_i64..253_402_300_799_999) {
            let theirs = jiff::Timestamp::from_millisecond(milliseconds).unwrap();
            let ours = Timestamp::from_millis(milliseconds);
            prop_assert_eq!(ours.to_string().parse::<jiff::Timestamp>().unwrap(), theirs);
            prop_assert_eq!(theirs.to_string().parse::<Timestamp>(), Ok(ours));
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Timestamp>();
        }

        #[test]
        fn offsets_agree_with_jiff(milliseconds in 0_i64..4_000_000_000_000, hours in -23_i32..=23, minutes in 0_i32..60) {
            let offset = jiff::tz::Offset::from_seconds((hours * 60 + minutes * hours.signum()) * 60).unwrap();
            let theirs = jiff::Timestamp::from_millisecond(milliseconds).unwrap();
            let text = theirs.display_with_offset(offset).to_string();
            prop_assert_eq!(text.parse::<Timestamp>(), Ok(Timestamp::from_millis(milliseconds)), "{}", text);
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for bad in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-1-1T0:0:0Z",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(INVALID), "{bad}");
        }
    }
}
