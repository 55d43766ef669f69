//! The server that is measured: the production build, on an empty folder of its own, with the limits off.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::clock::Stopwatch;
use crate::service::Service;
use crate::{backends, http, site, workspace};

/// A token of the right form that opens nothing.
pub const BOT_TOKEN: &str = "7342037359:AAF-made-up-for-the-desk-0123456789";

/// What Telegram would send with each update.
pub const WEBHOOK_SECRET: &str = "bench-secret";

/// What the platform signs with: 32 bytes that everyone knows.
pub const PLATFORM_KEY: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A database of a million players is not opened in an instant.
const READY_TIME_MAX: Duration = Duration::from_mins(2);

/// A running server.
#[derive(Debug)]
pub struct Podium {
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took to be ready.
    pub ready_after: Duration,
    service: Service,
}

impl Podium {
    /// Starts a server with a role on the database in a folder, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(folder: &Path, role: &str) -> Result<Self> {
        Self::start_with(folder, role, &[])
    }

    /// The same with other settings: each replaces the one of its name.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_with(folder: &Path, role: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, backends::free_port()?));
        let internal_address = SocketAddr::from((Ipv4Addr::LOCALHOST, backends::free_port()?));
        // Nobody listens there: Podium serves without the Bot API, and nothing disturbs the measurement.
        let telegram = SocketAddr::from((Ipv4Addr::LOCALHOST, backends::free_port()?));
        let mut command = Command::new(workspace::target_dir().join("release/podium"));
        command
            .args(["serve", "--role", role])
            .current_dir(folder)
            .env("PODIUM_LISTEN", address.to_string())
            .env("PODIUM_INTERNAL_LISTEN", internal_address.to_string())
            .env("PODIUM_PUBLIC_URL", format!("http://{address}"))
            .env("PODIUM_SITE_ROOT", site::directory())
            .env("PODIUM_RATE_LIMITS", "off")
            .env("PODIUM_DRAIN_S", "0")
            .env("PODIUM_PLATFORM_KEY", PLATFORM_KEY)
            .env("DATABASE_URL", format!("sqlite:{}/podium.db", folder.display()))
            .env("TELEGRAM_BOT_TOKEN", BOT_TOKEN)
            .env("TELEGRAM_API_URL", format!("http://{telegram}"))
            .env("TELEGRAM_WEBHOOK_URL", format!("http://{address}/telegram/webhook"))
            .env("TELEGRAM_WEBHOOK_SECRET", WEBHOOK_SECRET)
            .env("RUST_LOG", "error")
            .env_remove("REDIS_URL")
            .envs(settings.iter().copied());
        let stopwatch = Stopwatch::start();
        let mut service = Service::start("podium", &mut command, &log(folder))?;
        service
            .wait_until(READY_TIME_MAX, || http::status(internal_address, "/health/ready") == Some(200))?;
        Ok(Self { address, ready_after: stopwatch.elapsed(), service })
    }

    /// The memory that it holds, in megabytes.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn memory_mb(&self) -> Result<f64> {
        let path = format!("/proc/{}/status", self.service.id());
        let status = std::fs::read_to_string(&path).with_context(|| format!("failed to read {path}"))?;
        let kilobytes: f64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|text| text.trim().split(' ').next()?.parse().ok())
            .context("the system does not say how much memory podium holds")?;
        Ok(kilobytes / 1024.0)
    }
}

/// Where a server that was started on a folder logs.
pub fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// A folder for a database, on the disk of the checkout: a folder in memory would make syncs free.
///
/// # Errors
/// When it can't be made.
pub fn folder() -> Result<tempfile::TempDir> {
    let parent = workspace::scratch_dir();
    std::fs::create_dir_all(&parent).context("failed to make the scratch folder")?;
    tempfile::Builder::new().prefix("bench-").tempdir_in(parent).context("failed to make a folder")
}
