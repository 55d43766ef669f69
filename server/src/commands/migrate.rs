//! `podium migrate`

use anyhow::Context;

use crate::{compose, settings::Settings};

/// Brings the schema up to date.
///
/// # Errors
/// When the database can't be opened or a migration fails.
pub async fn run() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    let store = compose::open_store(&settings).await?;
    store.migrate().await.context("the schema can't be brought up to date")?;
    store.close().await;
    println!("The schema is up to date.");
    Ok(())
}
