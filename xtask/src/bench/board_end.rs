//! The end of a large tournament: how long until its ranks are final, and how long everybody else waits meanwhile for
//! the only writer of SQLite.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use domain::Timestamp;
use serde_json::Value;

use crate::bench::client::Connection;
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::{board, platform, redis};
use crate::clock::Stopwatch;
use crate::{files, progress};

/// What takes longer is broken, not slow.
const FINAL_TIME_MAX: Duration = Duration::from_mins(3);

/// How long somebody who writes may be kept waiting.
const PAUSE_MS_MAX: f64 = 1_000.0;

/// What the server logs when the end has come, and when the ranks are final.
const CLOSED: &str = "\"step\":\"Close\"";
const FINAL: &str = "a board's ranks are final";

/// Ends the tournament of the database in a folder while scores come for another one.
///
/// # Errors
/// When the server does not do what it should.
pub fn run(folder: &Path, peer: &redis::Peer, players: u64) -> Result<Vec<Row>> {
    let settings = [("RUST_LOG", "error,services::tournaments=info"), ("PODIUM_BOARDS_SCORE_GRACE_S", "1")];
    let podium = Podium::start_with(folder, "all", &settings)?;
    let end = platform::tournament_ends(platform::TOURNAMENT, "sum")?;
    board::one(podium.address, &platform::call("the-end", &[end])?)?;
    let log = podium::log(folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let pause_ms = progress::step("the ranks become final", || {
        runtime.block_on(longest_pause(podium.address, players, || files::tail(&log, 20).contains(FINAL)))
    })?;
    let lines = files::tail(&log, 20);
    let (closed, is_final) = (logged_at(&lines, CLOSED)?, logged_at(&lines, FINAL)?);
    #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds stay far below 2^53")]
    let seconds = is_final.millis_since(closed) as f64 / 1000.0;
    let what = "a board's ranks made final, with their hash (less is better)";
    Ok(vec![
        Row::beside_peer(what, " s", seconds, "ZRANGE of as many, nothing stored", peer.read_all(players)?),
        Row::beside_target(
            "the longest pause of other writers meanwhile (less is better)",
            " ms",
            pause_ms,
            PAUSE_MS_MAX,
        ),
    ])
}

/// Posts scores one after the other until `is_over`, and answers the longest time between two that were taken.
async fn longest_pause(address: SocketAddr, players: u64, is_over: impl Fn() -> bool) -> Result<f64> {
    let mut connection = Connection::open(address).await?;
    let stopwatch = Stopwatch::start();
    let (mut taken_at, mut longest, mut number) = (Duration::ZERO, Duration::ZERO, 0);
    loop {
        let was_over = is_over();
        let event =
            platform::score(platform::OTHER_TOURNAMENT, (1 << 51) + number, number % players, number)?;
        let answer = connection.send(&platform::call(&format!("end-{number}"), &[event])?).await?;
        number += 1;
        // A call that was sent away because the writer was busy is a part of the pause, too.
        if answer.status == 200 {
            longest = longest.max(stopwatch.elapsed().saturating_sub(taken_at));
            taken_at = stopwatch.elapsed();
        }
        if was_over && answer.status == 200 {
            return Ok(longest.as_secs_f64() * 1000.0);
        }
        if stopwatch.elapsed() > FINAL_TIME_MAX {
            bail!("the ranks were not final in time");
        }
    }
}

/// When a line with this text was logged last.
fn logged_at(lines: &str, text: &str) -> Result<Timestamp> {
    let line =
        lines.lines().rfind(|line| line.contains(text)).with_context(|| format!("{text} was not logged"))?;
    let line: Value = serde_json::from_str(line.trim()).context("a line of the log is no JSON")?;
    let time = line["timestamp"].as_str().context("a line of the log has no time")?;
    time.parse().ok().context("a line of the log has no time that can be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_when_it_was_logged() {
        let lines = "noise\n\
            {\"timestamp\":\"2026-01-01T00:00:01.500000Z\",\"level\":\"INFO\",\"step\":\"Close\"}\n\
            {\"timestamp\":\"2026-01-01T00:00:02.750000Z\",\"message\":\"a board's ranks are final\"}";
        let milliseconds = logged_at(lines, FINAL).unwrap().millis_since(logged_at(lines, CLOSED).unwrap());
        assert_eq!(milliseconds, 1_250);
        assert!(logged_at(lines, "never").is_err());
    }
}
