//! The `podium` binary.

use clap::Parser;
use server::commands::Command;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A gaming platform's companion inside Telegram.
#[derive(Debug, Parser)]
#[command(name = "podium", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    match arguments.command.run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain on one line: `podium` is often started by a supervisor that keeps lines.
            eprintln!("podium: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
