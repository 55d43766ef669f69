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
use crate::bench::{board, platform, redis};
use crate::clock::Stopwatch;
use crate::progress;

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
    let mut latencies = runtime.block_on(watch(&Source::Podium(podium.address), effort.viewers, changes))?;
    let memory_mb = podium.memory_mb()?;
    drop(podium);
    let peer = redis::Peer::start()?;
    let mut peers = progress::step("the same viewers as subscribers of a Redis", || {
        runtime.block_on(watch(&Source::Redis(&peer), effort.viewers, changes))
    })?;
    let expected = effort.viewers * changes;
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^53")]
    let seen_percent = latencies.count() as f64 * 100.0 / expected as f64;
    let on_screen_ms = latencies.quantile_ms(950);
    let what = "changes on screen, 95th percentile (less is better)";
    Ok(vec![
        Row::beside_target(what, " ms", on_screen_ms, 500.0),
        Row::beside_peer(
            what,
            " ms",
            on_screen_ms,
            "ZADD, then PUBLISH of each change",
            peers.quantile_ms(950),
        ),
        Row::beside_target("changes that arrived", " %", seen_percent, 100.0),
        Row::beside_target("memory of the server with all viewers (less is better)", " MB", memory_mb, 500.0),
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

/// Who tells the viewers.
enum Source<'peer> {
    Podium(SocketAddr),
    Redis(&'peer redis::Peer),
}

impl Source<'_> {
    /// A viewer's stream, and what has come of it already.
    async fn view(&self) -> Result<(Vec<u8>, TcpStream)> {
        match self {
            Self::Podium(address) => {
                let request = client::get(&format!("/v1/tournaments/{}/live", platform::TOURNAMENT), &[]);
                Connection::open(*address).await?.stream(&request).await
            }
            Self::Redis(peer) => Ok((Vec::new(), peer.subscribe().await?)),
        }
    }

    /// What changes are posted by.
    async fn platform(&self) -> Result<Platform> {
        Ok(match self {
            Self::Podium(address) => Platform::Podium(Connection::open(*address).await?),
            Self::Redis(peer) => Platform::Redis(peer.connect().await?),
        })
    }
}

/// A connection that posts changes.
enum Platform {
    Podium(Connection),
    Redis(redis::Connection),
}

impl Platform {
    async fn post(&mut self, number: u64) -> Result<()> {
        let (player, score) = (number % PLAYERS, FIRST_SCORE + number);
        match self {
            Self::Podium(connection) => board::post_score(connection, number, player, score).await,
            Self::Redis(connection) => connection.publish(player, score).await,
        }
    }
}

/// Runs viewers and changes, and returns how long each change took to each viewer.
async fn watch(source: &Source<'_>, viewers: usize, changes: usize) -> Result<Latencies> {
    let stopwatch = Stopwatch::start();
    let posted: Posted = Arc::default();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..viewers {
        let (received, stream) = source.view().await?;
        tasks.spawn(view(received, stream, stopwatch, Arc::clone(&posted), changes));
    }
    let mut platform = source.platform().await?;
    let mut ticks = tokio::time::interval(CHANGE_EVERY);
    for number in 0..u64::try_from(changes)? {
        ticks.tick().await;
        posted.lock().unwrap_or_else(PoisonError::into_inner).push(stopwatch.elapsed());
        platform.post(number).await?;
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

/// The numbers of the changes whose scores are in a text, in rising order: numbers of nine digits that begin with 7.
fn scores(text: &[u8]) -> Vec<usize> {
    const DIGITS: usize = 9;
    let mut found: Vec<usize> = text
        .windows(DIGITS + 2)
        .filter(|window| {
            window[1] == b'7' && !window[0].is_ascii_digit() && !window[DIGITS + 1].is_ascii_digit()
        })
        .filter_map(|window| std::str::from_utf8(&window[1..=DIGITS]).ok()?.parse::<u64>().ok())
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
        assert_eq!(scores(b"player-000000001 700000003 player-000000002 700000001\r\n"), [1, 3]);
    }
}
