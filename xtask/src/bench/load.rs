//! The load: many connections, each with one request in flight, for a while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::bench::client::Connection;
use crate::bench::latency::Latencies;
use crate::clock::Stopwatch;

/// Makes the n-th request; n never comes twice.
pub type Requests = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// What a round showed.
#[derive(Clone, Debug)]
pub struct Round {
    /// Answers a second.
    pub per_second: f64,
    /// How long they took.
    pub latencies: Latencies,
}

/// Sends requests for some seconds, each connection one after the other.
///
/// # Errors
/// When a connection breaks, or an answer is not `status`: a fast error is no speed.
pub fn round(
    address: SocketAddr,
    connections: usize,
    seconds: u64,
    status: u16,
    requests: &Requests,
    from: &AtomicU64,
) -> Result<Round> {
    // One thread: the other processor is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the load's runtime")?;
    runtime.block_on(async {
        let next = Arc::new(AtomicU64::new(from.load(Ordering::Relaxed)));
        let stopwatch = Stopwatch::start();
        let duration = Duration::from_secs(seconds);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let (requests, next) = (Arc::clone(requests), Arc::clone(&next));
            let mut connection = Connection::open(address).await?;
            tasks.spawn(async move {
                let mut latencies = Latencies::default();
                while stopwatch.elapsed() < duration {
                    let request = requests(next.fetch_add(1, Ordering::Relaxed));
                    let sent = Stopwatch::start();
                    let answer = connection.send(&request).await?;
                    latencies.add(sent.elapsed());
                    if answer.status != status {
                        bail!(
                            "{status} was expected, {} came: {}",
                            answer.status,
                            String::from_utf8_lossy(&answer.body)
                        );
                    }
                }
                Ok(latencies)
            });
        }
        let mut latencies = Latencies::default();
        while let Some(ended) = tasks.join_next().await {
            latencies.merge(&ended.context("a connection's task failed")??);
        }
        let elapsed = stopwatch.elapsed().as_secs_f64();
        from.store(next.load(Ordering::Relaxed), Ordering::Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^53")]
        let per_second = latencies.count() as f64 / elapsed;
        Ok(Round { per_second, latencies })
    })
}
