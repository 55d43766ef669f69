//! The benchmarks, and the run over them.

use anyhow::{Result, bail};

use crate::bench::report::{self, Row};
use crate::bench::{board, exchange, idle, live, start, webhook};
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

/// One benchmark; it may print several rows.
#[derive(Debug)]
struct Benchmark {
    name: &'static str,
    what: &'static str,
    run: fn(Effort) -> Result<Vec<Row>>,
}

/// All of them.
const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "webhook",
        what: "updates acknowledged a second, durable, beside grammY",
        run: webhook::run,
    },
    Benchmark {
        name: "exchange",
        what: "sign-ins a second with a stored session, beside Fastify",
        run: exchange::run,
    },
    Benchmark { name: "board", what: "scores taken and boards read on 1 000 000 players", run: board::run },
    Benchmark { name: "live", what: "10 000 viewers of a live board", run: live::run },
    Benchmark { name: "start", what: "time until ready on an existing database", run: start::run },
    Benchmark { name: "idle", what: "memory of an idle server", run: idle::run },
];

/// Runs the benchmarks of these names.
///
/// # Errors
/// When a name is not known, or a benchmark can't measure.
pub fn run(names: &[String], list: bool, quick: bool) -> Result<()> {
    if let Some(unknown) =
        names.iter().find(|name| BENCHMARKS.iter().all(|known| known.name != name.as_str()))
    {
        bail!("there is no benchmark {unknown}; --list shows them");
    }
    let chosen =
        BENCHMARKS.iter().filter(|known| names.is_empty() || names.iter().any(|name| name == known.name));
    let mut rows = Vec::new();
    for benchmark in chosen {
        if list {
            println!("{:<10} {}", benchmark.name, benchmark.what);
            continue;
        }
        progress::note(&format!("{}: {}", benchmark.name, benchmark.what));
        let effort = if quick { QUICK } else { THOROUGH };
        let measured = (benchmark.run)(effort)?;
        print!("{}", report::table(&measured));
        rows.push((benchmark.name, measured));
        if interrupt::requested() {
            bail!("interrupted");
        }
    }
    if !list && !quick {
        report::write(&rows)?;
    }
    Ok(())
}
