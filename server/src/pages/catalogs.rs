//! `/i18n/{locale}.json`: the page's texts in another language, for a player whose Telegram speaks it;
//! `/i18n/{locale}.later.json`: the texts of the pages that are loaded later.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::Locale;

use crate::{pages::plain, state::AppState};

/// The texts of one language.
pub async fn show(State(state): State<AppState>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let name = file.strip_suffix(".json").unwrap_or_default();
    let (tag, is_later) = name.strip_suffix(".later").map_or((name, false), |tag| (tag, true));
    let locale = Locale::ALL.into_iter().find(|locale| locale.tag() == tag);
    let Some(locale) = locale else { return plain::not_found(&state, &headers) };
    let catalog = i18n::catalog(locale);
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        // The texts carry the fingerprint of their keys: a page of another version refuses them.
        (header::CACHE_CONTROL, "public, max-age=600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, if is_later { catalog.later_json() } else { catalog.page_json() }).into_response()
}
