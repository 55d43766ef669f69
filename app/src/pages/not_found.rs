//! A path that leads nowhere.

use i18n::keys::app;

use crate::{
    context::Context,
    node::nodes,
    pages::frame,
    part::Part,
    router::Route,
    ui::{Way, placeholder},
};

/// Nothing here, and the way to where something is.
pub(crate) fn not_found_page() -> Part {
    let texts = Context::get().texts;
    let way = Way::Follow(texts.get(app::UNKNOWN_ALL), Route::Lobby.path());
    let content = nodes! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(app::NOT_FOUND_TITLE)}</h1>
        {placeholder(texts.get(app::NOT_FOUND_TITLE), texts.get(app::UNKNOWN_TEXT), way)}
    };
    frame(content, None)
}
