//! The commands of the binary.

pub mod events;
pub mod inbox;
pub mod jobs;
pub mod keys;
pub mod migrate;
pub mod serve;

use clap::Subcommand;

use crate::telemetry;

/// What `podium` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server: web, worker, or both.
    Serve(serve::Serve),
    /// Bring the database's schema up to date.
    Migrate,
    /// Look after updates that were given up.
    #[command(subcommand)]
    Inbox(inbox::InboxCommand),
    /// Look after events for the platform.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Look after what is planned for a time.
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Look after the keys that sign tokens and those that seal names.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
}

impl Command {
    /// Runs the command to its end.
    ///
    /// # Errors
    /// One sentence, with its causes, for the person at the terminal.
    pub fn run(self) -> anyhow::Result<()> {
        telemetry::logs::install();
        // Several crates bring rustls; it wants one provider for the process. A second call finds it there.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self {
                Self::Serve(serve) => serve.run().await,
                Self::Migrate => migrate::run().await,
                Self::Inbox(command) => command.run().await,
                Self::Events(command) => command.run().await,
                Self::Jobs(command) => command.run().await,
                Self::Keys(command) => command.run().await,
            }
        })
    }
}
