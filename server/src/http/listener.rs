//! Serving connections within bounds: who connects and says nothing is shown out, so is who does not take what it is sent,
//! and what is open at a time is counted. axum's own server has none of these bounds.
//!
//! Invariant: at most [`Bounds::connections_max`] connections are open. Beyond that nobody is accepted until one ends:
//! who comes then waits in the system's queue, and who is inside is served as ever. Nothing is done per request that
//! axum would not do, but for one flag.

use std::{
    convert::Infallible,
    io::ErrorKind,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, routing::future::RouteFuture};
use http::Request;
use hyper::{
    body::Incoming,
    server::conn::http1::{self, Connection},
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::telemetry::names;

/// After an error of the system (no file left to open, say) nobody is accepted for so long.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// What connections may do.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Which listener this is: a metric's label.
    pub listener: &'static str,
    /// How many are open at a time.
    pub connections_max: usize,
    /// How long the head of the first request may take.
    pub first_head_max: Duration,
    /// How long a connection that was answered may be idle, and the head of its next request take. Longer than what
    /// proxies keep theirs for (60 s is common): whoever closes second never writes into a closed connection.
    pub idle_max: Duration,
    /// How long the other side may leave what it is sent untaken: it has gone away without a word, or does not read.
    /// Linux alone knows this; elsewhere the system's own patience ends such a connection, which may be a quarter of an
    /// hour, or none for a side that acknowledges without reading.
    pub untaken_max: Duration,
}

impl Bounds {
    /// The bounds of a listener with so many connections.
    pub const fn new(listener: &'static str, connections_max: usize) -> Self {
        Self {
            listener,
            connections_max,
            first_head_max: Duration::from_secs(10),
            idle_max: Duration::from_secs(75),
            // Longer than two heartbeats of a live stream, and than a phone is without a network in a lift.
            untaken_max: Duration::from_secs(40),
        }
    }
}

/// Serves until `stopping`; requests that have begun by then are answered, and idle connections closed.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stopping: CancellationToken) {
    // Turns the router into its final form once, instead of once a request.
    let router: Router = router.with_state(());
    let mut places = Places::new(bounds);
    let connections = TaskTracker::new();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(bounds.idle_max);
    loop {
        let (stream, address, place) = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = accept(&listener, &mut places) => accepted,
        };
        bound_patience(&stream, bounds.untaken_max);
        let begun = Arc::new(AtomicBool::new(false));
        let requests = Requests { router: router.clone(), address, begun: Arc::clone(&begun) };
        let connection = builder.serve_connection(TokioIo::new(stream), requests);
        let stopping = stopping.clone();
        connections.spawn(async move {
            keep(connection, &begun, bounds.first_head_max, &stopping).await;
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Has the system end a connection whose other side takes nothing for so long, be it that it acknowledges nothing or that
/// its window stays closed (`TCP_USER_TIMEOUT`). A connection for which that can't be set is served all the same.
fn bound_patience(stream: &TcpStream, untaken_max: Duration) {
    #[cfg(target_os = "linux")]
    {
        let milliseconds = u32::try_from(untaken_max.as_millis()).unwrap_or(u32::MAX);
        if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds) {
            tracing::debug!(error = %domain::ErrorChain(&error), "a connection's patience can't be set");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (stream, untaken_max);
}

/// The requests of one connection.
struct Requests {
    router: Router,
    address: SocketAddr,
    /// Whether the head of a request has come.
    begun: Arc<AtomicBool>,
}

impl hyper::service::Service<Request<Incoming>> for Requests {
    type Response = axum::response::Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.begun.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(self.address));
        // A router is always ready.
        tower::Service::call(&mut self.router.clone(), request)
    }
}

/// Serves one connection to its end.
async fn keep(
    connection: Connection<TokioIo<TcpStream>, Requests>,
    begun: &AtomicBool,
    first_head_max: Duration,
    stopping: &CancellationToken,
) {
    let mut connection = pin!(connection);
    let mut first_head = pin!(tokio::time::sleep(first_head_max));
    let (mut head_is_awaited, mut is_stopping) = (true, false);
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    // The other side went away, was silent for too long or spoke something else: nothing of ours.
                    tracing::trace!(error = %domain::ErrorChain(&error), "a connection ended early");
                }
                return;
            }
            () = stopping.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = first_head.as_mut(), if head_is_awaited => {
                if !begun.load(Ordering::Relaxed) {
                    return;
                }
                head_is_awaited = false;
            }
        }
    }
}

/// How many connections may still come.
struct Places {
    bounds: Bounds,
    free: Arc<Semaphore>,
    /// Whether the log says already that there is none.
    is_told: bool,
}

impl Places {
    fn new(bounds: Bounds) -> Self {
        Self { bounds, free: Arc::new(Semaphore::new(bounds.connections_max)), is_told: false }
    }

    /// Waits until there is a place.
    async fn take(&mut self) -> OwnedSemaphorePermit {
        let free = self.free.available_permits();
        if free == 0 && !self.is_told {
            self.is_told = true;
            let (listener, connections) = (self.bounds.listener, self.bounds.connections_max);
            tracing::warn!(
                listener,
                connections,
                "all {connections} connections are open; nobody is accepted until one ends"
            );
        } else if free > self.bounds.connections_max / 10 {
            // Told again only after a real relief, not each time that one place comes free.
            self.is_told = false;
        }
        match Arc::clone(&self.free).acquire_owned().await {
            Ok(permit) => permit,
            // The places are never closed.
            Err(_) => std::future::pending().await,
        }
    }
}

/// One open connection's place, for as long as this lives.
struct Place {
    open: metrics::Gauge,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn new(permit: OwnedSemaphorePermit, bounds: Bounds) -> Self {
        let open = metrics::gauge!(names::HTTP_CONNECTIONS, "listener" => bounds.listener);
        open.increment(1.0);
        Self { open, _permit: permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}

/// Waits for a place and then for somebody to take it.
async fn accept(listener: &TcpListener, places: &mut Places) -> (TcpStream, SocketAddr, Place) {
    let permit = places.take().await;
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return (stream, address, Place::new(permit, places.bounds)),
            // Gone before it was accepted.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::error!(
                    error = %domain::ErrorChain(&error),
                    "connections can't be accepted; are there enough open files (ulimit -n)?"
                );
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}
