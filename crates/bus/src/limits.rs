//! How often something may happen: token buckets (GCRA) by key, shared by all nodes where Redis is there.
//!
//! Invariant: the two implementations give the same verdict to the same calls at the same times. Both count in whole
//! milliseconds from 1970 and take the numbers of the algorithm from one place, so nothing is rounded.

mod arrivals;
pub mod in_process;
pub mod redis;

use async_trait::async_trait;
use domain::Timestamp;

use crate::BusError;

/// A rate: `burst` at once, and one more every `interval_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// How many may come at once; at least 1.
    pub burst: u32,
    /// Milliseconds after which one more may come; at least 1.
    pub interval_ms: u32,
}

/// The numbers of the generic cell rate algorithm: a bucket is the time at which its next token would arrive if it
/// had always been used at the rate; it may run ahead of now by the tolerance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gcra {
    interval_ms: u64,
    tolerance_ms: u64,
}

/// Ten years: beyond it a bucket might as well be full for good, and sums stay far from any overflow.
const TOLERANCE_MAX_MS: u64 = 10 * 365 * 86_400_000;
/// A little past the year 2286, for the same reason.
const NOW_MAX_MS: i64 = 10_000_000_000_000;

impl Rate {
    fn gcra(self) -> Gcra {
        let interval_ms = u64::from(self.interval_ms.max(1));
        let tolerance_ms = interval_ms * u64::from(self.burst.max(1) - 1);
        // Cut to whole intervals, as a burst is a whole number.
        let tolerance_ms = tolerance_ms.min(TOLERANCE_MAX_MS / interval_ms * interval_ms);
        Gcra { interval_ms, tolerance_ms }
    }
}

/// Milliseconds since 1970, held to the years that the sums are safe for.
fn clamped_ms(now: Timestamp) -> u64 {
    u64::try_from(now.as_millis().clamp(0, NOW_MAX_MS)).unwrap_or_default()
}

/// The answer of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on; one token was taken.
    Allowed,
    /// Not now.
    Wait {
        /// Milliseconds until it may succeed.
        retry_after_ms: u64,
    },
}

/// Token buckets by key.
#[async_trait]
pub trait Limits: Send + Sync + std::fmt::Debug {
    /// Takes one token from the bucket `key` (e.g. `exchange:ip:6b1f…`). A key must always come with the same rate,
    /// and must show no person and no address.
    async fn take(&self, key: &str, rate: Rate, now: Timestamp) -> Result<Verdict, BusError>;

    /// Closes the gate `key` until `until` for every node, as Telegram's 429 asks. A later time wins over an earlier.
    async fn close_gate(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<(), BusError>;

    /// Milliseconds until the gate `key` opens; 0 when it is open.
    async fn gate_closed_ms(&self, key: &str, now: Timestamp) -> Result<u64, BusError>;
}
