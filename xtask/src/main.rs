//! The automation of Podium, in Rust, so that a newcomer needs nothing but cargo.
//!
//! Invariant: every command can be interrupted at any moment and simply run again. What a command makes is built
//! aside and renamed into place; what it starts, it ends.

mod clock;
mod process;
mod progress;
mod wasm_target;
mod workspace;

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
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::WasmTarget => wasm_target::ensure(),
    }
}
