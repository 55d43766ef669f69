//! `/stop`: nothing more is sent but what is required.

use domain::{ConsentChanges, ConsentChannel};
use i18n::keys;
use storage::{StoreError, Transaction};

use crate::{
    bot::{Context, commands::say, keyboards, reply::Reply},
    consents,
};

/// The answer. It is the same whether anything was on: what counts is that nothing is now.
pub(super) async fn answer(context: Context<'_>, tx: &mut dyn Transaction) -> Result<Reply, StoreError> {
    if !context.is_private {
        return Ok(say(context, keys::bot::PRIVATE_ONLY).with(keyboards::open_app(context, "/app/settings")));
    }
    let changes = ConsentChanges::withdraw_all();
    let proof = (ConsentChannel::Chat, context.locale);
    consents::record(context.services, tx, context.user_id, &changes, proof).await?;
    Ok(say(context, keys::bot::STOP_DONE))
}
