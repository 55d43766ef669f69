//! The one place of the automation that reads the clock. A tool measures its own steps and has no player whose time
//! would have to be moved by a test.

use std::time::{Duration, Instant};

/// A running stopwatch.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    #[expect(clippy::disallowed_methods, reason = "a tool measures its own steps")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Milliseconds since 1970, for data that a benchmark makes up.
///
/// # Errors
/// When the machine's clock is before 1970.
#[cfg(feature = "bench")]
#[expect(clippy::disallowed_methods, reason = "a benchmark signs with the real time, as Telegram does")]
pub fn unix_ms() -> anyhow::Result<i64> {
    let now = std::time::SystemTime::now();
    Ok(i64::try_from(now.duration_since(std::time::UNIX_EPOCH)?.as_millis())?)
}
