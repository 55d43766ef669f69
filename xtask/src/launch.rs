//! `cargo xtask run`: everything on one desk, without a token and without a network.
//!
//! Invariant: either all of it runs or none of it. Whatever ends, by Ctrl-C or by itself, takes the rest along.

mod machine;
mod platform_key;
mod settings;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use rustix::process::Signal;

use crate::service::Service;
use crate::{binaries, http, interrupt, node, process, progress, site, wasm_target, workspace};

/// The first start makes the database; a slow disk gets its time.
const READY_TIME_MAX: Duration = Duration::from_mins(1);

/// Where everything listens and keeps its data. The defaults are what the documentation speaks of.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Where Podium listens.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where Podium listens for metrics and health.
    #[arg(long, default_value = "127.0.0.1:9464")]
    internal_listen: SocketAddr,
    /// Where the simulated Telegram listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    simulator_listen: SocketAddr,
    /// The folder of the database, the logs and the keys; relative to the root of the checkout.
    #[arg(long, default_value = "data")]
    data: PathBuf,
}

/// Builds what has changed, starts everything and stays until Ctrl-C or until something ends.
///
/// # Errors
/// When the machine lacks something, a build fails, or something ends by itself.
pub fn run(options: &Options) -> Result<()> {
    let data = workspace::root().join(&options.data);
    let logs = data.join("logs");
    fs::create_dir_all(&logs).with_context(|| format!("failed to make {}", logs.display()))?;
    machine::check_ports(options)?;
    machine::check_space(&[&workspace::target_dir(), &data])?;

    let script = telegram_script()?;
    wasm_target::ensure()?;
    let programs = progress::step("compile the server and the simulator", binaries::build)?;
    site::make()?;

    let platform_key = platform_key::ensure(&data.join("platform.key"))?;
    let settings = settings::Settings { options, data: &data, platform_key: &platform_key };
    let mut simulator = Service::start(
        "the simulated Telegram",
        &mut settings.simulator(&programs.simulator, &script),
        &logs.join("simulator.log"),
    )?
    .stop_by(Signal::INT);
    let simulator_address = options.simulator_listen;
    progress::step("start the simulated Telegram", || {
        simulator.wait_until(READY_TIME_MAX, || http::status(simulator_address, "/").is_some())
    })?;
    let mut podium =
        Service::start("podium", &mut settings.podium(&programs.podium), &logs.join("podium.log"))?;
    let internal_address = options.internal_listen;
    progress::step("start podium", || {
        podium.wait_until(READY_TIME_MAX, || http::status(internal_address, "/health/ready") == Some(200))
    })?;

    announce(options, &logs);
    while !interrupt::requested() {
        podium.check()?;
        simulator.check()?;
        std::thread::sleep(process::POLL_INTERVAL);
    }
    progress::note("ending");
    Ok(())
}

/// What to do next.
fn announce(options: &Options, logs: &Path) {
    println!();
    println!("  Simulated Telegram  http://{}/", options.simulator_listen);
    println!("  Mini App            http://{}/app", options.listen);
    println!();
    println!("  Open the first one, pick a chat, and press the button under the message field.");
    println!("  Logs are in {}. Ctrl-C ends everything.", logs.display());
}

/// Telegram's official script, from npm: it can't be downloaded at run time.
fn telegram_script() -> Result<PathBuf> {
    let simulator = workspace::root().join("crates/simulator");
    node::ensure_packages(&simulator)?;
    let script = simulator.join(SCRIPT);
    fs::metadata(&script).with_context(|| format!("npm left no {}", script.display()))?;
    Ok(script)
}

/// Where the script is in the simulator's folder.
pub const SCRIPT: &str = "node_modules/@twa-dev/sdk/src/telegram-web-apps.js";
