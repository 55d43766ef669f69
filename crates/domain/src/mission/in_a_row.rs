//! Activities that follow on each other, in the order of their times, whatever order they come in.
//!
//! Invariant: what is remembered is bounded. An activity finds its place among the newest [`WINDOW`] of its period; one
//! that is older than those comes too late to be placed and is passed over. What was reached once stays reached.

use serde::{Deserialize, Serialize};

use crate::mission::rule::Activity;

/// How many activities are remembered one by one.
pub(crate) const WINDOW: usize = 32;

/// A row in the making.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The newest activities in their order: time, tie, whether it belongs to the row.
    #[serde(rename = "w")]
    window: Vec<(i64, u64, bool)>,
    /// How many belonged to the row just before the window.
    #[serde(rename = "p")]
    before: i64,
    /// The longest row so far.
    #[serde(rename = "b")]
    best: i64,
}

impl Row {
    /// Takes an activity in. Returns `false` when it comes too late to be placed.
    pub(crate) fn add(&mut self, activity: &Activity, holds: bool) -> bool {
        let key = (activity.at.as_millis(), activity.tie);
        let place = self.window.partition_point(|(at, tie, _)| (*at, *tie) < key);
        if place == 0 && self.window.len() == WINDOW {
            return false;
        }
        self.window.insert(place, (key.0, key.1, holds));
        if self.window.len() > WINDOW {
            let (.., held) = self.window.remove(0);
            self.before = if held { self.before + 1 } else { 0 };
        }
        let longest = self.runs().max().unwrap_or_default();
        self.best = self.best.max(longest);
        true
    }

    /// How long the row is after each activity of the window.
    fn runs(&self) -> impl Iterator<Item = i64> {
        self.window.iter().scan(self.before, |run, (.., holds)| {
            *run = if *holds { *run + 1 } else { 0 };
            Some(*run)
        })
    }

    /// The row that is going on.
    pub(crate) fn current(&self) -> i64 {
        self.runs().last().unwrap_or_default()
    }

    /// The longest row so far.
    pub(crate) const fn best(&self) -> i64 {
        self.best
    }
}
