//! `/admin`: a button to the console, for operators.

use i18n::{catalog, keys};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::bot::{
    Context,
    commands::{is_operator, say},
    reply::Reply,
};

/// The answer.
pub(super) fn answer(context: Context<'_>) -> Reply {
    if !is_operator(context) {
        return say(context, keys::bot::OPERATORS_ONLY);
    }
    say(context, keys::bot::ADMIN_TEXT).with(keyboard(context))
}

fn keyboard(context: Context<'_>) -> Result<InlineKeyboard, KeyboardError> {
    let label = catalog(context.locale).text(keys::bot::ADMIN_BUTTON);
    let address = format!("{}/console", context.services.settings().public_url);
    InlineKeyboard::new(vec![vec![InlineButton::url(label, &address)?]])
}
