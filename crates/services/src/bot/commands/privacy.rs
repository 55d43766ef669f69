//! `/privacy`: what is kept of a person, in short, and the way to the rest.

use i18n::keys;

use crate::bot::{Context, commands::say, keyboards, reply::Reply};

/// The answer. It holds nothing of the person, so a group may see it.
pub(super) fn answer(context: Context<'_>) -> Reply {
    say(context, keys::bot::PRIVACY_TEXT).with(keyboards::open_app(context, "/app/privacy"))
}
