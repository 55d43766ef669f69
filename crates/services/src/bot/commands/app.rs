//! `/app`: a button that opens the Mini App.

use i18n::keys;

use crate::bot::{Context, commands::say, keyboards, reply::Reply};

/// The answer.
pub(super) fn answer(context: Context<'_>) -> Reply {
    say(context, keys::bot::APP_TEXT).with(keyboards::open_app(context, "/app"))
}
