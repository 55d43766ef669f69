//! The web role: the public listener.

use std::sync::Arc;

use anyhow::Context;
use services::{Services, bot::setup};
use tokio::net::TcpListener;

use crate::{
    http::{
        listener::{self, Bounds},
        router,
        viewers::Viewers,
    },
    pages::Site,
    settings::Settings,
    state::{AppParts, AppState},
    stop::Stop,
};

/// Answers requests until the process stops.
///
/// # Errors
/// When the site or the webhook's secret can't be read.
pub async fn run(
    listener: TcpListener,
    settings: Arc<Settings>,
    services: Services,
    stop: Stop,
) -> anyhow::Result<()> {
    let site = Site::load(&settings.site_root)?;
    let bounds = Bounds::new("public", settings.http_connections_max);
    let state = app_state(settings, services, site, stop.clone()).await?;
    listener::serve(listener, router::router(state), bounds, stop.stopping).await;
    Ok(())
}

/// The state of the web server, for this role and for tests of the whole server.
///
/// # Errors
/// When the webhook's secret can't be read or made.
pub async fn app_state(
    settings: Arc<Settings>,
    services: Services,
    site: Site,
    stop: Stop,
) -> anyhow::Result<AppState> {
    let webhook_secret = if settings.telegram.enabled && settings.telegram.webhook_url.is_some() {
        let given = settings.telegram.webhook_secret.clone();
        Some(setup::webhook_secret(&services, given).await.context("the webhook's secret can't be read")?)
    } else {
        None
    };
    let viewers = Arc::<Viewers>::default();
    Ok(AppState::new(AppParts { services, site, settings, webhook_secret, viewers, stop }))
}
