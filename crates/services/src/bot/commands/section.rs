//! `/profile`, `/bonus` and the buttons "Profile" and "Bonuses and promos": what belongs to an account stands in the app and
//! on the platform's site, not in the chat.
//!
//! The button to the site has no code: a message stays in the chat for long, a code is good for minutes. The app hands over
//! with one.

use domain::handoff::CabinetPage;
use i18n::keys;

use crate::{
    bot::{
        Context,
        commands::{link, say},
        keyboards,
        reply::Reply,
    },
    links::handoff::cabinet_page,
};

/// The answer: the way to a page of the app and of the cabinet; a stranger hears how to link.
pub(super) fn answer(context: Context<'_>, path: &str, page: CabinetPage) -> Reply {
    if !context.is_linked() {
        return link::how(context);
    }
    let text = say(context, keys::bot::SECTION_TEXT);
    match context.services.settings().cabinet_url.as_deref() {
        // In a group it would be about whoever presses it.
        Some(cabinet) if context.is_private => {
            text.with(keyboards::app_and_cabinet(context, path, &cabinet_page(cabinet, page)))
        }
        _ => text.with(keyboards::open_app(context, path)),
    }
}
