//! The web role: the public listener.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use services::{Services, bot::setup};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    http::router,
    pages::Site,
    settings::Settings,
    state::{AppParts, AppState},
};

/// Answers requests until `stopping`.
///
/// # Errors
/// When the site can't be read, the webhook's secret can't be read, or the listener fails.
pub async fn run(
    listener: TcpListener,
    settings: Arc<Settings>,
    services: Services,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let site = Site::load(&settings.site_root)?;
    let state = app_state(settings, services, site, stopping.clone()).await?;
    axum::serve(listener, router::router(state).into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopping.cancelled_owned())
        .await
        .context("the public listener failed")
}

/// The state of the web server, for this role and for tests of the whole server.
///
/// # Errors
/// When the webhook's secret can't be read or made.
pub async fn app_state(
    settings: Arc<Settings>,
    services: Services,
    site: Site,
    stopping: CancellationToken,
) -> anyhow::Result<AppState> {
    let webhook_secret = if settings.telegram.enabled && settings.telegram.webhook_url.is_some() {
        let given = settings.telegram.webhook_secret.clone();
        Some(setup::webhook_secret(&services, given).await.context("the webhook's secret can't be read")?)
    } else {
        None
    };
    Ok(AppState::new(AppParts { services, site, settings, webhook_secret, stopping }))
}
