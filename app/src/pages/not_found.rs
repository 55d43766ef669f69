//! A path that leads nowhere.

use leptos::prelude::*;

use crate::{
    pages::frame::frame,
    router::{Link, Route},
    texts::Texts,
    ui::Placeholder,
};

/// Nothing here, and the way to where something is.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let content = view! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(app::NOT_FOUND_TITLE)}</h1>
        <Placeholder title=texts.get(app::NOT_FOUND_TITLE) text=texts.get(app::UNKNOWN_TEXT)>
            <Link to=Route::Lobby class="button button--filled">{texts.get(app::UNKNOWN_ALL)}</Link>
        </Placeholder>
    };
    frame(content.into_any(), None)
}
