//! `podium keys …`

use anyhow::Context;
use clap::Subcommand;

use crate::{compose, settings::Settings};

/// Looks after the keys that sign tokens and those that seal names.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a new signing key. It is published at once, signs two minutes later, and the old one goes when its last
    /// token has expired. No server needs a restart.
    Rotate,
    /// Seal all names with the first of `PODIUM_PERSONAL_KEYS`. When this says that none is left under another, the
    /// earlier keys may go.
    Reseal,
}

impl KeysCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// When the database can't be opened or fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Settings::from_env()?;
        let store = compose::open_store(&settings).await?;
        let services = compose::services(&settings, store).await?;
        match self {
            Self::Rotate => {
                let kid = services::tokens::rotate(&services).await.context("no new key could be made")?;
                println!("The key {kid} signs in two minutes.");
            }
            Self::Reseal => {
                let done = services::privacy::reseal::reseal(&services)
                    .await
                    .context("not all names could be sealed anew")?;
                println!("{} rows were sealed anew.", done.resealed);
                anyhow::ensure!(
                    done.unreadable == 0,
                    "{} rows can't be read: a key of theirs is missing in PODIUM_PERSONAL_KEYS",
                    done.unreadable
                );
                println!("No name is left under another key.");
            }
        }
        services.store().close().await;
        Ok(())
    }
}
