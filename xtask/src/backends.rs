//! A PostgreSQL and a Redis that are thrown away: started for a command in a temporary folder, on free ports, and
//! ended with it.

pub mod postgres;
pub mod redis;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{interrupt, packages, process, progress};

/// Where the tests look for a PostgreSQL; the user in it may make databases.
const POSTGRES_VARIABLE: &str = "PODIUM_TEST_POSTGRES_URL";

/// Where the tests look for a Redis.
const REDIS_VARIABLE: &str = "PODIUM_TEST_REDIS_URL";

/// The running servers. They are ended when this is dropped.
#[derive(Debug)]
pub struct Backends {
    postgres: postgres::Postgres,
    redis: redis::Redis,
}

impl Backends {
    /// Starts both.
    ///
    /// # Errors
    /// When one is not installed and can't be, or does not start.
    pub fn start() -> Result<Self> {
        packages::ensure(&[packages::POSTGRESQL, packages::REDIS])?;
        let postgres = progress::step("a PostgreSQL to throw away", postgres::Postgres::start)?;
        let redis = progress::step("a Redis to throw away", redis::Redis::start)?;
        Ok(Self { postgres, redis })
    }

    /// Tells a command where they are.
    pub fn describe_to(&self, command: &mut Command) {
        command.env(POSTGRES_VARIABLE, self.postgres.url()).env(REDIS_VARIABLE, self.redis.url());
    }
}

/// Runs a command with both servers and ends them after it.
///
/// # Errors
/// When a server does not start or the command fails.
pub fn run_with(arguments: &[String]) -> Result<()> {
    let (program, rest) =
        arguments.split_first().context("name the command to run: cargo xtask services -- …")?;
    let backends = Backends::start()?;
    let mut command = Command::new(program);
    command.args(rest);
    backends.describe_to(&mut command);
    // In our own process group and with our own input, so that a shell can be used.
    let status =
        command.status().with_context(|| format!("failed to start `{}`", process::describe(&command)))?;
    if interrupt::requested() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("`{}` failed: {status}", process::describe(&command));
    }
    Ok(())
}

/// A port that nobody uses at this moment.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr().context("a listener has no address")?.port())
}

/// A folder for a server's files. Not below `target/`: PostgreSQL runs as a user who may not be able to enter there.
///
/// # Errors
/// When it can't be made.
pub fn folder(name: &str) -> Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix(&format!("podium-{name}-"))
        .tempdir()
        .context("failed to make a temporary folder")
}

/// The log of a server, beside its data.
fn log(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("log")
}
