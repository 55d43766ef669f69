//! `cargo xtask bench`: every speed that Podium promises, measured beside what it is compared with.
//!
//! The measuring itself is behind the feature `bench`: it must be optimized, and nobody else shall compile it. Without
//! the feature this command builds what is measured and starts itself again with it.

#[cfg(feature = "bench")]
mod board;
#[cfg(feature = "bench")]
mod board_end;
#[cfg(feature = "bench")]
mod board_rebuild;
#[cfg(feature = "bench")]
mod client;
#[cfg(feature = "bench")]
mod exchange;
#[cfg(feature = "bench")]
mod idle;
#[cfg(feature = "bench")]
mod init_data;
#[cfg(feature = "bench")]
mod latency;
#[cfg(feature = "bench")]
mod live;
#[cfg(feature = "bench")]
mod load;
#[cfg(feature = "bench")]
mod machine;
#[cfg(feature = "bench")]
mod peer;
#[cfg(feature = "bench")]
mod platform;
#[cfg(feature = "bench")]
mod podium;
#[cfg(feature = "bench")]
mod redis;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod start;
#[cfg(feature = "bench")]
mod table;
#[cfg(feature = "bench")]
mod webhook;

use anyhow::{Result, bail};
use clap::Args;

/// All benchmarks: the name, and what it shows.
const BENCHMARKS: [(&str, &str); 6] = [
    ("webhook", "updates acknowledged a second, durable, beside grammY"),
    ("exchange", "sign-ins a second with a stored session, beside Fastify"),
    ("board", "1 000 000 players: scores taken, boards read, rebuilt and made final, beside Redis"),
    ("live", "10 000 viewers of a live board"),
    ("start", "time until ready on an existing database"),
    ("idle", "memory of an idle server"),
];

/// What to measure.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Only these benchmarks, by name; all of them without a name.
    names: Vec<String>,
    /// Show the benchmarks and measure nothing.
    #[arg(long)]
    list: bool,
    /// A short look instead of a measurement: shorter rounds, smaller boards, and docs/BENCHMARKS.md stays as it is.
    #[arg(long)]
    quick: bool,
}

/// Measures, prints, and writes docs/BENCHMARKS.md.
///
/// # Errors
/// When a name is not known, or something that is measured can't be built or does not work.
pub fn run(options: &Options) -> Result<()> {
    if let Some(unknown) = options.names.iter().find(|name| BENCHMARKS.iter().all(|(known, _)| known != name))
    {
        bail!("there is no benchmark {unknown}; --list shows them");
    }
    if options.list {
        for (name, what) in BENCHMARKS {
            println!("{name:<10} {what}");
        }
        return Ok(());
    }
    measure(options)
}

/// Measures.
#[cfg(feature = "bench")]
fn measure(options: &Options) -> Result<()> {
    table::run(&options.names, options.quick)
}

/// Builds what is measured and starts again, optimized and with the feature.
#[cfg(not(feature = "bench"))]
fn measure(options: &Options) -> Result<()> {
    use crate::{node, packages, process, progress, site, workspace};

    packages::ensure(&[packages::NODE, packages::REDIS])?;
    node::ensure_packages(&workspace::root().join("xtask/bench"))?;
    site::make()?;
    progress::step("compile the server and the benchmarks for production", || {
        process::cargo_build(&["--release", "--package", "server", "--bin", "podium"])?;
        process::cargo_build(&["--release", "--package", "xtask", "--features", "bench"])
    })?;
    let mut command = std::process::Command::new(workspace::target_dir().join("release/xtask"));
    command.arg("bench").args(&options.names);
    if options.quick {
        command.arg("--quick");
    }
    process::run(command.current_dir(workspace::root()))
}
