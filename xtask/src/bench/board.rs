//! A board of a million players: scores go in, the top and a player's own surroundings come out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::bench::client::{self, Connection};
use crate::bench::latency::median;
use crate::bench::load::{self, Requests, Round};
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::table::Effort;
use crate::bench::{board_end, board_rebuild, init_data, platform, redis};
use crate::clock::Stopwatch;
use crate::progress;

/// What a call may bring.
const BATCH: u64 = 1000;

/// A platform that collects for a few milliseconds sends this many scores at once.
const SCORES_A_CALL: u64 = 100;

/// Calls in flight.
const CONNECTIONS: usize = 8;

/// Connections that read: two show the latency of the server, not of a queue before it.
const READERS: usize = 2;

/// Fills the board, then measures writing and reading, loading and the end of it, each beside Redis.
///
/// # Errors
/// When the server does not do what it should.
pub fn run(effort: Effort) -> Result<Vec<Row>> {
    let folder = podium::folder()?;
    let podium = Podium::start(folder.path(), "all")?;
    let players = u64::from(effort.players);
    progress::step(&format!("a board of {players} players"), || fill(podium.address, players, "sum"))?;
    let peer = redis::Peer::start()?;
    let (filled_s, zadd) = progress::step("the same in a Redis", || {
        Ok((
            peer.fill(players, BATCH, CONNECTIONS)?,
            peer.write(players, SCORES_A_CALL, CONNECTIONS, effort)?,
        ))
    })?;
    let rate = |tournament_id: &str| -> Result<f64> {
        let rounds = (0..effort.rounds).map(|_| write(podium.address, tournament_id, players, effort));
        Ok(median(rounds.collect::<Result<_>>()?))
    };
    let written = rate(platform::TOURNAMENT)?;
    let mut rows = vec![
        Row::beside_target("scores durable and ranked", "/s", written, 20_000.0),
        Row::beside_peer("scores durable and ranked", "/s", written, "ZADD, in memory alone", zadd),
    ];
    rows.extend(reading(podium.address, &peer, players, effort)?);
    progress::step("the same players on a board of latest scores", || {
        first_scores(podium.address, platform::OTHER_TOURNAMENT, "latest", players)
    })?;
    let kept = rate(platform::OTHER_TOURNAMENT)?;
    rows.push(Row::beside_target("the same where the newest counts (`latest`)", "/s", kept, 20_000.0));
    drop(podium);
    rows.extend(board_rebuild::run(folder.path(), filled_s)?);
    rows.extend(board_end::run(folder.path(), &peer, players)?);
    Ok(rows)
}

/// How long players wait for the top and for their own surroundings.
fn reading(address: SocketAddr, peer: &redis::Peer, players: u64, effort: Effort) -> Result<Vec<Row>> {
    let player = players / 2;
    let token = sign_in(address, player)?;
    let authorization = format!("Bearer {token}");
    let path = format!("/v1/tournaments/{}/board", platform::TOURNAMENT);
    let request = |query: &str| -> Requests {
        let request = client::get(&format!("{path}?{query}"), &[("authorization", &authorization)]);
        Arc::new(move |_| request.clone())
    };
    let read = |requests: &Requests| -> Result<Round> {
        load::round(address, READERS, effort.round_s, 200, requests, &AtomicU64::new(0))
    };
    let (mut top, mut top_peer) = (read(&request("limit=50"))?, peer.top(player, READERS, effort)?);
    let (mut near, mut near_peer) =
        (read(&request("around=me&limit=11"))?, peer.around(player, READERS, effort)?);
    let (what, beside) = ("top 50 and me, median (less is better)", "ZRANGE and ZREVRANK at once");
    let mut rows = vec![Row::beside_peer(
        what,
        " ms",
        top.latencies.quantile_ms(500),
        beside,
        top_peer.quantile_ms(500),
    )];
    let top_p99 = top.latencies.quantile_ms(990);
    let what = "top 50 and me, 99th percentile (less is better)";
    rows.push(Row::beside_target(what, " ms", top_p99, 2.0));
    rows.push(Row::beside_peer(what, " ms", top_p99, beside, top_peer.quantile_ms(990)));
    let (what, beside) = ("the rows around me, median (less is better)", "ZREVRANK, then ZRANGE");
    let median = near.latencies.quantile_ms(500);
    rows.push(Row::beside_peer(what, " ms", median, beside, near_peer.quantile_ms(500)));
    let near_p99 = near.latencies.quantile_ms(990);
    let what = "the rows around me, 99th percentile (less is better)";
    rows.push(Row::beside_target(what, " ms", near_p99, 2.0));
    rows.push(Row::beside_peer(what, " ms", near_p99, beside, near_peer.quantile_ms(990)));
    rows.push(Row::beside_target("top 50 and me, by two connections", "/s", top.per_second, 1_000.0));
    Ok(rows)
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
///
/// # Errors
/// When the server does not take its events.
pub fn one(address: SocketAddr, call: &[u8]) -> Result<()> {
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
    let answer = client::once(address, &client::post("/v1/tg/exchange", &[], body.as_bytes()))?;
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
