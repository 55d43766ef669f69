//! `/help`: what the bot can do and who to ask.

use i18n::keys;

use crate::bot::{Context, commands::say, keyboards, reply::Reply};

/// The answer, with the keyboard below the input field.
pub(super) fn answer(context: Context<'_>) -> Reply {
    say(context, keys::bot::HELP).with(keyboards::main_menu(context))
}
