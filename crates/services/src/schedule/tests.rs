use domain::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn schedule(expression: &str, zone: &str) -> Schedule {
    Schedule::parse(expression, zone).unwrap()
}

/// What comes after a time, one time behind the other, each found from the one before and from just before itself.
fn assert_comes(expression: &str, zone: &str, after: &str, expected: &[&str]) {
    let schedule = schedule(expression, zone);
    let expected: Vec<Timestamp> = expected.iter().map(|text| at(text)).collect();
    assert_eq!(schedule.upcoming(at(after), expected.len()), expected, "{expression} in {zone}");
    for pair in expected.windows(2) {
        let [earlier, later] = pair else { unreachable!("windows of two") };
        assert_eq!(schedule.at_or_before(later.plus_ms(-1)), Some(*earlier), "{expression} in {zone}");
        assert_eq!(schedule.at_or_before(*later), Some(*later), "{expression} in {zone}");
        assert_eq!(schedule.after(later.plus_ms(-1)), Some(*later), "{expression} in {zone}");
    }
}

#[test]
fn a_time_that_the_clock_skips_comes_at_the_first_moment_after_the_gap() {
    // Rome, 2026-03-29: behind 01:59:59 comes 03:00, at 01:00 UTC.
    let rome = |expression: &str, expected: &[&str]| {
        assert_comes(expression, "Europe/Rome", "2026-03-28T12:00:00Z", expected);
    };
    rome("30 2 * * *", &["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    rome("30 2,14 * * *", &["2026-03-28T13:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T12:30:00Z"]);
    // Several in one gap, and one at its end, are one.
    rome("0,20,40 2 * * *", &["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]);
    rome("0 2,3 * * *", &["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T01:00:00Z"]);
    rome(
        "*/30 1-3 * * *",
        &[
            "2026-03-29T00:00:00Z",
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-29T23:00:00Z",
        ],
    );
    // Midnight itself is skipped: Santiago, 2026-09-06.
    assert_comes(
        "0 0 * * *",
        "America/Santiago",
        "2026-09-05T12:00:00Z",
        &["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
    );
    // Half an hour is skipped: Lord Howe, 2026-10-04, behind 01:59:59 comes 02:30.
    assert_comes(
        "15 2 * * *",
        "Australia/Lord_Howe",
        "2026-10-03T00:00:00Z",
        &["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
    );
    // A day is skipped: Apia had no 2011-12-30.
    assert_comes(
        "0 12 * * *",
        "Pacific/Apia",
        "2011-12-29T00:00:00Z",
        &["2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"],
    );
}

#[test]
fn a_time_that_the_clock_shows_twice_comes_at_the_first() {
    // Rome, 2026-10-25: behind 02:59:59 comes 02:00 again, at 01:00 UTC.
    assert_comes(
        "30 2 * * *",
        "Europe/Rome",
        "2026-10-24T12:00:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    );
    assert_comes(
        "30 2,14 * * *",
        "Europe/Rome",
        "2026-10-24T12:40:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-25T13:30:00Z"],
    );
    assert_comes(
        "0 3 * * SUN",
        "Europe/Rome",
        "2026-10-24T12:00:00Z",
        &["2026-10-25T02:00:00Z", "2026-11-01T02:00:00Z"],
    );
    // New York, 2026-11-01.
    assert_comes(
        "30 1 * * *",
        "America/New_York",
        "2026-10-31T12:00:00Z",
        &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
    );
    // Lord Howe, 2027-04-04: half an hour is shown twice.
    assert_comes(
        "45 1 * * *",
        "Australia/Lord_Howe",
        "2027-04-03T00:00:00Z",
        &["2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z"],
    );
}

#[test]
fn what_came_is_known_while_the_clock_shows_an_hour_again() {
    // At 02:10, shown for the second time, 02:50 has come.
    let rome = schedule("50 2 * * *", "Europe/Rome");
    let again = at("2026-10-25T01:10:00Z");
    assert_eq!(rome.at_or_before(again), Some(at("2026-10-25T00:50:00Z")));
    assert_eq!(rome.after(again), Some(at("2026-10-26T01:50:00Z")));
    // Before the clock goes back, what came an hour ago by the clock came an hour ago.
    assert_eq!(rome.at_or_before(at("2026-10-25T00:49:59.999Z")), Some(at("2026-10-24T00:50:00Z")));
}

#[test]
fn what_comes_every_hour_goes_on_evenly() {
    let quarters = |after: &str, expected: &[&str]| {
        assert_comes("*/15 * * * *", "Europe/Rome", after, expected);
    };
    quarters(
        "2026-03-29T00:40:00Z",
        &["2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"],
    );
    quarters(
        "2026-10-25T00:40:00Z",
        &["2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:15:00Z"],
    );
    assert_comes(
        "30 * * * *",
        "Europe/Rome",
        "2026-10-24T23:40:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"],
    );
    assert_comes(
        "30 * * * *",
        "Europe/Rome",
        "2026-03-29T00:00:00Z",
        &["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"],
    );
    // What the clock skips does not come: 02:10 in the half hour that Lord Howe skips.
    assert_comes(
        "10 * * * *",
        "Australia/Lord_Howe",
        "2026-10-03T14:00:00Z",
        &["2026-10-03T14:40:00Z", "2026-10-03T16:10:00Z"],
    );
    assert_comes("@hourly", "UTC", "2026-01-01T23:00:00Z", &["2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"]);
}

#[test]
fn offsets_of_quarter_hours_are_kept() {
    assert_comes(
        "0 0 * * *",
        "Asia/Kathmandu",
        "2026-01-01T00:00:00Z",
        &["2026-01-01T18:15:00Z", "2026-01-02T18:15:00Z"],
    );
    assert_comes(
        "0 * * * *",
        "Asia/Kathmandu",
        "2026-01-01T00:00:00Z",
        &["2026-01-01T00:15:00Z", "2026-01-01T01:15:00Z"],
    );
    assert_comes(
        "45 23 * * *",
        "Pacific/Chatham",
        "2026-07-01T00:00:00Z",
        &["2026-07-01T11:00:00Z", "2026-07-02T11:00:00Z"],
    );
}

#[test]
fn dates_of_the_calendar_are_met() {
    let utc = |expression: &str, after: &str, expected: &[&str]| {
        assert_comes(expression, "UTC", after, expected);
    };
    let day = |date: &str| format!("{date}T00:00:00Z");
    utc("0 12 29 2 *", "2025-01-01T00:00:00Z", &["2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"]);
    // 2100 is no leap year.
    utc("0 12 29 2 *", "2096-02-29T12:00:00Z", &["2104-02-29T12:00:00Z", "2108-02-29T12:00:00Z"]);
    for (expression, expected) in [
        ("0 0 L * *", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("0 0 31 * *", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
        ("0 0 * * MON#2", ["2026-01-12", "2026-02-09", "2026-03-09", "2026-04-13"]),
        ("0 0 * * FRI#L", ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"]),
        ("0 0 15W * *", ["2026-01-15", "2026-02-16", "2026-03-16", "2026-04-15"]),
        ("0 0 * JAN 0,7", ["2026-01-04", "2026-01-11", "2026-01-18", "2026-01-25"]),
        // Either of the two days is enough.
        ("0 0 13 * FRI", ["2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16"]),
        ("@weekly", ["2026-01-04", "2026-01-11", "2026-01-18", "2026-01-25"]),
        ("@monthly", ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]),
        ("@yearly", ["2027-01-01", "2028-01-01", "2029-01-01", "2030-01-01"]),
    ] {
        let expected = expected.map(day);
        utc(expression, "2026-01-01T00:00:00Z", &expected.each_ref().map(String::as_str));
    }
}

#[test]
fn a_moment_between_two_times_is_no_time() {
    let daily = schedule("0 0 * * *", "UTC");
    let midnight = at("2026-01-02T00:00:00Z");
    assert_eq!(daily.after(midnight), Some(at("2026-01-03T00:00:00Z")), "after, not at");
    assert_eq!(daily.after(midnight.plus_ms(1)), Some(at("2026-01-03T00:00:00Z")));
    assert_eq!(daily.at_or_before(midnight.plus_ms(999)), Some(midnight));
    assert_eq!(daily.at_or_before(midnight.plus_ms(-1)), Some(at("2026-01-01T00:00:00Z")));
}

#[test]
fn what_is_no_schedule_is_refused_with_a_reason() {
    let refused = |expression: &str| Schedule::parse(expression, "UTC").unwrap_err();
    assert_eq!(refused(""), ScheduleError::Fields(0));
    assert_eq!(refused("0 0 * *"), ScheduleError::Fields(4));
    assert_eq!(refused("0 0 0 * * *"), ScheduleError::Fields(6), "no seconds");
    assert_eq!(refused("reboot"), ScheduleError::Fields(1));
    assert_eq!(refused(&"*,".repeat(60)), ScheduleError::TooLong);
    for unreadable in [
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "a b c d e",
        "5-1-2 * * * *",
        "@reboot",
        "@sometimes",
    ] {
        assert!(matches!(refused(unreadable), ScheduleError::Expression(_)), "{unreadable}");
    }
    for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "* * 31 FEB *", "0 0 30W 2 *"] {
        assert_eq!(refused(never), ScheduleError::Never, "{never}");
    }
    for zone in ["", "Europe/Atlantis", "CET-1CEST", "local", "Etc/Unknown", "+02:00", "../../etc/passwd"] {
        assert_eq!(Schedule::parse("0 0 * * *", zone), Err(ScheduleError::Zone), "{zone}");
    }
    let text = refused("0 0 * *").to_string();
    assert_eq!(
        text,
        "a schedule has the five fields minute, hour, day of month, month and day of week, not 4"
    );
}

#[test]
fn a_schedule_is_kept_as_it_was_understood() {
    let read = schedule(" 0  9 * *\tmon-fri ", "europe/rome");
    assert_eq!((read.expression(), read.zone()), ("0 9 * * mon-fri", "Europe/Rome"));
    assert_eq!(Schedule::parse(read.expression(), read.zone()), Ok(read));
}

#[test]
fn a_preview_is_bounded() {
    let upcoming = schedule("* * * * *", "UTC").upcoming(at("2026-01-01T00:00:00Z"), usize::MAX);
    assert_eq!(upcoming.len(), UPCOMING_MAX);
    assert!(upcoming.is_sorted());
}

#[test]
fn the_ends_of_the_calendar_have_nothing_beyond_them() {
    let daily = schedule("0 0 * * *", "Europe/Rome");
    for far in [i64::MIN, i64::MAX] {
        assert_eq!(daily.after(Timestamp::from_millis(far)), None);
        assert_eq!(daily.at_or_before(Timestamp::from_millis(far)), None);
    }
}

const ZONES_TESTED: [&str; 10] = [
    "UTC",
    "Europe/Rome",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Antarctica/Troll",
];

/// The first minute from `begin` on at which the clock of a zone shows `hour:minute` of that day, or more.
fn first_shown(
    zone: &TimeZone,
    minutes: &[jiff::Timestamp],
    wanted: jiff::civil::DateTime,
) -> Option<Timestamp> {
    let shown = minutes.iter().find(|minute| zone.to_datetime(**minute) >= wanted)?;
    Some(Timestamp::from_secs(shown.as_second()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Near a change of the clock, what comes is what somebody sees who looks at the clock every minute.
    #[test]
    fn what_comes_is_what_a_clock_shows(
        zone in prop::sample::select(ZONES_TESTED.to_vec()),
        seconds in 1_700_000_000_i64..2_000_000_000,
        away_minutes in -2_000_i64..2_000,
        hours in prop::collection::btree_set(0_i8..24, 1..4),
        minute in prop::sample::select(vec![0_i8, 10, 15, 30, 45, 59]),
        is_every_hour in any::<bool>(),
    ) {
        let zone_name = zone;
        let zone = ZONES.get(zone_name).unwrap();
        let begin = jiff::Timestamp::from_second(seconds).unwrap();
        let change = zone.following(begin).next().map_or(begin, |change| change.timestamp());
        let from = change.as_second().div_euclid(60) * 60 + away_minutes * 60;
        let minutes: Vec<jiff::Timestamp> =
            (-2 * 1440..3 * 1440).map(|step| jiff::Timestamp::from_second(from + step * 60).unwrap()).collect();

        let hour_list: Vec<String> = hours.iter().map(ToString::to_string).collect();
        let hour_field = if is_every_hour { "*".to_owned() } else { hour_list.join(",") };
        let schedule = schedule(&format!("{minute} {hour_field} * * *"), zone_name);
        let mut expected: Vec<Timestamp> = if is_every_hour {
            let shown = minutes.iter().filter(|at| zone.to_datetime(**at).minute() == minute);
            shown.map(|at| Timestamp::from_secs(at.as_second())).collect()
        } else {
            let first_day = zone.to_datetime(minutes[1440]).date();
            (0..4)
                .flat_map(|day| hours.iter().map(move |hour| (day, *hour)))
                .filter_map(|(day, hour)| {
                    let day = first_day.saturating_add(jiff::Span::new().days(day));
                    first_shown(&zone, &minutes, day.at(hour, minute, 0, 0))
                })
                .collect()
        };
        expected.sort();
        expected.dedup();

        let now = Timestamp::from_secs(from);
        let (past, future): (Vec<Timestamp>, Vec<Timestamp>) = expected.into_iter().partition(|at| *at <= now);
        let wanted = &future[..future.len().min(3)];
        prop_assert_eq!(&schedule.upcoming(now, wanted.len()), wanted);
        prop_assert_eq!(schedule.at_or_before(now), past.last().copied());
        for at in wanted {
            prop_assert_eq!(schedule.at_or_before(*at), Some(*at));
            prop_assert!(schedule.at_or_before(at.plus_ms(-1)) < Some(*at));
        }
    }

    #[test]
    fn nothing_that_is_written_breaks_the_reader(text in "[0-9*/,#LWa-zA-Z@? -]{0,30}", zone in "\\PC{0,20}") {
        let _ = Schedule::parse(&text, "UTC");
        let _ = Schedule::parse("0 0 * * *", &zone);
    }
}
