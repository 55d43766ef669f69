//! The time from the start of the process until it says that it is ready, on a database that has been used.

use anyhow::Result;

use crate::bench::latency::median;
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::{board, table::Effort};

/// Enough to be a used database.
const PLAYERS: u64 = 10_000;

/// Starts again and again.
///
/// # Errors
/// When the server does not start.
pub fn run(effort: Effort) -> Result<Vec<Row>> {
    let folder = podium::folder()?;
    let first = Podium::start(folder.path(), "all")?;
    board::fill_small(first.address, PLAYERS)?;
    drop(first);
    let mut times = Vec::new();
    for _ in 0..effort.rounds.max(3) {
        times.push(Podium::start(folder.path(), "all")?.ready_after.as_secs_f64() * 1000.0);
    }
    Ok(vec![Row::beside_target(
        "start on an existing database (less is better)",
        " ms",
        median(times),
        300.0,
    )])
}
