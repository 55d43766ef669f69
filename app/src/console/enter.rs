//! `/console/enter`: where a sign-in with Telegram becomes a session of the console.

use domain::Locale;
use i18n::keys::console as texts;
use leptos::prelude::*;

use super::{document::document, files::ENTER};
use crate::ssr::render;

/// The page. Its script takes what `/login` left for this tab, or leads there.
pub fn render_enter(locale: Locale) -> String {
    let catalog = i18n::catalog(locale);
    let text = |key| catalog.text(key);
    let body = render(|| {
        view! {
            <main class="door" id="enter" data-stranger=text(texts::ENTER_STRANGER) data-failed=text(texts::ENTER_FAILED)
                data-unknown=text(texts::ENTER_UNKNOWN) data-used=text(texts::ENTER_USED)
                data-expired=text(texts::ENTER_EXPIRED)>
                <h1 class="page__title">{text(texts::ENTER_TITLE)}</h1>
                <p id="enter-text" role="status">{text(texts::ENTER_TEXT)}</p>
                <p><a class="button" href="/login?next=/console/enter">{text(texts::ENTER_AGAIN)}</a></p>
            </main>
        }
    });
    document(locale, text(texts::TITLE), &ENTER, &body)
}
