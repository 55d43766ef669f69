//! Sign-ins a second. Ours verifies, stores a session durably and signs; the peer verifies and signs.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Result;

use crate::bench::latency::median;
use crate::bench::load::{self, Requests};
use crate::bench::peer::Peer;
use crate::bench::podium::{self, Podium};
use crate::bench::report::Row;
use crate::bench::table::Effort;
use crate::bench::{client, init_data};

/// Different players, so that rows are inserted and updated as on a busy evening.
const PLAYERS: u64 = 5_000;

/// Players who open the app at the same moment: what follows on a broadcast.
const CONNECTIONS: usize = 128;

/// Requests that sign different players in.
fn requests() -> Result<Requests> {
    let mut prepared = Vec::new();
    for player in 0..PLAYERS {
        // Launch data holds nothing that JSON would have to escape.
        let body = format!(r#"{{"init_data":"{}"}}"#, init_data::sign(player)?);
        prepared.push(client::post("/v1/tg/exchange", &[], body.as_bytes()));
    }
    Ok(Arc::new(move |number| {
        let index = usize::try_from(number % PLAYERS).unwrap_or_default();
        prepared[index].clone()
    }))
}

/// Measures both, turn by turn.
///
/// # Errors
/// When one of them does not work.
pub fn run(effort: Effort) -> Result<Vec<Row>> {
    let folder = podium::folder()?;
    let podium = Podium::start(folder.path(), "web")?;
    let peer = Peer::start("exchange.js")?;
    let next = AtomicU64::new(0);
    let mut figures = [const { Vec::new() }; 4];
    for _ in 0..effort.rounds {
        // Signed anew for each round: launch data is good for ten minutes.
        let requests = requests()?;
        for (index, address) in [podium.address, peer.address].into_iter().enumerate() {
            let mut round = load::round(address, CONNECTIONS, effort.round_s, 200, &requests, &next)?;
            figures[index].push(round.per_second);
            figures[index + 2].push(round.latencies.quantile_ms(990));
        }
    }
    let [ours, theirs, our_p99, their_p99] = figures.map(median);
    Ok(vec![
        Row::beside_peer("sign-ins", "/s", ours, "Fastify, no session", theirs),
        Row::beside_peer(
            "99th percentile (less is better)",
            " ms",
            our_p99,
            "Fastify, no session",
            their_p99,
        ),
    ])
}
