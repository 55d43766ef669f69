//! Progress against naive models: the same activities, in the same and in other orders.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    mission::{definition::tests::mission, in_a_row::WINDOW, rule::DISTINCT_MAX, value::digest},
    time::Timestamp,
};

/// What a player does on `day`: in a game, for an amount.
#[derive(Debug, Clone, Copy)]
struct Done {
    day: i32,
    game: u8,
    amount: i64,
}

fn activity(number: usize, done: Done) -> Activity {
    let fields = json!({"game": format!("game-{}", done.game), "amount": done.amount, "won": done.game < 2});
    Activity {
        name: "bet".parse().unwrap(),
        at: Timestamp::from_millis(i64::from(done.day) * 86_400_000 + i64::try_from(number).unwrap()),
        fields: serde_json::from_value(fields).unwrap(),
        tie: digest([&number.to_be_bytes()]),
    }
}

fn fold(mission: &Mission, activities: &[Activity]) -> Progress {
    let mut progress = Progress::new(mission);
    for activity in activities {
        progress.apply(mission, activity, day_of(activity));
    }
    progress
}

fn day_of(activity: &Activity) -> Day {
    Day(i32::try_from(activity.at.as_millis() / 86_400_000).unwrap())
}

fn some_done() -> impl Strategy<Value = Done> {
    (0..20_i32, 0..4_u8, -5..20_i64).prop_map(|(day, game, amount)| Done { day, game, amount })
}

fn activities() -> impl Strategy<Value = Vec<Activity>> {
    proptest::collection::vec(some_done(), 0..60)
        .prop_map(|done| done.into_iter().enumerate().map(|(number, done)| activity(number, done)).collect())
}

/// Some activities, and the same in another order.
fn in_two_orders() -> impl Strategy<Value = (Vec<Activity>, Vec<Activity>)> {
    activities().prop_flat_map(|activities| (Just(activities.clone()), Just(activities).prop_shuffle()))
}

const LATER: Day = Day(1_000);

