//! How far a player is with a mission in one period: a fold over activities.
//!
//! Invariants:
//! - what is remembered is bounded, however much a player does;
//! - counts, sums, different values and days do not depend on the order in which activities come; rows go by their times,
//!   and pass over what comes too late to be placed;
//! - what was reached once stays reached.

use serde::{Deserialize, Serialize};

use crate::mission::{
    MissionKind,
    day::Day,
    definition::Mission,
    in_a_row::Row,
    rule::{Activity, Measure, Rule},
    streak::{REMEMBERED_MAX, Streak, streak},
    value::{FieldValue, Quantity},
};

/// How many days of a streak may be half done at a time.
const OPEN_DAYS_MAX: usize = 4;

/// What a rule has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Measured {
    /// A count or a sum.
    #[serde(rename = "n")]
    Number(Quantity),
    /// The digests of different values, in their order.
    #[serde(rename = "s")]
    Seen(Vec<u64>),
    /// A row.
    #[serde(rename = "r")]
    Row(Row),
}

impl Measured {
    fn new(rule: &Rule) -> Self {
        match rule.measure() {
            Measure::Count | Measure::Sum(_) => Self::Number(Quantity::ZERO),
            Measure::Distinct(_) => Self::Seen(Vec::new()),
            Measure::InARow(_) => Self::Row(Row::default()),
        }
    }

    /// Takes an activity in; of different values at most `most` are remembered. Returns whether anything changed.
    fn add(&mut self, rule: &Rule, activity: &Activity, most: Quantity) -> bool {
        match (self, rule.measure()) {
            (Self::Number(count), Measure::Count) => {
                *count = count.plus(Quantity::whole(1));
                true
            }
            (Self::Number(sum), Measure::Sum(field)) => {
                // Nothing is taken off again, so that the order does not matter.
                let number = activity.fields.get(field).and_then(FieldValue::quantity);
                let number = number.filter(|number| *number > Quantity::ZERO);
                *sum = sum.plus(number.unwrap_or_default());
                number.is_some()
            }
            (Self::Seen(seen), Measure::Distinct(field)) => {
                let Some(value) = activity.fields.get(field) else { return false };
                let is_full = Quantity::whole(i64::try_from(seen.len()).unwrap_or(i64::MAX)) >= most;
                let digest = value.digest();
                match seen.binary_search(&digest) {
                    Err(place) if !is_full => {
                        seen.insert(place, digest);
                        true
                    }
                    _ => false,
                }
            }
            (Self::Row(row), Measure::InARow(condition)) => row.add(activity, condition.holds(activity)),
            // The progress is that of another rule; `Mission::adds_up_as` keeps that from happening.
            _ => false,
        }
    }

    /// What counts against a target.
    fn reached(&self) -> Quantity {
        match self {
            Self::Number(number) => *number,
            Self::Seen(seen) => Quantity::whole(i64::try_from(seen.len()).unwrap_or(i64::MAX)),
            Self::Row(row) => Quantity::whole(row.best()),
        }
    }

    /// What a player sees: of a row the one that is going on.
    fn shown(&self) -> Quantity {
        match self {
            Self::Row(row) => Quantity::whole(row.current()),
            other => other.reached(),
        }
    }
}

/// The days of a streak.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Days {
    /// Those that count, in their order.
    #[serde(rename = "d")]
    done: Vec<Day>,
    /// Those on which something was done, but not enough yet, in their order.
    #[serde(rename = "o")]
    open: Vec<(Day, Measured)>,
}

impl Days {
    fn add(&mut self, rule: &Rule, activity: &Activity, day: Day) -> bool {
        let target = rule.target.unwrap_or_default();
        let Err(place) = self.done.binary_search(&day) else { return false };
        let at = self.open.partition_point(|(open, _)| *open < day);
        let is_open = self.open.get(at).is_some_and(|(open, _)| *open == day);
        let mut measured = if is_open { self.open.remove(at).1 } else { Measured::new(rule) };
        let has_changed = measured.add(rule, activity, target);
        if measured.reached() >= target {
            self.done.insert(place, day);
            if self.done.len() > REMEMBERED_MAX {
                self.done.remove(0);
            }
            return true;
        }
        // A day that is older than all that are open comes too late to be begun.
        if !is_open && at == 0 && self.open.len() >= OPEN_DAYS_MAX {
            return false;
        }
        self.open.insert(at, (day, measured));
        if self.open.len() > OPEN_DAYS_MAX {
            self.open.remove(0);
        }
        has_changed
    }
}

/// A player's progress with a mission in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress(State);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    #[serde(rename = "m")]
    Measured(Measured),
    #[serde(rename = "d")]
    Days(Days),
}

/// What an activity has done to a player's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Nothing.
    Unchanged,
    /// It has moved.
    Changed,
}

impl Progress {
    /// Nothing done.
    pub fn new(mission: &Mission) -> Self {
        Self(match mission.kind {
            MissionKind::Streak => State::Days(Days::default()),
            _ => State::Measured(Measured::new(&mission.rule)),
        })
    }

    /// Takes an activity in that concerns the mission and happened on `day`.
    pub fn apply(&mut self, mission: &Mission, activity: &Activity, day: Day) -> Applied {
        let has_changed = match &mut self.0 {
            State::Measured(measured) => {
                let most = mission.targets().last().copied().unwrap_or_default();
                measured.add(&mission.rule, activity, most)
            }
            State::Days(days) => days.add(&mission.rule, activity, day),
        };
        if has_changed { Applied::Changed } else { Applied::Unchanged }
    }

    /// How many tiers are reached on `today`; 1 or 0 of what is no achievement.
    pub fn tiers(&self, mission: &Mission, today: Day) -> u16 {
        let reached = match &self.0 {
            State::Measured(measured) => {
                let reached = measured.reached();
                mission.targets().into_iter().filter(|target| reached >= *target).count()
            }
            State::Days(_) => {
                usize::from(self.streak(mission, today).is_some_and(|streak| streak.is_reached))
            }
        };
        u16::try_from(reached).unwrap_or(u16::MAX)
    }

    /// How much of the next target is done on `today`.
    pub fn value(&self, mission: &Mission, today: Day) -> Quantity {
        match &self.0 {
            State::Measured(measured) => measured.shown(),
            State::Days(_) => {
                Quantity::whole(self.streak(mission, today).map_or(0, |streak| streak.days).into())
            }
        }
    }

    /// The streak on `today`; none of what is no streak.
    pub fn streak(&self, mission: &Mission, today: Day) -> Option<Streak> {
        let State::Days(days) = &self.0 else { return None };
        let (target, freezes) = (mission.days.unwrap_or_default(), mission.freezes.unwrap_or_default());
        Some(streak(&days.done, target, freezes, today))
    }
}

#[cfg(test)]
mod tests;
