//! `/status`: up, or how late.

use i18n::{catalog, keys};
use storage::{StoreError, Transaction};

use crate::bot::{Context, commands::say, reply::Reply};

/// Answers below this many milliseconds are what people call "at once".
const PUNCTUAL_MS: i64 = 5_000;

/// The answer, from the age of the oldest update that is not handled and of the oldest message that is due.
pub(super) async fn answer(context: Context<'_>, tx: &mut dyn Transaction) -> Result<Reply, StoreError> {
    let now = context.services.now();
    let inbox = tx.inbox().backlog().await?.oldest_open_at;
    let outbox = tx.outbox().backlog().await?.oldest_due_at;
    let late_ms =
        [inbox, outbox].into_iter().flatten().map(|since| now.millis_since(since)).max().unwrap_or(0);
    if late_ms < PUNCTUAL_MS {
        return Ok(say(context, keys::bot::STATUS_UP));
    }
    let seconds = u64::try_from(late_ms / 1000).unwrap_or_default();
    Ok(Reply::text(keys::bot::status_delayed(catalog(context.locale), seconds)))
}
