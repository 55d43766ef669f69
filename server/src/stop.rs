//! Stopping in two steps: first the server says that it is not ready any more, and goes on as ever, so that balancers
//! send elsewhere; then it takes nothing new and finishes what has begun.

use tokio_util::sync::CancellationToken;

/// How the parts of a process learn that it stops. Clones share it.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Cancelled when nothing new is to be begun: listeners close, streams end.
    pub stopping: CancellationToken,
    /// Cancelled when the server is no longer ready: before `stopping`, or with it.
    pub draining: CancellationToken,
}

impl Default for Stop {
    fn default() -> Self {
        let stopping = CancellationToken::new();
        // Whoever stops without draining is not ready either.
        let draining = stopping.child_token();
        Self { stopping, draining }
    }
}
