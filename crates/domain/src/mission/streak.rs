//! Days in a row. A missed day uses up a freeze by itself; without one the streak begins anew, with all its freezes.
//!
//! A streak follows from the set of days that count, so that it does not matter when each of them became known.

use crate::mission::day::Day;

/// The longest streak.
pub const DAYS_MAX: u16 = 366;
/// The most missed days that a streak may bear.
pub const FREEZES_MAX: u8 = 30;
/// How many of the newest days are remembered: the longest streak and all its freezes are among them.
pub(crate) const REMEMBERED_MAX: usize = DAYS_MAX as usize + FREEZES_MAX as usize;

/// A streak on some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    /// Days that counted, without those that were frozen.
    pub days: u16,
    /// Missed days that it can still bear.
    pub freezes_left: u8,
    /// Whether today counts already.
    pub is_today_done: bool,
    /// Whether it was long enough, today or before.
    pub is_reached: bool,
}

/// The streak on `today` of whoever has done something on `days` (in their order), with so many freezes. It is reached
/// with `target` days. Today, as long as it is not over, is no missed day.
pub fn streak(days: &[Day], target: u16, freezes: u8, today: Day) -> Streak {
    let mut streak = Streak { days: 0, freezes_left: freezes, is_today_done: false, is_reached: false };
    let mut last: Option<Day> = None;
    for day in days.iter().copied().filter(|day| *day <= today) {
        if let Some(last) = last {
            streak.miss(i64::from(day.0) - i64::from(last.0) - 1, freezes);
        }
        streak.days = streak.days.saturating_add(1);
        last = Some(day);
        if streak.days >= target {
            streak.is_reached = true;
            break;
        }
    }
    if let Some(last) = last
        && !streak.is_reached
    {
        streak.miss(i64::from(today.0) - i64::from(last.0) - 1, freezes);
    }
    streak.is_today_done = days.binary_search(&today).is_ok();
    streak
}

impl Streak {
    /// Lets days pass on which nothing counted.
    fn miss(&mut self, missed: i64, freezes: u8) {
        // Today itself, when it counts, has missed nothing.
        let missed = missed.max(0);
        let left = u8::try_from(missed).ok().and_then(|missed| self.freezes_left.checked_sub(missed));
        if left.is_none() {
            self.days = 0;
        }
        self.freezes_left = left.unwrap_or(freezes);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn on(days: &[i32], target: u16, freezes: u8, today: i32) -> (u16, u8, bool) {
        let days: Vec<Day> = days.iter().copied().map(Day).collect();
        let streak = streak(&days, target, freezes, Day(today));
        (streak.days, streak.freezes_left, streak.is_reached)
    }

    #[test]
    fn days_in_a_row_count_and_a_missed_one_ends_it() {
        assert_eq!(on(&[], 3, 0, 10), (0, 0, false));
        assert_eq!(on(&[10], 3, 0, 10), (1, 0, false));
        assert_eq!(on(&[10], 3, 0, 11), (1, 0, false), "today is not over");
        assert_eq!(on(&[10], 3, 0, 12), (0, 0, false));
        assert_eq!(on(&[10, 11, 12], 3, 0, 12), (3, 0, true));
        assert_eq!(on(&[10, 11, 13, 14], 3, 0, 14), (2, 0, false));
        assert_eq!(on(&[10, 11, 12], 3, 0, 99), (3, 0, true), "what was reached stays reached");
    }

    #[test]
    fn a_freeze_is_used_by_itself_and_comes_back_with_a_new_streak() {
        assert_eq!(on(&[10, 12], 3, 1, 12), (2, 0, false));
        assert_eq!(on(&[10], 3, 2, 13), (1, 0, false));
        assert_eq!(on(&[10], 3, 2, 14), (0, 2, false));
        assert_eq!(on(&[10, 12, 13], 3, 1, 13), (3, 0, true), "a frozen day is no day of the streak");
        assert_eq!(on(&[10, 12, 14], 3, 1, 14), (1, 1, false));
        assert_eq!(on(&[10, 13], 3, 1, 13), (1, 1, false));
    }

    #[test]
    fn days_to_come_do_not_count_yet() {
        assert_eq!(on(&[10, 11, 12], 3, 0, 11), (2, 0, false));
    }

    proptest! {
        /// Told day by day, as somebody would who keeps a calendar.
        #[test]
        fn agrees_with_a_calendar(
            marks in proptest::collection::vec(any::<bool>(), 1..40), target in 2_u16..10, freezes in 0_u8..4
        ) {
            let today = i32::try_from(marks.len()).unwrap() - 1;
            let days: Vec<Day> =
                marks.iter().zip(0..).filter(|(is_done, _)| **is_done).map(|(_, day)| Day(day)).collect();
            let (mut length, mut left, mut reached, mut has_begun) = (0, freezes, false, false);
            for (day, is_done) in (0..).zip(&marks) {
                if reached {
                    break;
                }
                if *is_done {
                    (length, has_begun) = (length + 1, true);
                    reached = length >= target;
                } else if has_begun && day < today {
                    if left > 0 && length > 0 {
                        left -= 1;
                    } else {
                        (length, left) = (0, freezes);
                    }
                }
            }
            let streak = streak(&days, target, freezes, Day(today));
            prop_assert_eq!((streak.days, streak.is_reached), (length, reached));
            if length > 0 {
                prop_assert_eq!(streak.freezes_left, left);
            }
        }
    }
}
