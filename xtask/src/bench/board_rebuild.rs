//! How long a node that has just started answers from SQL: the board is read from there into its index.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::backends::redis::Redis;
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::{client, platform};
use crate::clock::Stopwatch;
use crate::{files, progress};

/// What takes longer is broken, not slow.
const LOADED_TIME_MAX: Duration = Duration::from_mins(2);

/// How exactly the moment is seen.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Loads the board of the database in a folder, into a process and into Redis. `peer_s` is how long Redis takes for as
/// many entries of its own.
///
/// # Errors
/// When the board is not loaded.
pub fn run(folder: &Path, peer_s: f64) -> Result<Vec<Row>> {
    let in_process = progress::step("the board is read into a process", || load(folder, &[]))?;
    let redis = Redis::start()?;
    let url = redis.url();
    let on_redis = progress::step("the board is read into Redis", || load(folder, &[("REDIS_URL", &url)]))?;
    let peer = "ZADD of as many";
    Ok(vec![
        Row::beside_peer("a board read into a process (less is better)", " s", in_process, peer, peer_s),
        Row::beside_peer("a board read into Redis (less is better)", " s", on_redis, peer, peer_s),
    ])
}

/// Starts a server, asks it for the board, and waits until it says that it is loaded. Answers the seconds.
fn load(folder: &Path, settings: &[(&str, &str)]) -> Result<f64> {
    let mut settings = settings.to_vec();
    settings.push(("RUST_LOG", "error,services::boards::index=debug"));
    let podium = Podium::start_with(folder, "all", &settings)?;
    let log = podium::log(folder);
    let stopwatch = Stopwatch::start();
    client::once(
        podium.address,
        &client::get(&format!("/v1/tournaments/{}/board", platform::TOURNAMENT), &[]),
    )?;
    while !files::tail(&log, 20).contains("board index loaded") {
        if stopwatch.elapsed() > LOADED_TIME_MAX {
            bail!("the board was not loaded in time; the log ends with\n{}", files::tail(&log, 5));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(stopwatch.elapsed().as_secs_f64())
}
