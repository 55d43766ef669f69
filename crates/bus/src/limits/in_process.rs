//! Limits in the memory of one process, on `governor`.
//!
//! Invariant: the time is the caller's; memory is bounded whatever keys come. `governor` asks a clock for the time, so
//! each rate's limiter stands behind a lock together with a clock that is set before each question.

use std::{
    cell::Cell,
    collections::HashMap,
    fmt,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::Timestamp;
use governor::{Quota, RateLimiter, clock::Clock, middleware::NoOpMiddleware, nanos::Nanos};

use crate::{
    BusError,
    limits::{
        Gcra, Limits, Rate, Verdict,
        arrivals::{Arrivals, BUCKETS_MAX},
        clamped_ms,
    },
};

/// The most gates that are closed at a time.
const GATES_MAX: usize = 100_000;
/// Below this number it is not worth looking for buckets that are full again.
const SWEEP_FROM: usize = 1_024;
const NANOS_PER_MS: u64 = 1_000_000;

/// The limits of a single machine.
#[derive(Default)]
pub struct InProcessLimits {
    buckets: Mutex<HashMap<Rate, Buckets>>,
    /// When each gate opens, in milliseconds since 1970.
    gates: Mutex<HashMap<String, u64>>,
}

struct Buckets {
    limiter: RateLimiter<String, Arrivals, CallersClock, NoOpMiddleware<Nanos>>,
    /// The number of buckets at which the full ones are looked for next.
    sweep_at: usize,
}

/// The time that the caller of [`Limits::take`] passed in.
#[derive(Debug, Default)]
struct CallersClock(Cell<u64>);

impl Clock for CallersClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.get())
    }
}

impl InProcessLimits {
    /// Limits that nobody has used yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for InProcessLimits {
    /// Keys hold addresses: they are not shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InProcessLimits")
            .field("rates", &lock(&self.buckets).len())
            .finish_non_exhaustive()
    }
}

impl Buckets {
    fn new(rate: Rate) -> Self {
        let Gcra { interval_ms, tolerance_ms } = rate.gcra();
        let burst = u32::try_from(tolerance_ms / interval_ms + 1).unwrap_or(u32::MAX);
        // `with_period` is `None` for 0 alone, which `gcra` rules out.
        let quota = Quota::with_period(Duration::from_millis(interval_ms))
            .unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))
            .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
        // The clock stands at 0 here, so that the limiter counts from 1970.
        Self {
            limiter: RateLimiter::new(quota, Arrivals::default(), CallersClock::default()),
            sweep_at: SWEEP_FROM,
        }
    }

    fn take(&mut self, key: &str, now_ms: u64) -> Verdict {
        self.limiter.clock().0.set(now_ms * NANOS_PER_MS);
        if self.limiter.len() >= self.sweep_at {
            self.limiter.retain_recent();
            self.sweep_at = (self.limiter.len() * 2).clamp(SWEEP_FROM, BUCKETS_MAX);
        }
        match self.limiter.check_key(&key.to_owned()) {
            Ok(()) => Verdict::Allowed,
            Err(refusal) => {
                let wait = refusal.wait_time_from(self.limiter.clock().now());
                Verdict::Wait { retry_after_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) }
            }
        }
    }
}

#[async_trait]
impl Limits for InProcessLimits {
    async fn take(&self, key: &str, rate: Rate, now: Timestamp) -> Result<Verdict, BusError> {
        let mut buckets = lock(&self.buckets);
        Ok(buckets.entry(rate).or_insert_with(|| Buckets::new(rate)).take(key, clamped_ms(now)))
    }

    async fn close_gate(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<(), BusError> {
        let (until_ms, now_ms) = (clamped_ms(until), clamped_ms(now));
        if until_ms <= now_ms {
            return Ok(());
        }
        let mut gates = lock(&self.gates);
        if let Some(present) = gates.get_mut(key) {
            *present = until_ms.max(*present);
            return Ok(());
        }
        if gates.len() >= GATES_MAX {
            gates.retain(|_, until_ms| *until_ms > now_ms);
        }
        if gates.len() >= GATES_MAX {
            // So many gates at once are a flood; those that open soonest are the least to lose.
            let mut opening: Vec<_> = gates.values().copied().collect();
            let (_, median, _) = opening.select_nth_unstable(GATES_MAX / 2);
            let median = *median;
            gates.retain(|_, until_ms| *until_ms > median);
        }
        gates.insert(key.to_owned(), until_ms);
        Ok(())
    }

    async fn gate_closed_ms(&self, key: &str, now: Timestamp) -> Result<u64, BusError> {
        Ok(lock(&self.gates).get(key).map_or(0, |until_ms| until_ms.saturating_sub(clamped_ms(now))))
    }
}

// A count that a panic cut short is a count still.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 2, interval_ms: 1_000 };

    #[tokio::test]
    async fn a_flood_of_keys_is_forgotten_before_the_one_that_is_limited_hardest() {
        let limits = InProcessLimits::new();
        let now = Timestamp::from_secs(1_767_225_600);
        for _ in 0..2 {
            assert_eq!(limits.take("hard", RATE, now).await.unwrap(), Verdict::Allowed);
        }
        for number in 0..BUCKETS_MAX + 5 {
            limits.take(&format!("flood:{number}"), RATE, now).await.unwrap();
            assert!(lock(&limits.buckets)[&RATE].limiter.len() <= BUCKETS_MAX);
        }
        assert!(matches!(limits.take("hard", RATE, now).await.unwrap(), Verdict::Wait { .. }));
    }

    #[tokio::test]
    async fn buckets_that_are_full_again_are_forgotten() {
        let limits = InProcessLimits::new();
        let now = Timestamp::from_secs(1_767_225_600);
        for number in 0..SWEEP_FROM {
            limits.take(&format!("old:{number}"), RATE, now).await.unwrap();
        }
        limits.take("new", RATE, now.plus_ms(60_000)).await.unwrap();
        assert_eq!(lock(&limits.buckets)[&RATE].limiter.len(), 1);
    }

    #[test]
    fn keys_do_not_print() {
        let limits = InProcessLimits::new();
        assert!(!format!("{limits:?}").contains("203.0.113.7"));
    }
}
