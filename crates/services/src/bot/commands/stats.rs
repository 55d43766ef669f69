//! `/stats`: figures for operators, counted in the database.

use i18n::{catalog, keys};
use storage::{StoreError, Transaction};

use crate::bot::{
    Context,
    commands::{is_operator, say},
    reply::Reply,
};

/// The answer.
pub(super) async fn answer(context: Context<'_>, tx: &mut dyn Transaction) -> Result<Reply, StoreError> {
    if !is_operator(context) {
        return Ok(say(context, keys::bot::OPERATORS_ONLY));
    }
    let texts = catalog(context.locale);
    let inbox = tx.inbox().stats().await?;
    let outbox = tx.outbox().stats().await?;
    let failed = outbox.failed + outbox.blocked + outbox.ambiguous;
    let lines = [
        texts.text(keys::bot::STATS_TITLE).to_owned(),
        String::new(),
        keys::bot::stats_updates(texts, inbox.dead, inbox.done, inbox.waiting + inbox.running),
        keys::bot::stats_messages(texts, failed, outbox.sent, outbox.waiting + outbox.sending),
        keys::bot::stats_flood_waits(texts, outbox.flood_waits),
    ];
    Ok(Reply::text(lines.join("\n")))
}
