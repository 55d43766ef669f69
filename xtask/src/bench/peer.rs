//! What Podium is compared with: small Node programs, written the way their documentation shows it.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::bench::podium::{BOT_TOKEN, WEBHOOK_SECRET};
use crate::service::Service;
use crate::{backends, http, workspace};

/// Node starts within a second.
const READY_TIME_MAX: Duration = Duration::from_secs(30);

/// A running peer.
#[derive(Debug)]
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    _service: Service,
    _folder: tempfile::TempDir,
}

impl Peer {
    /// Starts a program of `xtask/bench` and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn start(program: &str) -> Result<Self> {
        let directory = workspace::root().join("xtask/bench");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, backends::free_port()?));
        let folder = backends::folder("peer")?;
        let mut command = Command::new("node");
        command
            .arg(directory.join(program))
            .current_dir(&directory)
            .env("NODE_ENV", "production")
            .env("PEER_PORT", address.port().to_string())
            .env("TELEGRAM_BOT_TOKEN", BOT_TOKEN)
            .env("TELEGRAM_WEBHOOK_SECRET", WEBHOOK_SECRET);
        let mut service = Service::start("the peer", &mut command, &folder.path().join("log"))?;
        service.wait_until(READY_TIME_MAX, || http::status(address, "/ready") == Some(200))?;
        Ok(Self { address, _service: service, _folder: folder })
    }
}
