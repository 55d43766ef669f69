//! Whole processes: a real `podium`, killed and followed by another.

#![expect(clippy::unwrap_used, reason = "a test ends where it can't go on")]

mod jobs;
mod kill;
mod polling;
mod stop;
mod support;
mod tournament;
