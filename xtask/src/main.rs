//! The automation of Podium, in Rust, so that a newcomer needs nothing but cargo.
//!
//! Invariant: every command can be interrupted at any moment and simply run again. What a command makes is built
//! aside and renamed into place; what it starts, it ends.

mod clock;
mod files;
mod node;
mod process;
mod progress;
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
    /// Build the site into target/site and check its size.
    Build {
        /// Build the server for production too.
        #[arg(long)]
        server_release: bool,
    },
}

fn main() -> ExitCode {
    match execute(&Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes; a backtrace would say where in this tool, which helps nobody.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::WasmTarget => wasm_target::ensure(),
        Command::Build { server_release } => build(*server_release),
    }
}

/// The site, and the server where production is meant.
fn build(server_release: bool) -> anyhow::Result<()> {
    site::build()?;
    if !server_release {
        return Ok(());
    }
    progress::step("compile the server for production", || {
        let mut command = process::cargo();
        command.args(["build", "--quiet", "--release", "--package", "server", "--bin", "podium"]);
        process::run(command.current_dir(workspace::root()))
    })
}
