//! Updates acknowledged a second. Ours are on the disk when the 200 leaves; grammY's are in memory alone.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Result;

use crate::bench::latency::median;
use crate::bench::load::{self, Requests};
use crate::bench::peer::Peer;
use crate::bench::podium::{self, Podium, WEBHOOK_SECRET};
use crate::bench::report::Row;
use crate::bench::{client, table::Effort};

/// As many as Telegram opens at most, unless a bot asks for more
/// (<https://core.telegram.org/bots/api#setwebhook>, `max_connections`).
const CONNECTIONS: usize = 40;

/// A message as Telegram sends it, from one of a thousand chats.
fn update(number: u64) -> Vec<u8> {
    let chat = 1_000_000 + number % 1000;
    let body = format!(
        r#"{{"update_id":{number},"message":{{"message_id":{number},"from":{{"id":{chat},"is_bot":false,"first_name":"Alice","last_name":"Martin","username":"alice_{chat}","language_code":"en"}},"chat":{{"id":{chat},"first_name":"Alice","last_name":"Martin","username":"alice_{chat}","type":"private"}},"date":1700000000,"text":"How do I climb the board from here?"}}}}"#
    );
    client::post("/telegram/webhook", &[("X-Telegram-Bot-Api-Secret-Token", WEBHOOK_SECRET)], body.as_bytes())
}

/// Measures both, turn by turn.
///
/// # Errors
/// When one of them does not work.
pub fn run(effort: Effort) -> Result<Vec<Row>> {
    let folder = podium::folder()?;
    let podium = Podium::start(folder.path(), "web")?;
    let peer = Peer::start("webhook.js")?;
    let requests: Requests = Arc::new(update);
    let next = AtomicU64::new(1);
    let mut figures = [const { Vec::new() }; 4];
    for _ in 0..effort.rounds {
        for (index, address) in [podium.address, peer.address].into_iter().enumerate() {
            let mut round = load::round(address, CONNECTIONS, effort.round_s, 200, &requests, &next)?;
            figures[index].push(round.per_second);
            figures[index + 2].push(round.latencies.quantile_ms(990));
        }
    }
    let [ours, theirs, our_p99, their_p99] = figures.map(median);
    Ok(vec![
        Row::beside_peer("updates acknowledged", "/s", ours, "grammY, not stored", theirs),
        Row::beside_peer("99th percentile (less is better)", " ms", our_p99, "grammY, not stored", their_p99),
    ])
}
