//! The automation of Podium, in Rust, so that a newcomer needs nothing but cargo.
//!
//! Invariant: every command can be interrupted at any moment and simply run again. What a command makes is built
//! aside and renamed into place; what it starts, it ends.

mod backends;
mod bench;
mod binaries;
mod clock;
#[cfg(test)]
mod documents;
mod files;
mod http;
mod interrupt;
mod launch;
mod node;
mod packages;
mod process;
mod progress;
mod proof;
#[cfg(test)]
mod rules;
mod service;
mod site;
mod wasm_target;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The automation of Podium.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
enum Command {
    /// Make sure that this Rust can compile for wasm32-unknown-unknown.
    WasmTarget,
    /// Build what has changed and run everything on this desk: Podium, a simulated Telegram, a demo platform.
    Run(launch::Options),
    /// Prove everything: formatting, lints, documentation, size, tests, and the whole way in a real browser.
    Test(proof::Options),
    /// Build the site into target/site and check its size.
    Build {
        /// Build the server for production too.
        #[arg(long)]
        server_release: bool,
    },
    /// Measure every speed that Podium promises, beside what it is compared with.
    Bench(bench::Options),
    /// Run a command with a PostgreSQL and a Redis to throw away: cargo xtask services -- cargo test -p bus
    Services {
        /// The command and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match execute(&Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // The chain of causes; a backtrace would say where in this tool, which helps nobody.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked for, and says whether it went well where the command itself has said why not.
fn execute(command: &Command) -> anyhow::Result<bool> {
    interrupt::install()?;
    match command {
        Command::WasmTarget => {
            wasm_target::ensure()?;
            progress::note(&format!("{} is there", wasm_target::TARGET));
        }
        Command::Run(options) => launch::run(options)?,
        Command::Test(options) => return proof::run(options),
        Command::Build { server_release } => build(*server_release)?,
        Command::Bench(options) => bench::run(options)?,
        Command::Services { command } => backends::run_with(command)?,
    }
    Ok(true)
}

/// The site, and the server where production is meant.
fn build(server_release: bool) -> anyhow::Result<()> {
    site::build()?;
    if !server_release {
        return Ok(());
    }
    progress::step("compile the server for production", || {
        process::cargo_build(&["--release", "--package", "server", "--bin", "podium"])
    })
}
