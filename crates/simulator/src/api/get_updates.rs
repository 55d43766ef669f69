//! `getUpdates`: waits for updates, confirms by offset, and gives way to a newer poller or to a webhook.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    api::{error::ApiError, params::Params, webhook::allowed_updates},
    simulator::Simulator,
};

/// The longest that a call waits, in seconds.
const TIMEOUT_MAX_S: i64 = 50;
const TERMINATED: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK_ACTIVE: &str =
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/// Answers with the oldest updates as soon as there are any.
pub async fn call(simulator: &Simulator, params: &Params) -> Result<Value, ApiError> {
    let limit = usize::try_from(params.integer("limit")?.unwrap_or(100).clamp(1, 100)).unwrap_or(100);
    let timeout_s = params.integer("timeout")?.unwrap_or(0).clamp(0, TIMEOUT_MAX_S);
    let kinds = allowed_updates(params)?;
    let offset = params.integer("offset")?;
    let mut changes = simulator.listen();
    let poll = simulator.change(|world| {
        world.counters.get_updates_calls += 1;
        if world.webhook.target.is_some() {
            return Err(ApiError::conflict(WEBHOOK_ACTIVE));
        }
        world.webhook.choose(kinds);
        if let Some(offset) = offset {
            world.updates.confirm(offset);
        }
        // An older call that still waits sees that it is not the newest. One whose caller hung up was dropped with
        // its connection and sees nothing.
        world.newest_poll += 1;
        Ok(world.newest_poll)
    })?;
    let deadline = Instant::now() + Duration::from_secs(timeout_s.unsigned_abs());
    loop {
        {
            let mut world = simulator.world();
            if world.newest_poll != poll {
                let by_webhook = world.webhook.target.is_some();
                return Err(ApiError::conflict(if by_webhook {
                    "terminated by setWebhook request"
                } else {
                    TERMINATED
                }));
            }
            let now_ms = world.now_ms();
            let updates = world.updates.oldest(limit, now_ms);
            if !updates.is_empty() {
                return Ok(json!(updates));
            }
        }
        // The sender of changes lives in the simulator, which is held here: an error can't happen.
        if tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
            return Ok(json!([]));
        }
    }
}
