//! Long polling, for development and where no address is given for a webhook.
//!
//! Telegram answers 409 to all but one poller, so one process polls under a lease and the others wait for it. The
//! lease is kept while a poll is open; when it is lost the poll is dropped at once.

use std::time::Duration;

use domain::{BotId, Timestamp};
use storage::StoreError;
use telegram::api::{ApiError, BotApi};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Services, bot::setup, inbox::ingest};

const LEASE: &str = "telegram-polling";
/// For how long the lease holds without being kept. A dead poller is followed after this and one [`RETRY_MS`].
const LEASE_MS: i64 = 8_000;
/// How often the lease is kept; several times within [`LEASE_MS`].
const KEEP_MS: u64 = 1_000;
/// How often the others look whether the lease is free.
const RETRY_MS: u64 = 2_000;
/// How long Telegram may hold an empty answer back (at most 50 s). Short, so that a lost poll is noticed soon.
const POLL_TIMEOUT_S: u32 = 10;
/// The updates that one poll takes.
const POLL_LIMIT: u32 = 100;

/// Polls until `stop`, whenever this process holds the lease.
pub async fn run(services: Services, stop: CancellationToken) {
    let (Some(api), Some(bot_id)) = (services.bot_api(), services.bot_id()) else { return };
    let owner = services.new_uuid();
    let mut webhook_is_dropped = false;
    while !stop.is_cancelled() {
        match acquire(&services, owner).await {
            Ok(true) => {
                tracing::info!("polling Telegram for updates");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = lose_lease(&services, owner) => tracing::info!("another process polls now"),
                    () = async {
                        if !webhook_is_dropped {
                            drop_webhook(api).await;
                            webhook_is_dropped = true;
                        }
                        poll(&services, api, bot_id).await;
                    } => {}
                }
                if let Err(error) = release(&services, owner).await {
                    tracing::debug!(
                        error = %domain::ErrorChain(&error),
                        "the polling lease runs out by itself"
                    );
                }
            }
            Ok(false) => tracing::debug!("another process polls"),
            Err(error) => {
                tracing::warn!(error = %domain::ErrorChain(&error), "the polling lease can't be read");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_millis(RETRY_MS)) => {}
        }
    }
}

async fn acquire(services: &Services, owner: Uuid) -> Result<bool, StoreError> {
    let now: Timestamp = services.now();
    let mut tx = services.store().begin_write().await?;
    let is_mine = tx.leases().acquire(LEASE, owner, now, now.plus_ms(LEASE_MS)).await?;
    tx.save().await?;
    Ok(is_mine)
}

async fn release(services: &Services, owner: Uuid) -> Result<(), StoreError> {
    let mut tx = services.store().begin_write().await?;
    tx.leases().release(LEASE, owner).await?;
    tx.save().await
}

/// Keeps the lease; returns when it is lost, or could not be kept for so long that it may be.
async fn lose_lease(services: &Services, owner: Uuid) {
    let mut kept_at = services.now();
    loop {
        tokio::time::sleep(Duration::from_millis(KEEP_MS)).await;
        // The lease counts from before it was asked for.
        let asked_at = services.now();
        match tokio::time::timeout(Duration::from_millis(KEEP_MS), acquire(services, owner)).await {
            Ok(Ok(true)) => kept_at = asked_at,
            Ok(Ok(false)) => return,
            Ok(Err(_)) | Err(_) if services.now().millis_since(kept_at) > LEASE_MS / 2 => return,
            Ok(Err(_)) | Err(_) => {}
        }
    }
}

/// Drops a webhook before the first poll. The set-up does it too, but at its own time; and only once here, so that
/// this process does not take a webhook from another one again and again.
async fn drop_webhook(api: &dyn BotApi) {
    let mut failures = 0_u32;
    while let Err(error) = setup::drop_webhook(api).await {
        tracing::warn!(
            error = %domain::ErrorChain(&error),
            "Telegram can't be polled yet: whether a webhook is set is not known"
        );
        tokio::time::sleep(Duration::from_millis(500 << failures.min(6))).await;
        failures += 1;
    }
}

/// Polls until an error asks to begin anew.
async fn poll(services: &Services, api: &dyn BotApi, bot_id: BotId) {
    let mut offset = None;
    let mut failures = 0_u32;
    loop {
        match api.get_updates(offset, POLL_LIMIT, POLL_TIMEOUT_S).await {
            Ok(updates) => {
                failures = 0;
                let stored = futures::future::join_all(
                    updates.iter().map(|update| ingest(services, bot_id, update.json.as_bytes())),
                );
                // An update counts as taken by the next poll's offset, so that comes after the commit.
                if stored.await.iter().any(|stored| matches!(stored, Err(super::IngestError::Unavailable(_))))
                {
                    tracing::warn!("polled updates can't be stored now; they will be polled again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                } else if let Some(last) = updates.iter().map(|update| update.update_id.0).max() {
                    offset = Some(last + 1);
                }
            }
            Err(ApiError::Conflict) => {
                tracing::warn!(
                    "Telegram says that another process polls for this bot or a webhook is set; \
                     stop that process, or set DISABLE_TELEGRAM_BOT=true here"
                );
                tokio::time::sleep(Duration::from_secs(5)).await;
                return;
            }
            Err(error) => {
                tracing::warn!(error = %domain::ErrorChain(&error), "polling failed and is tried again");
                let wait_ms = match error {
                    ApiError::FloodWait { retry_after_s } => u64::from(retry_after_s) * 1000,
                    _ => 500 << failures.min(5),
                };
                failures += 1;
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
        }
    }
}
