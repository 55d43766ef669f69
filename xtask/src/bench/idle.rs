//! The memory of a server that has been started and has nothing to do.

use std::time::Duration;

use anyhow::Result;

use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::{board, table::Effort};

/// What is done once after a start is done by then.
const SETTLE: Duration = Duration::from_secs(5);

/// Enough to be a used database.
const PLAYERS: u64 = 10_000;

/// Starts on a used database, waits and looks.
///
/// # Errors
/// When the server does not start.
pub fn run(_: Effort) -> Result<Vec<Row>> {
    let folder = podium::folder()?;
    let first = Podium::start(folder.path(), "all")?;
    board::fill_small(first.address, PLAYERS)?;
    drop(first);
    let podium = Podium::start(folder.path(), "all")?;
    std::thread::sleep(SETTLE);
    Ok(vec![Row::beside_target("memory when idle (less is better)", " MB", podium.memory_mb()?, 60.0)])
}