/// What survives the database.
fn stored(progress: &Progress) -> Progress {
    serde_json::from_str(&serde_json::to_string(progress).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn counts_and_sums_are_those_of_a_calculator_in_any_order((inorder, shuffled) in in_two_orders()) {
        let count = mission("one_off", &json!({"rule": {"event": "bet", "target": 10}}));
        let sum = mission("one_off", &json!({"rule": {"event": "bet", "sum": {"field": "amount"}, "target": 100}}));
        let expected = i64::try_from(inorder.len()).unwrap();
        let added: i64 = inorder
            .iter()
            .filter_map(|activity| activity.fields[&"amount".parse().unwrap()].quantity()?.as_whole())
            .filter(|amount| *amount > 0)
            .sum();
        for order in [&inorder, &shuffled] {
            let progress = fold(&count, order);
            prop_assert_eq!(progress.value(&count, LATER), Quantity::whole(expected));
            prop_assert_eq!(progress.tiers(&count, LATER), u16::from(expected >= 10));
            let progress = stored(&fold(&sum, order));
            prop_assert_eq!(progress.value(&sum, LATER), Quantity::whole(added));
            prop_assert_eq!(progress.tiers(&sum, LATER), u16::from(added >= 100));
        }
    }

    #[test]
    fn different_values_are_those_of_a_set_in_any_order((inorder, shuffled) in in_two_orders(), target in 1..5_u8) {
        let rule = json!({"rule": {"event": "bet", "distinct": {"field": "game"}, "target": target}});
        let mission = mission("one_off", &rule);
        let games: BTreeSet<_> = inorder.iter().map(|activity| &activity.fields[&"game".parse().unwrap()]).collect();
        let expected = games.len().min(usize::from(target));
        for order in [&inorder, &shuffled] {
            let progress = stored(&fold(&mission, order));
            prop_assert_eq!(progress.value(&mission, LATER), Quantity::whole(i64::try_from(expected).unwrap()));
            prop_assert_eq!(progress.tiers(&mission, LATER), u16::from(expected == usize::from(target)));
        }
    }

    /// The model keeps everything and reads it anew after each activity; what was reached stays reached.
    #[test]
    fn rows_go_by_time_however_activities_come(
        activities in proptest::collection::vec(some_done(), 0..80), lateness in 0..WINDOW, target in 1..6_i64, breaks in any::<bool>()
    ) {
        let in_a_row = if breaks {
            json!({"field": "won", "breaks_on": false})
        } else {
            json!({"field": "won", "equals": true})
        };
        let mission = mission("one_off", &json!({"rule": {"event": "bet", "in_a_row": in_a_row, "target": target}}));
        let mut activities: Vec<Activity> =
            activities.into_iter().enumerate().map(|(number, done)| activity(number, done)).collect();
        activities.sort_by_key(|activity| (activity.at, activity.tie));
        // None comes later than `lateness` others that it should have come before.
        for chunk in activities.chunks_mut(lateness.max(1)) {
            chunk.reverse();
        }
        let mut progress = Progress::new(&mission);
        let mut all: BTreeMap<(i64, u64), bool> = BTreeMap::new();
        let mut is_reached = false;
        for activity in &activities {
            progress.apply(&mission, activity, day_of(activity));
            progress = stored(&progress);
            let won = activity.fields[&"won".parse().unwrap()] == crate::mission::FieldValue::Flag(true);
            all.insert((activity.at.as_millis(), activity.tie), won);
            let (mut run, mut longest) = (0, 0);
            for won in all.values() {
                run = if *won { run + 1 } else { 0 };
                longest = longest.max(run);
            }
            is_reached |= longest >= target;
            prop_assert_eq!(progress.value(&mission, LATER), Quantity::whole(run));
            prop_assert_eq!(progress.tiers(&mission, LATER), u16::from(is_reached));
        }
    }

    #[test]
    fn a_streak_of_single_acts_is_that_of_its_days_in_any_order((inorder, shuffled) in in_two_orders(), freezes in 0..3_u8) {
        let streak_of = json!({"rule": {"event": "bet", "target": 1}, "days": 4, "freezes": freezes});
        let mission = mission("streak", &streak_of);
        let days: BTreeSet<Day> = inorder.iter().map(day_of).collect();
        let days: Vec<Day> = days.into_iter().collect();
        for today in [Day(5), Day(19), LATER] {
            let expected = streak(&days, 4, freezes, today);
            for order in [&inorder, &shuffled] {
                let progress = stored(&fold(&mission, order));
                prop_assert_eq!(progress.streak(&mission, today), Some(expected));
                prop_assert_eq!(progress.tiers(&mission, today), u16::from(expected.is_reached));
            }
        }
    }
}

#[test]
fn a_day_of_a_streak_counts_with_enough_of_it() {
    let mission = mission("streak", &json!({"rule": {"event": "bet", "target": 2}, "days": 2}));
    let on = |days: &[i32]| {
        let activities: Vec<Activity> = days
            .iter()
            .enumerate()
            .map(|(number, day)| activity(number, Done { day: *day, game: 0, amount: 1 }))
            .collect();
        fold(&mission, &activities).value(&mission, Day(3)).as_whole()
    };
    assert_eq!(on(&[2, 3]), Some(0));
    assert_eq!(on(&[3, 3]), Some(1));
    assert_eq!(on(&[3, 3, 3, 2]), Some(1));
    assert_eq!(on(&[2, 3, 3, 2]), Some(2), "it does not matter when the rest of yesterday becomes known");
}

#[test]
fn tiers_are_reached_one_by_one() {
    let mission = mission("achievement", &json!({}));
    let mut progress = Progress::new(&mission);
    let tiers: Vec<u16> = (0..6)
        .map(|number| {
            progress.apply(&mission, &activity(number, Done { day: 0, game: 0, amount: 1 }), Day(0));
            progress.tiers(&mission, LATER)
        })
        .collect();
    assert_eq!(tiers, [0, 1, 1, 1, 2, 2]);
}

#[test]
fn what_is_remembered_is_bounded() {
    let size = |mission: &Mission, acts: usize, game: fn(usize) -> u8| {
        let mut progress = Progress::new(mission);
        for number in 0..acts {
            let mut done = activity(number, Done { day: 0, game: game(number), amount: 1 });
            done.fields.insert("id".parse().unwrap(), serde_json::from_value(json!(number)).unwrap());
            let day = i32::try_from(number).unwrap();
            progress.apply(mission, &done, Day(day));
        }
        serde_json::to_string(&progress).unwrap().len()
    };
    let distinct = json!({"rule": {"event": "bet", "distinct": {"field": "id"}, "target": DISTINCT_MAX}});
    assert!(size(&mission("one_off", &distinct), 5_000, |_| 0) < 21 * 1_100);
    let row = json!({"rule": {"event": "bet", "in_a_row": {"field": "won", "equals": true}, "target": 1000}});
    assert!(size(&mission("one_off", &row), 5_000, |number| u8::try_from(number % 4).unwrap()) < 48 * WINDOW);
    let streak = json!({"rule": {"event": "bet", "target": 2}, "days": 366, "freezes": 30});
    assert!(size(&mission("streak", &streak), 5_000, |_| 0) < 200, "no day is done");
    let streak = json!({"rule": {"event": "bet", "target": 1}, "days": 366, "freezes": 30});
    assert!(size(&mission("streak", &streak), 5_000, |_| 0) < 6 * REMEMBERED_MAX);
}

#[test]
fn what_comes_too_late_for_a_row_is_passed_over() {
    let row = json!({"rule": {"event": "bet", "in_a_row": {"field": "won", "equals": true}, "target": 1000}});
    let mission = mission("one_off", &row);
    let mut progress = Progress::new(&mission);
    for number in 1..=WINDOW {
        let done = Done { day: 10, game: 0, amount: 1 };
        assert_eq!(progress.apply(&mission, &activity(number, done), Day(10)), Applied::Changed);
    }
    let late = activity(0, Done { day: 1, game: 3, amount: 1 });
    assert_eq!(progress.apply(&mission, &late, Day(1)), Applied::Unchanged);
}
