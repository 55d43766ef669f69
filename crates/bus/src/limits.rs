//! How often something may happen: token buckets (GCRA) by key, shared by all nodes where Redis is there.

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
    /// Takes one token from the bucket `key` (e.g. `exchange:ip:203.0.113.7`). A key must always come with the same
    /// rate.
    async fn take(&self, key: &str, rate: Rate, now: Timestamp) -> Result<Verdict, BusError>;

    /// Closes the gate `key` until `until` for every node, as Telegram's 429 asks. A later time wins over an earlier.
    async fn close_gate(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<(), BusError>;

    /// Milliseconds until the gate `key` opens; 0 when it is open.
    async fn gate_closed_ms(&self, key: &str, now: Timestamp) -> Result<u64, BusError>;
}
