//! The worker role: updates in, messages out, and what must be done now and then.

use std::sync::Arc;

use services::{
    Services,
    bot::setup::{self, Delivery},
    inbox, maintenance, outbox,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::settings::Settings;

/// Works until `stopping`; what has begun by then is finished.
pub async fn run(settings: Arc<Settings>, services: Services, stopping: CancellationToken) {
    let mut tasks = JoinSet::new();
    tasks.spawn(maintenance::run(services.clone(), stopping.clone()));
    if let Some(api) = services.shared_bot_api() {
        tasks.spawn(inbox::worker::run(services.clone(), stopping.clone()));
        tasks.spawn(outbox::sender::run(services.clone(), api, stopping.clone()));
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
    while tasks.join_next().await.is_some() {}
}
