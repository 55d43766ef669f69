//! A Redis without persistence.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::backends;
use crate::service::Service;

/// It is there at once; a busy machine gets its time.
const READY_TIME_MAX: Duration = Duration::from_secs(30);

/// The running server. The order of the fields matters: it ends before its folder goes.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    _service: Service,
    _folder: tempfile::TempDir,
}

impl Redis {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn start() -> Result<Self> {
        let folder = backends::folder("redis")?;
        let port = backends::free_port()?;
        let mut command = Command::new("redis-server");
        command
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                // Benchmarks bring 10 000 viewers and whoever tells them.
                "--maxclients",
                "12000",
                "--dir",
            ])
            .arg(folder.path());
        let mut service = Service::start("redis-server", &mut command, &backends::log(&folder))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        service.wait_until(READY_TIME_MAX, || answers(address))?;
        Ok(Self { port, _service: service, _folder: folder })
    }

    /// Where it listens.
    #[cfg(feature = "bench")]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

/// Whether it answers a ping.
fn answers(address: SocketAddr) -> bool {
    let ping = || {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    ping().is_ok_and(|answer| &answer == b"+PONG")
}
