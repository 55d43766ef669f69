//! `podium serve`

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use services::Services;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    compose,
    http::internal::{self, InternalState},
    roles,
    settings::Settings,
    telemetry,
};

/// How long requests and messages on the wire may take to end once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(35);

/// How long closing the database may take.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// Runs the server.
#[derive(Debug, Args)]
pub struct Serve {
    /// What this process does.
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
    /// Leave the schema to `podium migrate`.
    #[arg(long)]
    no_migrate: bool,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Everything, on one machine.
    All,
    /// Answers requests.
    Web,
    /// Handles updates and sends messages.
    Worker,
}

impl Role {
    const fn is_web(self) -> bool {
        matches!(self, Self::All | Self::Web)
    }

    const fn is_worker(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }
}

impl Serve {
    /// Runs until the process is asked to stop.
    ///
    /// # Errors
    /// One sentence when something that is needed to start is missing.
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Arc::new(Settings::from_env()?);
        let metrics = telemetry::metrics::install()?;
        // Listening comes before the database: a taken port is the commonest mistake and the cheapest to see.
        let public =
            if self.role.is_web() { Some(listen("PODIUM_LISTEN", &settings.listen).await?) } else { None };
        let internal = listen("PODIUM_INTERNAL_LISTEN", &settings.internal_listen).await?;
        let store = compose::open_store(&settings).await?;
        if self.no_migrate {
            ensure!(
                store.is_migrated().await.context("the database can't be asked for its schema")?,
                "the schema is not up to date; run `podium migrate`"
            );
        } else {
            store.migrate().await.context("the schema can't be brought up to date")?;
        }
        let services = compose::services(&settings, store).await?;

        let stopping = CancellationToken::new();
        let mut running = tokio::task::JoinSet::new();
        running.spawn(telemetry::metrics::keep(metrics.clone(), stopping.clone()));
        running.spawn(look_after_boards(services.clone(), stopping.clone()));
        running.spawn(serve_internal(internal, services.clone(), metrics, stopping.clone()));
        if let Some(listener) = public {
            let (settings, services, stopping) = (Arc::clone(&settings), services.clone(), stopping.clone());
            running.spawn(roles::web::run(listener, settings, services, stopping));
        }
        if self.role.is_worker() {
            let (settings, services, stopping) = (Arc::clone(&settings), services.clone(), stopping.clone());
            running.spawn(roles::worker::run(settings, services, stopping));
        }
        tracing::info!(role = ?self.role, public_url = %settings.public_url, "podium serves");

        let ended = tokio::select! {
            () = asked_to_stop() => Ok(()),
            // No part ends by itself; one that does takes the process with it, so that it is started anew.
            ended = running.join_next() => match ended {
                Some(ended) => ended.context("a part of the server panicked").and_then(|result| result),
                None => Ok(()),
            },
        };
        tracing::info!("stopping: what has begun is finished");
        stopping.cancel();
        let rest = async { while running.join_next().await.is_some() {} };
        tokio::select! {
            ended = tokio::time::timeout(GRACE, rest) => {
                if ended.is_err() {
                    tracing::warn!("something did not end in time and is cut off");
                }
            }
            () = asked_to_stop() => tracing::warn!("asked twice to stop; stopping at once"),
        }
        running.abort_all();
        if tokio::time::timeout(CLOSE_MAX, services.store().close()).await.is_err() {
            tracing::warn!("the database's connections did not close in time");
        }
        ended
    }
}

async fn listen(name: &'static str, address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address} ({name}); is it taken?"))
}

/// In every role: each may read boards, and has an index of its own where there is no Redis.
async fn look_after_boards(services: Services, stopping: CancellationToken) -> anyhow::Result<()> {
    services::boards::keep::run(services, stopping).await;
    Ok(())
}

async fn serve_internal(
    listener: TcpListener,
    services: Services,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let router = internal::router(InternalState { services, metrics });
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopping.cancelled_owned())
        .await
        .context("the internal listener failed")
}

/// Ctrl-C, or the supervisor's SIGTERM.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler for signals the process is ended from outside.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
