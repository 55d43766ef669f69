//! `setWebhook`, `deleteWebhook` and `getWebhookInfo`.

use serde_json::Value;

use crate::{
    api::{answer::Answer, error::ApiError, params::Params},
    world::{World, webhook::Target},
};

/// Sends updates to an address, or with an empty one lets the bot poll again.
pub fn set(world: &mut World, params: &Params) -> Result<Answer, ApiError> {
    world.counters.set_webhook_calls += 1;
    let url = params.text("url").unwrap_or_default();
    if url.is_empty() {
        return Ok(delete(world, params));
    }
    let target = Target::new(&url, params.text("secret_token"), params.integer("max_connections")?)?;
    let kinds = allowed_updates(params)?;
    let changes = world.webhook.target.as_ref() != Some(&target)
        || kinds.as_ref().is_some_and(|kinds| world.webhook.allowed_updates.as_ref() != Some(kinds));
    if !changes && !params.flag("drop_pending_updates") {
        return Ok(Answer::done("Webhook is already set"));
    }
    if !world.may_set_webhook() {
        return Err(ApiError::too_many_requests(1));
    }
    if params.flag("drop_pending_updates") {
        world.updates.drop_all();
    }
    world.webhook.choose(kinds);
    if changes {
        world.counters.set_webhook_changes += 1;
        world.webhook.change(Some(target));
        world.updates.forget_delays();
        // A poller that waits gives way to the webhook.
        world.newest_poll += 1;
    }
    Ok(Answer::done("Webhook was set"))
}

/// Lets the bot poll again.
pub fn delete(world: &mut World, params: &Params) -> Answer {
    if params.flag("drop_pending_updates") {
        world.updates.drop_all();
    }
    if world.webhook.target.is_none() {
        return Answer::done("Webhook is already deleted");
    }
    world.webhook.change(None);
    world.updates.forget_delays();
    Answer::done("Webhook was deleted")
}

/// Says where updates go and how that went.
pub fn info(world: &World) -> Value {
    world.webhook.to_api(world.updates.pending())
}

/// The kinds of updates that the bot chose, if it did.
pub fn allowed_updates(params: &Params) -> Result<Option<Vec<String>>, ApiError> {
    let Some(value) = params.json("allowed_updates")? else { return Ok(None) };
    serde_json::from_value(value)
        .map(Some)
        .map_err(|_| ApiError::bad_request("can't parse allowed_updates: expected an Array of Strings"))
}
