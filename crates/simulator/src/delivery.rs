//! Sends updates to the webhook: one in flight a chat, chats beside each other up to `max_connections`, again after
//! growing delays until the webhook takes them.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use reqwest::Client;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    api,
    simulator::Simulator,
    world::{
        updates::{Delivery, Retry},
        webhook::Target,
    },
};

/// The most bytes of a webhook's answer that are read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How long to sleep when nothing is due; a change wakes earlier.
const IDLE: Duration = Duration::from_mins(1);

/// What a webhook said.
enum Outcome {
    /// It took the update; the answer may hold a call.
    Taken { headers: HeaderMap, body: Bytes },
    /// It did not.
    Refused { status: Option<u16>, after_s: Option<i64>, reason: String },
}

/// Delivers until it is told to stop.
pub async fn run(simulator: Simulator, client: Client, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    let mut changes = simulator.listen();
    loop {
        changes.mark_unchanged();
        let (target, deliveries, due_in) = take(&simulator);
        if let Some(target) = target {
            for delivery in deliveries {
                let (simulator, client, target, stop) =
                    (simulator.clone(), client.clone(), target.clone(), stop.clone());
                tasks.spawn(async move {
                    tokio::select! {
                        outcome = post(&client, &target, &delivery) => note(&simulator, &target, &delivery, outcome),
                        () = stop.cancelled() => simulator.change(|world| world.updates.called_off(&delivery)),
                    }
                });
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            _ = changes.changed() => {}
            () = tokio::time::sleep(due_in) => {}
        }
    }
    tasks.close();
    tasks.wait().await;
}

fn take(simulator: &Simulator) -> (Option<Target>, Vec<Delivery>, Duration) {
    let mut world = simulator.world();
    let Some(target) = world.webhook.target.clone() else { return (None, Vec::new(), IDLE) };
    let now_ms = world.now_ms();
    let deliveries = world.updates.take_deliveries(now_ms, target.max_connections);
    let due_in = world.updates.next_retry_at_ms().map_or(IDLE, |at| {
        Duration::from_millis(u64::try_from(at - now_ms).unwrap_or_default()).max(Duration::from_millis(1))
    });
    (Some(target), deliveries, due_in)
}

async fn post(client: &Client, target: &Target, delivery: &Delivery) -> Outcome {
    let mut request = client.post(target.url.clone()).json(&delivery.body);
    if let Some(secret) = &target.secret_token {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            let reason = if error.is_connect() {
                "Connection refused"
            } else if error.is_timeout() {
                "Read timeout expired"
            } else {
                "Connection closed by the server"
            };
            return Outcome::Refused { status: None, after_s: None, reason: reason.to_owned() };
        }
    };
    let status = response.status();
    let headers = response.headers().clone();
    if !status.is_success() {
        let after_s = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let words = status.canonical_reason().unwrap_or_default();
        let reason = format!("Wrong response from the webhook: {} {words}", status.as_u16());
        return Outcome::Refused { status: Some(status.as_u16()), after_s, reason };
    }
    // The status is what counts: an answer that can't be read whole is an answer without a call.
    let is_small = response.content_length().is_none_or(|length| length <= ANSWER_BYTES_MAX as u64);
    let body = if is_small { response.bytes().await.unwrap_or_default() } else { Bytes::new() };
    Outcome::Taken { headers, body }
}

fn note(simulator: &Simulator, target: &Target, delivery: &Delivery, outcome: Outcome) {
    let retry_scale = simulator.config().retry_scale;
    match outcome {
        Outcome::Taken { headers, body } => {
            if !body.is_empty() {
                api::call_from_webhook(simulator, &headers, &body);
            }
            simulator.change(|world| {
                world.updates.delivered(delivery);
                let now_ms = world.now_ms();
                world.webhook.note_status(200, now_ms);
            });
        }
        Outcome::Refused { status, after_s, reason } => simulator.change(|world| {
            let now_ms = world.now_ms();
            let now_s = world.now_s();
            let spread_s = i64::try_from(world.rng.next_u64() % 60).unwrap_or_default();
            world.counters.delivery_failures += 1;
            world.updates.failed(delivery, Retry { after_s, spread_s, scale: retry_scale }, now_ms);
            // An address that was replaced meanwhile says nothing about the new one.
            if world.webhook.target.as_ref() == Some(target) {
                tracing::debug!("the webhook did not take update {}: {reason}", delivery.update_id);
                world.webhook.last_error = Some((now_s, reason));
                world.webhook.note_status(status.unwrap_or_default(), now_ms);
            }
        }),
    }
}
