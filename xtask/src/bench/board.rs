//! A board of a million players: scores go in, the top and a player's own surroundings come out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::bench::client::{self, Connection};
use crate::bench::latency::median;
use crate::bench::load::{self, Requests};
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::table::Effort;
use crate::bench::{init_data, platform};
use crate::clock::Stopwatch;
use crate::progress;

/// What a call may bring.
const BATCH: u64 = 1000;

/// A platform that collects for a few milliseconds sends this many scores at once.
const SCORES_A_CALL: u64 = 100;

/// Calls in flight.
const CONNECTIONS: usize = 8;

/// Fills the board, then measures writing and reading.
///
/// # Errors
/// When the server does not do what it should.
pub fn run(effort: Effort) -> Result<Vec<Row>> {
    let folder = podium::folder()?;
    let podium = Podium::start(folder.path(), "all")?;
    let players = u64::from(effort.players);
    progress::step(&format!("a board of {players} players"), || fill(podium.address, players, "sum"))?;
    let rate = |tournament_id: &str| -> Result<f64> {
        let rounds = (0..effort.rounds).map(|_| write(podium.address, tournament_id, players, effort));
        Ok(median(rounds.collect::<Result<_>>()?))
    };
    let written = rate(platform::TOURNAMENT)?;
    let token = sign_in(podium.address, players / 2)?;
    let authorization = format!("Bearer {token}");
    let path = format!("/v1/tournaments/{}/board", platform::TOURNAMENT);
    let top: Requests = {
        let request = client::get(&format!("{path}?limit=50"), &[("authorization", &authorization)]);
        Arc::new(move |_| request.clone())
    };
    let around: Requests = {
        let request =
            client::get(&format!("{path}?around=me&limit=11"), &[("authorization", &authorization)]);
        Arc::new(move |_| request.clone())
    };
    let read = |requests: &Requests| -> Result<(f64, f64)> {
        // Two connections: the latency of the server, not of a queue before it.
        let mut round = load::round(podium.address, 2, effort.round_s, 200, requests, &AtomicU64::new(0))?;
        Ok((round.latencies.quantile_ms(990), round.per_second))
    };
    let (top_p99, top_rate) = read(&top)?;
    let (around_p99, _) = read(&around)?;
    progress::step("the same players on a board of latest scores", || {
        first_scores(podium.address, platform::OTHER_TOURNAMENT, "latest", players)
    })?;
    let kept = rate(platform::OTHER_TOURNAMENT)?;
    Ok(vec![
        Row::beside_target("scores durable and ranked", "/s", written, 20_000.0),
        Row::beside_target("the same where each score is kept (`latest`)", "/s", kept, 20_000.0),
        Row::beside_target("top 50 and me, 99th percentile (less is better)", " ms", top_p99, 2.0),
        Row::beside_target("the rows around me, 99th percentile (less is better)", " ms", around_p99, 2.0),
        Row::beside_target("top 50 and me, by two connections", "/s", top_rate, 1_000.0),
    ])
}

/// The players, a tournament with this operator and a first score for each.
fn fill(address: SocketAddr, players: u64, operator: &str) -> Result<()> {
    batches(address, "users", players, BATCH, platform::player)?;
    first_scores(address, platform::TOURNAMENT, operator, players)
}

fn first_scores(address: SocketAddr, tournament_id: &str, operator: &str, players: u64) -> Result<()> {
    one(address, &platform::call(tournament_id, &[platform::tournament(tournament_id, operator)?])?)?;
    batches(address, &format!("{tournament_id}-first"), players, BATCH, |number| {
        platform::score(tournament_id, number, number, number)
    })?;
    Ok(())
}

/// Scores for players all over the board, for about the length of a round.
fn write(address: SocketAddr, tournament_id: &str, players: u64, effort: Effort) -> Result<f64> {
    /// Event ids must be new in each round.
    static NEXT: AtomicU64 = AtomicU64::new(1 << 40);
    let scores = effort.round_s * 20_000;
    let from = NEXT.fetch_add(scores, Ordering::Relaxed);
    batches(address, &format!("scores-{from}"), scores, SCORES_A_CALL, |number| {
        // A large odd step visits the players in an order that no cache likes.
        let player = number.wrapping_mul(2_654_435_761) % players;
        platform::score(tournament_id, from + number, player, number.wrapping_mul(40_503) % 1_000_000)
    })
}

/// Sends `count` events in calls of `batch`, prepared beforehand, and returns the events a second.
fn batches(
    address: SocketAddr,
    name: &str,
    count: u64,
    batch: u64,
    event: impl Fn(u64) -> Result<Value>,
) -> Result<f64> {
    let mut sent = 0;
    let mut seconds = 0.0;
    // In parts: a million prepared events would fill the memory, and a signature is good for five minutes.
    while sent < count {
        let part = (count - sent).min(100_000);
        let mut calls = Vec::new();
        for first in (sent..sent + part).step_by(usize::try_from(batch)?) {
            let events: Vec<Value> =
                (first..(first + batch).min(sent + part)).map(&event).collect::<Result<_>>()?;
            calls.push(platform::call(&format!("{name}-{first}"), &events)?);
        }
        seconds += send_all(address, calls)?;
        sent += part;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^53")]
    Ok(count as f64 / seconds)
}

/// Sends all calls over some connections and returns how many seconds it took.
fn send_all(address: SocketAddr, calls: Vec<Vec<u8>>) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let calls = Arc::new(calls);
        let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        let stopwatch = Stopwatch::start();
        for _ in 0..CONNECTIONS {
            let (calls, next) = (Arc::clone(&calls), Arc::clone(&next));
            tasks.spawn(async move {
                let mut connection = Connection::open(address).await?;
                while let Some(call) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    accepted(&connection.send(call).await?)?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.context("a connection's task failed")??;
        }
        Ok(stopwatch.elapsed().as_secs_f64())
    })
}

/// Sends one call.
fn one(address: SocketAddr, call: &[u8]) -> Result<()> {
    send_all(address, vec![call.to_vec()]).map(|_| ())
}

/// Fails when an event was not taken.
fn accepted(answer: &client::Answer) -> Result<()> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status != 200 || body["rejected"].as_array().is_none_or(|rejected| !rejected.is_empty()) {
        let body = String::from_utf8_lossy(&answer.body);
        bail!("events were not taken: {} {}", answer.status, body.chars().take(300).collect::<String>());
    }
    Ok(())
}

/// Signs a player in and returns the token.
fn sign_in(address: SocketAddr, player: u64) -> Result<String> {
    let body = format!(r#"{{"init_data":"{}"}}"#, init_data::sign(player)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let answer = runtime.block_on(async {
        Connection::open(address).await?.send(&client::post("/v1/tg/exchange", &[], body.as_bytes())).await
    })?;
    let body: Value = serde_json::from_slice(&answer.body).context("the exchange's answer is no JSON")?;
    Ok(body["jwt"].as_str().context("the exchange's answer has no jwt")?.to_owned())
}

/// Makes a small board on a server, for benchmarks that need one. The latest score counts: what is posted is what is seen.
///
/// # Errors
/// When the server does not take the events.
pub fn fill_small(address: SocketAddr, players: u64) -> Result<()> {
    fill(address, players, "latest")
}

/// Posts one score.
///
/// # Errors
/// When the server does not take it.
pub async fn post_score(connection: &mut Connection, number: u64, player: u64, score: u64) -> Result<()> {
    let event = platform::score(platform::TOURNAMENT, (1 << 50) + number, player, score)?;
    let call = platform::call(&format!("live-{number}"), &[event])?;
    accepted(&connection.send(&call).await?)
}
