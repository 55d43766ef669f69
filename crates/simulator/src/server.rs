//! Starts and stops the simulator, and gives each connection a switch that cuts it.

use std::{
    io,
    net::SocketAddr,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Router,
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use reqwest::Client;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::{api, cabinet, config::Config, control, delivery, demo, oauth, page, simulator::Simulator};

/// Why the simulator did not start. Each is one clear sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("the simulator can't listen on {address}: {source}")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The file of Telegram's script is not there.
    #[error("Telegram's script can't be read from {path}: run `npm ci` in crates/simulator first ({source})")]
    Script {
        /// Where it should have been.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The client for webhooks can't be made.
    #[error("the client for webhooks can't be made")]
    Client(#[source] reqwest::Error),
    /// The key of the demo platform is none.
    #[error("the demo platform's key is not `whsec_` and base64")]
    Key,
}

/// A running simulator. It stops when this is dropped, or with [`Handle::stop`]; everything that people and tests do
/// is behind [`Simulator`].
#[derive(Debug)]
pub struct Handle {
    simulator: Simulator,
    address: SocketAddr,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts a simulator.
///
/// # Errors
/// When the port is taken, the script is missing or the demo platform's key is none.
pub async fn start(config: Config) -> Result<Handle, StartError> {
    let script = page::Script::read(config.script.as_deref())?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|source| StartError::Listen { address: config.listen, source })?;
    let address =
        listener.local_addr().map_err(|source| StartError::Listen { address: config.listen, source })?;
    let client = Client::builder()
        .timeout(config.webhook_timeout)
        .connect_timeout(Duration::from_secs(10))
        // A webhook that redirects is wrong, and a proxy has no place between two programs on one machine.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(StartError::Client)?;
    let demo = config
        .demo
        .clone()
        .map(|demo| demo::Demo::new(demo, client.clone()))
        .transpose()
        .map_err(|_| StartError::Key)?;
    let simulator = Simulator::new(config, demo);
    let stop = CancellationToken::new();

    let app = Router::new()
        .nest("/_sim", control::routes())
        .nest("/oauth", oauth::routes())
        .nest("/cabinet", cabinet::routes())
        .merge(page::routes(script))
        .fallback(api::handle)
        .with_state(simulator.clone())
        .into_make_service_with_connect_info::<Cut>();
    let listener = CuttingListener { listener, stop: stop.clone() };
    let stopped = stop.clone().cancelled_owned();
    let serve = async move {
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stopped).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the simulator stopped serving");
        }
    };
    let mut tasks =
        vec![tokio::spawn(serve), tokio::spawn(delivery::run(simulator.clone(), client, stop.clone()))];
    if simulator.demo().is_some() {
        tasks.push(tokio::spawn(demo::run(simulator.clone(), stop.clone())));
    }
    Ok(Handle { simulator, address, stop, tasks })
}

impl Handle {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page and, as `TELEGRAM_API_URL`, of the Bot API: `http://127.0.0.1:<port>`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bot's token.
    pub fn token(&self) -> &str {
        &self.simulator.config().token
    }

    /// A simulator to hold on to beside this handle.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Stops: connections are cut, deliveries called off, the port is free afterwards.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for task in std::mem::take(&mut self.tasks) {
            // A task that panicked is as stopped as any other.
            task.await.ok();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Deref for Handle {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

/// The switch that cuts a connection without an answer.
#[derive(Debug, Clone)]
pub struct Cut(CancellationToken);

impl Cut {
    /// Cuts the connection: nothing more is read from it or written to it.
    pub fn cut(&self) {
        self.0.cancel();
    }
}

impl Connected<IncomingStream<'_, CuttingListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttingListener>) -> Self {
        Self(stream.io().cut.clone())
    }
}

/// Listens for connections that can be cut, one by one or, at the end, all.
#[derive(Debug)]
pub struct CuttingListener {
    listener: TcpListener,
    stop: CancellationToken,
}

impl Listener for CuttingListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    stream.set_nodelay(true).ok();
                    let cut = self.stop.child_token();
                    let is_cut = Box::pin(cut.clone().cancelled_owned());
                    return (CuttableStream { stream, cut, is_cut }, address);
                }
                // Out of file handles, most likely: others will be closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that can be cut.
#[derive(Debug)]
pub struct CuttableStream {
    stream: TcpStream,
    cut: CancellationToken,
    is_cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl CuttableStream {
    fn check(&self) -> io::Result<()> {
        if self.cut.is_cancelled() { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_cut.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
