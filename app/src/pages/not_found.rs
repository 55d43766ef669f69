//! A path that leads nowhere.

use leptos::prelude::*;

use crate::{
    pages::frame::frame,
    router::Route,
    texts::Texts,
    ui::{Way, placeholder},
};

/// Nothing here, and the way to where something is.
pub(crate) fn not_found_page() -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let way = Way::Follow(texts.get(app::UNKNOWN_ALL), Route::Lobby.path(), None);
    let content = view! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(app::NOT_FOUND_TITLE)}</h1>
        {placeholder(texts.get(app::NOT_FOUND_TITLE), texts.get(app::UNKNOWN_TEXT), way)}
    };
    frame(content, None)
}
