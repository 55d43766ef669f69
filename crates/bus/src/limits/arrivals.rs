//! The buckets of one rate in bounded memory, as a state store for `governor`.

use std::{cell::RefCell, collections::HashMap};

use governor::{
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

/// The most buckets of one rate. A flood of made-up keys costs some ten megabytes and no more.
pub(super) const BUCKETS_MAX: usize = 100_000;

/// When the next token of each bucket arrives. Used by one thread at a time: the limiter stands behind a lock.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    by_key: RefCell<HashMap<String, Nanos>>,
}

impl StateStore for Arrivals {
    type Key = String;

    fn measure_and_replace<T, F, E>(&self, key: &Self::Key, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut by_key = self.by_key.borrow_mut();
        if let Some(arrival) = by_key.get_mut(key) {
            let (outcome, next) = decide(Some(*arrival))?;
            *arrival = next;
            return Ok(outcome);
        }
        let (outcome, next) = decide(None)?;
        by_key.insert(key.clone(), next);
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<String> for Arrivals {
    /// Forgets the buckets that are full again. Where that does not make room, the half that is nearest to being full
    /// goes too: whoever is limited hardest stays limited.
    fn retain_recent(&self, drop_below: Nanos) {
        let mut by_key = self.by_key.borrow_mut();
        by_key.retain(|_, arrival| *arrival > drop_below);
        if by_key.len() < BUCKETS_MAX {
            return;
        }
        let mut arrivals: Vec<_> = by_key.values().copied().collect();
        let (_, median, _) = arrivals.select_nth_unstable(BUCKETS_MAX / 2);
        let median = *median;
        by_key.retain(|_, arrival| *arrival > median);
    }

    fn len(&self) -> usize {
        self.by_key.borrow().len()
    }

    fn is_empty(&self) -> bool {
        self.by_key.borrow().is_empty()
    }
}
