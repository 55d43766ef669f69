//! `cargo xtask bench`: every speed that Podium promises, measured beside what it is compared with.
//!
//! The measuring itself is behind the feature `bench`: it must be optimized, and nobody else shall compile it. Without
//! the feature this command builds what is measured and starts itself again with it.

#[cfg(feature = "bench")]
mod board;
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
mod report;
#[cfg(feature = "bench")]
mod start;
#[cfg(feature = "bench")]
mod table;
#[cfg(feature = "bench")]
mod webhook;

use anyhow::Result;
use clap::Args;

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
/// When something that is measured can't be built or does not work.
#[cfg(feature = "bench")]
pub fn run(options: &Options) -> Result<()> {
    table::run(&options.names, options.list, options.quick)
}

/// Builds what is measured and starts again, optimized and with the feature.
///
/// # Errors
/// When something can't be built, or the measuring fails.
#[cfg(not(feature = "bench"))]
pub fn run(options: &Options) -> Result<()> {
    use crate::{packages, process, progress, site, workspace};

    if !options.list {
        packages::ensure(&[packages::NODE])?;
        crate::node::ensure_packages(&workspace::root().join("xtask/bench"))?;
        site::build()?;
    }
    progress::step("compile the server and the benchmarks for production", || {
        let mut command = process::cargo();
        command.args(["build", "--quiet", "--release", "--package", "server", "--bin", "podium"]);
        process::run(command.current_dir(workspace::root()))?;
        let mut command = process::cargo();
        command.args(["build", "--quiet", "--release", "--package", "xtask", "--features", "bench"]);
        process::run(command.current_dir(workspace::root()))
    })?;
    let mut command = std::process::Command::new(workspace::target_dir().join("release/xtask"));
    command.arg("bench").args(&options.names);
    for (is_set, flag) in [(options.list, "--list"), (options.quick, "--quick")] {
        if is_set {
            command.arg(flag);
        }
    }
    process::run(command.current_dir(workspace::root()))
}
