//! How long until something, in words for the chat.

use crate::{Catalog, keys};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The largest two units of a duration, e.g. “2 days 3 hours”, in the case that follows “in”, «через», « dans », «tra».
/// Less than a minute, and what lies in the past, is one minute: a message is read later than it is written.
pub fn duration(catalog: &Catalog, milliseconds: i64) -> String {
    let milliseconds = u64::try_from(milliseconds).unwrap_or_default();
    let (days, hours, minutes) =
        (milliseconds / DAY_MS, milliseconds % DAY_MS / HOUR_MS, milliseconds % HOUR_MS / MINUTE_MS);
    let parts = if days > 0 {
        [
            Some(keys::bot::duration_days(catalog, days)),
            (hours > 0).then(|| keys::bot::duration_hours(catalog, hours)),
        ]
    } else if hours > 0 {
        [
            Some(keys::bot::duration_hours(catalog, hours)),
            (minutes > 0).then(|| keys::bot::duration_minutes(catalog, minutes)),
        ]
    } else {
        [Some(keys::bot::duration_minutes(catalog, minutes.max(1))), None]
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use domain::Locale;

    use super::*;
    use crate::catalog;

    #[test]
    fn says_the_two_largest_units() {
        let english = |milliseconds| duration(catalog(Locale::En), milliseconds);
        assert_eq!(english(2 * 86_400_000 + 3 * 3_600_000 + 59_000), "2 days 3 hours");
        assert_eq!(english(3_600_000 + 60_000), "1 hour 1 minute");
        assert_eq!(english(86_400_000 + 60_000), "1 day");
        assert_eq!(english(-5), "1 minute");
        assert_eq!(english(59_999), "1 minute");
    }

    #[test]
    fn russian_uses_the_accusative() {
        assert_eq!(duration(catalog(Locale::Ru), 21 * 60_000), "21 минуту");
        assert_eq!(duration(catalog(Locale::Ru), 26 * 3_600_000), "1 день 2 часа");
    }

    #[test]
    fn every_russian_text_with_a_duration_asks_for_the_accusative() {
        let texts = include_str!("../../../locales/ru.json");
        let with_duration: Vec<&str> = texts.lines().filter(|line| line.contains("{duration}")).collect();
        assert!(with_duration.len() > 5);
        for line in with_duration {
            assert!(line.contains("через {duration}"), "{line}");
        }
        for (minutes, said) in [(1, "через 1 минуту"), (21, "через 21 минуту")] {
            let left = duration(catalog(Locale::Ru), minutes * 60_000);
            let reminder = keys::bot::confirm_reminder(catalog(Locale::Ru), &left, "Кубок");
            assert!(reminder.contains(said), "{reminder}");
        }
    }
}
