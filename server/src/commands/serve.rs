//! `podium serve`

use std::{sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use services::Services;
use tokio::{
    net::TcpListener,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{
    compose,
    http::{
        internal::{self, InternalState},
        listener::{self, Bounds},
    },
    roles,
    settings::Settings,
    stop::Stop,
    telemetry,
};

/// How long requests and messages on the wire may take to end once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(35);

/// How long closing the database may take.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// The internal listener's connections: a scraper, a supervisor, a person.
const INTERNAL_CONNECTIONS_MAX: usize = 256;

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

    /// Holds a split role to what processes share. On SQLite they are on one machine and look at the file by
    /// themselves every 0.5 to 2 s; on PostgreSQL they may be many, and limits and ranks of one are not the others'.
    fn check(self, settings: &Settings) -> anyhow::Result<()> {
        ensure!(
            self == Self::All || !settings.is_postgres() || settings.redis_url.is_some(),
            "REDIS_URL is not set; with PostgreSQL the roles web and worker share ranks, limits and hints by Redis: \
             set it, or run one process with --role all"
        );
        Ok(())
    }
}

impl Serve {
    /// Runs until the process is asked to stop.
    ///
    /// # Errors
    /// One sentence when something that is needed to start is missing.
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Arc::new(Settings::from_env()?);
        self.role.check(&settings)?;
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

        let stop = Stop::default();
        // What shows how the rest is doing ends behind it.
        let (mut watching, watched) = (JoinSet::new(), CancellationToken::new());
        watching.spawn(telemetry::metrics::keep(metrics.clone(), watched.clone()));
        let state = InternalState { services: services.clone(), metrics, stop: stop.clone() };
        watching.spawn(serve_internal(internal, state, watched.clone()));
        let mut running = JoinSet::new();
        running.spawn(look_after_boards(services.clone(), stop.stopping.clone()));
        running.spawn(write_down_what_goes_on(services.clone(), stop.stopping.clone()));
        if let Some(listener) = public {
            let (settings, services) = (Arc::clone(&settings), services.clone());
            running.spawn(roles::web::run(listener, settings, services, stop.clone()));
        }
        if self.role.is_worker() {
            let (settings, services) = (Arc::clone(&settings), services.clone());
            running.spawn(roles::worker::run(settings, services, stop.stopping.clone()));
        }
        tracing::info!(role = ?self.role, public_url = %settings.public_url, "podium serves");

        // No part ends by itself; one that does takes the process with it, so that it is started anew.
        let (asked, ended) = tokio::select! {
            asked = asked_to_stop() => (Some(asked), Ok(())),
            ended = running.join_next() => (None, of_part(ended)),
            ended = watching.join_next() => (None, of_part(ended)),
        };
        stop.draining.cancel();
        if self.role.is_web() && asked == Some(Asked::BySupervisor) {
            drain(settings.drain_s).await;
        }
        tracing::info!("stopping: what has begun is finished");
        stop.stopping.cancel();
        finish(running).await;
        watched.cancel();
        watching.abort_all();
        if tokio::time::timeout(CLOSE_MAX, services.store().close()).await.is_err() {
            tracing::warn!("the database's connections did not close in time");
        }
        ended
    }
}

/// How a part of the server ended.
fn of_part(ended: Option<Result<anyhow::Result<()>, JoinError>>) -> anyhow::Result<()> {
    ended.map_or(Ok(()), |ended| ended.context("a part of the server panicked").and_then(|result| result))
}

/// Serves on while balancers see that this server is not ready any more.
async fn drain(seconds: u32) {
    tracing::info!(seconds, "not ready any more; the public listener closes in {seconds} s");
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds.into())) => {}
        _ = asked_to_stop() => {}
    }
}

/// Waits for what has begun, within bounds.
async fn finish(mut running: JoinSet<anyhow::Result<()>>) {
    let rest = async { while running.join_next().await.is_some() {} };
    tokio::select! {
        ended = tokio::time::timeout(GRACE, rest) => {
            if ended.is_err() {
                tracing::warn!("something did not end in time and is cut off");
            }
        }
        _ = asked_to_stop() => tracing::warn!("asked twice to stop; stopping at once"),
    }
    running.abort_all();
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

async fn write_down_what_goes_on(services: Services, stopping: CancellationToken) -> anyhow::Result<()> {
    services::pulse::run(services, stopping).await;
    Ok(())
}

async fn serve_internal(
    listener: TcpListener,
    state: InternalState,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let bounds = Bounds::new("internal", INTERNAL_CONNECTIONS_MAX);
    listener::serve(listener, internal::router(state), bounds, stopping).await;
    Ok(())
}

/// Who asks the process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Somebody at the keyboard, who waits.
    ByHand,
    /// A supervisor, with a balancer perhaps.
    BySupervisor,
}

/// Ctrl-C, or the supervisor's SIGTERM.
async fn asked_to_stop() -> Asked {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = interrupt => Asked::ByHand,
                _ = terminate.recv() => Asked::BySupervisor,
            };
        }
    }
    // Without a handler for signals the process is ended from outside.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
    Asked::ByHand
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::default_file_settings;

    #[test]
    fn a_split_role_on_postgres_needs_redis() {
        let check = |role: Role, database: &str, redis: &str| {
            let variables = [("TELEGRAM_ENABLED", "off"), ("DATABASE_URL", database), ("REDIS_URL", redis)];
            let variables = variables.map(|(name, value)| (name, value.to_owned()));
            let set = variables.into_iter().filter(|(_, value)| !value.is_empty());
            role.check(&Settings::from_variables(set, default_file_settings().unwrap()).unwrap())
        };
        let (postgres, sqlite) = ("postgres://localhost/podium", "sqlite:podium.db");
        for role in [Role::Web, Role::Worker] {
            let refused = check(role, postgres, "").unwrap_err().to_string();
            assert!(refused.starts_with("REDIS_URL is not set"), "{refused}");
            assert!(check(role, postgres, "redis://localhost").is_ok());
            assert!(check(role, sqlite, "").is_ok());
        }
        assert!(check(Role::All, postgres, "").is_ok());
    }
}
