//! The worker role: updates in, messages out, jobs at their time, and what must be done now and then.

use std::sync::Arc;

use anyhow::{Context, ensure};
use services::{
    Services,
    bot::{
        board_message,
        setup::{self, Delivery},
    },
    events_out, inbox, jobs, maintenance, outbox,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::settings::Settings;

/// Works until `stopping`; what has begun by then is finished.
///
/// # Errors
/// When a part ends by itself: the process then ends too, and is started anew.
pub async fn run(
    settings: Arc<Settings>,
    services: Services,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(maintenance::run(services.clone(), stopping.clone()));
    tasks.spawn(jobs::worker::run(services.clone(), jobs::house(), stopping.clone()));
    if let Some(webhook) = services.platform_webhook() {
        tasks.spawn(events_out::sender::run(services.clone(), webhook, stopping.clone()));
    }
    if let Some(api) = services.shared_bot_api() {
        tasks.spawn(inbox::worker::run(services.clone(), stopping.clone()));
        tasks.spawn(outbox::sender::run(services.clone(), api, stopping.clone()));
        tasks.spawn(board_message::keep::run(services.clone(), stopping.clone()));
        let delivery = match &settings.telegram.webhook_url {
            Some(url) => {
                Delivery::Webhook { url: url.to_string(), secret: settings.telegram.webhook_secret.clone() }
            }
            None => Delivery::Polling,
        };
        tasks.spawn(setup::run(services.clone(), delivery.clone(), stopping.clone()));
        if matches!(delivery, Delivery::Polling) {
            tasks.spawn(inbox::poll::run(services.clone(), stopping.clone()));
        }
    } else {
        tracing::info!("the bot is off: no updates are taken and no messages are sent");
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a part of the worker panicked")?;
        ensure!(stopping.is_cancelled(), "a part of the worker has ended by itself");
    }
    Ok(())
}
