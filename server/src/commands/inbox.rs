//! `podium inbox …`

use anyhow::Context;
use clap::Subcommand;
use domain::UpdateId;

use crate::{compose, settings::Settings};

/// Looks after updates that were given up.
#[derive(Debug, Subcommand)]
pub enum InboxCommand {
    /// Let dead letters be handled again.
    Replay {
        /// Only this update; all of them (at most 1000) when left out.
        #[arg(long)]
        update_id: Option<i64>,
    },
    /// Show how many updates wait, are done or were given up.
    Show,
}

impl InboxCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// When the database can't be opened or fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Settings::from_env()?;
        let store = compose::open_store(&settings).await?;
        let services = compose::services(&settings, store).await?;
        match self {
            Self::Replay { update_id } => {
                let count = services::inbox::replay_dead(&services, update_id.map(UpdateId))
                    .await
                    .context("dead letters can't be replayed")?;
                println!("{count} updates will be handled again.");
            }
            Self::Show => {
                let mut tx = services.store().begin_read().await?;
                let stats = tx.inbox().stats().await?;
                drop(tx);
                println!(
                    "waiting {}, running {}, done {}, dead {}",
                    stats.waiting, stats.running, stats.done, stats.dead
                );
            }
        }
        services.store().close().await;
        Ok(())
    }
}
