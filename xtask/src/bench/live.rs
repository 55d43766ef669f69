//! Ten thousand viewers of one board: how long until a change is on their screens?

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::bench::client::{self, Connection};
use crate::bench::latency::Latencies;
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::table::Effort;
use crate::bench::{board, platform};
use crate::clock::Stopwatch;

/// Players in the window that the stream covers.
const PLAYERS: u64 = 40;

/// A lively board: five changes a second.
const CHANGE_EVERY: Duration = Duration::from_millis(200);

/// Scores start here, so that the text of one is never part of another number.
const FIRST_SCORE: u64 = 700_000_000;

/// When each change was posted.
type Posted = Arc<Mutex<Vec<Duration>>>;

/// Opens the viewers, posts changes, and sees when they arrive.
///
/// # Errors
/// When the server does not do what it should.
pub fn run(effort: Effort) -> Result<Vec<Row>> {
    allow_open_files(effort.viewers)?;
    let folder = podium::folder()?;
    let podium = Podium::start(folder.path(), "all")?;
    board::fill_small(podium.address, PLAYERS)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let changes = usize::try_from(effort.round_s)? * 5;
    let mut latencies = runtime.block_on(watch(podium.address, effort.viewers, changes))?;
    let expected = effort.viewers * changes;
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^53")]
    let seen_percent = latencies.count() as f64 * 100.0 / expected as f64;
    Ok(vec![
        Row::beside_target(
            "changes on screen, 95th percentile (less is better)",
            " ms",
            latencies.quantile_ms(950),
            500.0,
        ),
        Row::beside_target("changes that arrived", " %", seen_percent, 100.0),
        Row::beside_target(
            "memory of the server with all viewers (less is better)",
            " MB",
            podium.memory_mb()?,
            500.0,
        ),
    ])
}

/// Every viewer is an open file, here and in the server, which inherits the limit.
fn allow_open_files(viewers: usize) -> Result<()> {
    let wanted = u64::try_from(viewers)? + 1000;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })
            .with_context(|| format!("this needs {wanted} open files; raise the limit (ulimit -n)"))?;
    }
    Ok(())
}

/// Runs viewers and changes, and returns how long each change took to each viewer.
async fn watch(address: SocketAddr, viewers: usize, changes: usize) -> Result<Latencies> {
    let stopwatch = Stopwatch::start();
    let posted: Posted = Arc::default();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..viewers {
        let connection = Connection::open(address).await?;
        let request = client::get(&format!("/v1/tournaments/{}/live", platform::TOURNAMENT), &[]);
        let (received, stream) = connection.stream(&request).await?;
        tasks.spawn(view(received, stream, stopwatch, Arc::clone(&posted), changes));
    }
    let mut platform = Connection::open(address).await?;
    let mut ticks = tokio::time::interval(CHANGE_EVERY);
    for number in 0..u64::try_from(changes)? {
        ticks.tick().await;
        posted.lock().unwrap_or_else(PoisonError::into_inner).push(stopwatch.elapsed());
        board::post_score(&mut platform, number, number % PLAYERS, FIRST_SCORE + number).await?;
    }
    let mut latencies = Latencies::default();
    while let Some(viewed) = tasks.join_next().await {
        latencies.merge(&viewed.context("a viewer's task failed")?);
    }
    Ok(latencies)
}

/// Reads a stream until all changes have come, or nothing comes any more.
async fn view(
    received: Vec<u8>,
    mut stream: TcpStream,
    stopwatch: Stopwatch,
    posted: Posted,
    changes: usize,
) -> Latencies {
    let mut latencies = Latencies::default();
    let mut text = received;
    let mut seen = 0;
    while seen < changes {
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_buf(&mut text)).await;
        if !matches!(read, Ok(Ok(length)) if length > 0) {
            break;
        }
        let now = stopwatch.elapsed();
        let numbers = scores(&text);
        let posted = posted.lock().unwrap_or_else(PoisonError::into_inner);
        for number in numbers {
            // A snapshot repeats old scores; each change counts when it is new to this viewer.
            if number >= seen
                && let Some(at) = posted.get(number)
            {
                latencies.add(now.saturating_sub(*at));
                seen = number + 1;
            }
        }
        drop(posted);
        // A number may be cut in two by the network: the end stays for the next time.
        let keep = text.len().min(24);
        text.drain(..text.len() - keep);
    }
    latencies
}

/// The numbers of the changes whose scores are in a text, in rising order.
fn scores(text: &[u8]) -> Vec<usize> {
    const PATTERN: &[u8] = b"\"score\":7";
    let mut found: Vec<usize> = text
        .windows(PATTERN.len() + 9)
        .filter(|window| window.starts_with(PATTERN) && !window[PATTERN.len() + 8].is_ascii_digit())
        .filter_map(|window| {
            std::str::from_utf8(&window[PATTERN.len() - 1..PATTERN.len() + 8]).ok()?.parse::<u64>().ok()
        })
        .filter_map(|score| usize::try_from(score.checked_sub(FIRST_SCORE)?).ok())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_found_in_frames_and_nothing_else_is() {
        let text = br#"data: {"changed":[{"rank":1,"score":700000003,"x":1},{"score":700000001}],"total":7,"score":70000}"#;
        assert_eq!(scores(text), [1, 3]);
        assert_eq!(scores(br#"{"score":7000000031}{"score":70000000"#), [0_usize; 0]);
    }
}
