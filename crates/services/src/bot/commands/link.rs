//! `/link`: how to link an account of the platform, or, with a code behind it, the question whether to.

use i18n::keys;
use storage::{StoreError, Transaction};

use crate::{
    bot::{Context, commands::say, keyboards, linking, reply::Reply},
    links::code::OneTimeCode,
};

/// The answer. Tokens are for private chats alone: in a group everybody would read the account.
pub(super) async fn answer(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    argument: Option<&str>,
) -> Result<Reply, StoreError> {
    if !context.is_private {
        return Ok(say(context, keys::bot::PRIVATE_ONLY));
    }
    match argument {
        Some(text) => match OneTimeCode::from_message(text) {
            Some(code) => linking::show(context, tx, &code).await,
            None => Ok(say(context, keys::bot::LINK_NO_CODE)),
        },
        None if context.is_linked() => Ok(say(context, keys::bot::LINK_IS_THERE)),
        None => Ok(how(context)),
    }
}

/// How to link: what a stranger hears who asks for what belongs to an account.
pub(super) fn how(context: Context<'_>) -> Reply {
    say(context, keys::bot::LINK_HOW).with(keyboards::open_app(context, "/app"))
}
