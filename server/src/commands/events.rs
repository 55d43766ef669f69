//! `podium events …`

use anyhow::Context;
use clap::Subcommand;

use crate::{compose, settings::Settings};

/// Looks after events for the platform.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Let events that were given up (at most 1000) be sent again, under their ids.
    Replay,
    /// Show how many events wait, are being sent or were given up.
    Show,
}

impl EventsCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// When the database can't be opened or fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Settings::from_env()?;
        let store = compose::open_store(&settings).await?;
        let services = compose::services(&settings, store).await?;
        match self {
            Self::Replay => {
                let count = services::events_out::replay_dead(&services)
                    .await
                    .context("events that were given up can't be replayed")?;
                println!("{count} events will be sent again.");
            }
            Self::Show => {
                let mut tx = services.store().begin_read().await?;
                let backlog = tx.outgoing_events().backlog().await?;
                drop(tx);
                println!("waiting {}, sending {}, dead {}", backlog.waiting, backlog.sending, backlog.dead);
            }
        }
        services.store().close().await;
        Ok(())
    }
}
