//! The benchmarks, and the run over them.

use anyhow::{Context as _, Result, bail};

use crate::bench::report::{self, Row};
use crate::bench::{BENCHMARKS, board, exchange, idle, live, start, webhook};
use crate::{interrupt, progress};

/// How thoroughly to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Seconds of a round.
    pub round_s: u64,
    /// Rounds; the median counts.
    pub rounds: usize,
    /// Players on the large board.
    pub players: u32,
    /// Viewers of the live stream.
    pub viewers: usize,
}

/// A measurement that goes into the document.
const THOROUGH: Effort = Effort { round_s: 8, rounds: 5, players: 1_000_000, viewers: 10_000 };

/// A look whether it works.
const QUICK: Effort = Effort { round_s: 2, rounds: 1, players: 20_000, viewers: 500 };

/// What measures a benchmark.
type Measure = fn(Effort) -> Result<Vec<Row>>;

/// What measures the benchmark of this name.
fn measure_of(name: &str) -> Option<Measure> {
    Some(match name {
        "webhook" => webhook::run,
        "exchange" => exchange::run,
        "board" => board::run,
        "live" => live::run,
        "start" => start::run,
        "idle" => idle::run,
        _ => return None,
    })
}

/// Runs the benchmarks of these names; all of them without a name.
///
/// # Errors
/// When a benchmark can't measure.
pub fn run(names: &[String], quick: bool) -> Result<()> {
    let effort = if quick { QUICK } else { THOROUGH };
    let mut rows = Vec::new();
    for (name, what) in BENCHMARKS {
        if !names.is_empty() && names.iter().all(|chosen| chosen != name) {
            continue;
        }
        progress::note(&format!("{name}: {what}"));
        let measure = measure_of(name).with_context(|| format!("nothing measures {name}"))?;
        let measured = measure(effort)?;
        print!("{}", report::table(&measured));
        rows.push((name, measured));
        if interrupt::requested() {
            bail!("interrupted");
        }
    }
    if quick { Ok(()) } else { report::write(&rows) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_benchmark_that_is_listed_can_be_measured() {
        for (name, _) in BENCHMARKS {
            assert!(measure_of(name).is_some(), "{name}");
        }
    }
}
