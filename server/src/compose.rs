//! Puts the house together: the scheme of `DATABASE_URL` chooses the database, `REDIS_URL` the bus; nothing else
//! changes.

use std::sync::Arc;

use anyhow::Context;
use bus::{
    RedisConnection,
    limits::{Limits, in_process::InProcessLimits, redis::RedisLimits},
    ranks::{Ranks, in_process::InProcessRanks, redis::RedisRanks},
    signals::{Signals, in_process::InProcessSignals, redis::RedisSignals},
};
use domain::{Clock, Rng};
use secrecy::ExposeSecret;
use services::{Ports, Services, events_out::PlatformWebhook};
use storage::Store;
use storage_postgres::PostgresStore;
use storage_sqlite::SqliteStore;
use telegram::api::{BotApi, HttpBotApi, Timeouts};

use crate::{
    platform_webhook::HttpPlatformWebhook,
    settings::{Settings, secret},
    system::{SystemClock, SystemRng},
};

/// What the keys of this deployment have behind `podium:v1:`. Deployments have a Redis, or a database of one, each.
const REDIS_PREFIX: &str = "";

/// Opens the database that the settings name. No schema is changed.
///
/// # Errors
/// One sentence when the address has another scheme or the database can't be opened.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    let url = settings.database_url.expose_secret();
    if settings.is_postgres() {
        let options = storage_postgres::Options {
            connections: settings.file.postgres.connections,
            ..Default::default()
        };
        let store = PostgresStore::connect(url, &options)
            .await
            .context("the PostgreSQL database can't be reached")?;
        return Ok(Arc::new(store));
    }
    anyhow::ensure!(url.starts_with("sqlite:"), "DATABASE_URL must begin with sqlite: or postgres:");
    let store = SqliteStore::open(url, &storage_sqlite::Options::default())
        .await
        .context("the SQLite file can't be opened")?;
    Ok(Arc::new(store))
}

/// Puts the use cases on top of a database.
///
/// # Errors
/// One sentence when a secret is missing, Redis can't be reached or the Bot API's address is wrong.
pub async fn services(settings: &Settings, store: Arc<dyn Store>) -> anyhow::Result<Services> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let secrets = secret::load(settings, &*rng)?;
    let (ranks, limits, signals) = bus(settings, &*rng).await?;
    let bot_api = bot_api(settings)?;
    let platform_webhook = platform_webhook(settings)?;
    let ports = Ports { store, clock, rng, ranks, limits, signals, bot_api, platform_webhook };
    Ok(Services::new(ports, settings.for_services(), secrets))
}

/// The shared parts: in this process, or on Redis.
type Bus = (Arc<dyn Ranks>, Arc<dyn Limits>, Arc<dyn Signals>);

async fn bus(settings: &Settings, rng: &dyn Rng) -> anyhow::Result<Bus> {
    let Some(url) = &settings.redis_url else {
        return Ok((
            Arc::new(InProcessRanks::default()),
            Arc::new(InProcessLimits::default()),
            Arc::new(InProcessSignals::default()),
        ));
    };
    let connection = RedisConnection::connect(url.expose_secret(), REDIS_PREFIX)
        .context("REDIS_URL is not an address of Redis")?;
    if let Err(error) = connection.ping().await {
        // Redis is transport and cache: SQL answers until it is back.
        tracing::warn!(error = %domain::ErrorChain(&error), "Redis can't be reached yet");
    }
    Ok((
        Arc::new(RedisRanks::new(connection.clone())),
        Arc::new(RedisLimits::new(connection.clone())),
        Arc::new(RedisSignals::start(connection, rng)),
    ))
}

fn bot_api(settings: &Settings) -> anyhow::Result<Option<Arc<dyn BotApi>>> {
    let Some(token) = settings.telegram.token.as_ref().filter(|_| settings.telegram.enabled) else {
        return Ok(None);
    };
    let api = HttpBotApi::new(&settings.telegram.api_url, token.clone(), Timeouts::default())
        .context("the client of the Bot API can't be made")?;
    Ok(Some(Arc::new(api)))
}

fn platform_webhook(settings: &Settings) -> anyhow::Result<Option<Arc<dyn PlatformWebhook>>> {
    let Some(url) = &settings.platform_webhook else { return Ok(None) };
    Ok(Some(Arc::new(HttpPlatformWebhook::new(url.clone())?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_prefix_of_redis_keys_is_one() {
        assert!(RedisConnection::connect("redis://127.0.0.1:1", REDIS_PREFIX).is_ok());
    }
}
