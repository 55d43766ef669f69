//! The buttons "Profile" and "Bonuses and promos": what belongs to an account stands in the app, not in the chat.

use i18n::keys;

use crate::bot::{
    Context,
    commands::{link, say},
    keyboards,
    reply::Reply,
};

/// The answer: the way to a page of the app; a stranger hears how to link.
pub(super) fn answer(context: Context<'_>, path: &str) -> Reply {
    if !context.is_linked() {
        return link::how(context);
    }
    say(context, keys::bot::SECTION_TEXT).with(keyboards::open_app(context, path))
}
