//! `/app/join`: what the chat's keyboard opens.

use app::ssr::JoinPage;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{Locale, tournament::Phase};
use serde::Deserialize;
use services::{boards, links::code::OneTimeCode};

use crate::{
    http::{error::ApiError, extract::ApiQuery},
    pages::{
        reader::Reader,
        security::{Fence, page},
    },
    state::AppState,
};

/// The most tournaments of the list; the bot's `/tournaments` has all of them.
const TOURNAMENTS_MAX: u32 = 20;

/// What the button's address says.
#[derive(Debug, Default, Deserialize)]
pub struct JoinQuery {
    /// The one-time code of the button.
    code: Option<String>,
    /// The language of the chat.
    lang: Option<String>,
}

/// `/app/join`.
pub async fn show(
    State(state): State<AppState>,
    query: Result<ApiQuery<JoinQuery>, ApiError>,
    headers: HeaderMap,
) -> Response {
    let asked = query.map(|ApiQuery(query)| query).unwrap_or_default();
    let mut tournaments = match boards::tournaments(&state.services, TOURNAMENTS_MAX).await {
        Ok(tournaments) => tournaments,
        Err(error) => return ApiError::from(error).into_response(),
    };
    tournaments.retain(|card| matches!(card.phase, Phase::Running | Phase::Upcoming));
    let mut reader = Reader::new(&state, &headers);
    if let Some(tag) = asked.lang.as_deref() {
        reader.locale = Locale::from_tag(tag);
    }
    let shown = JoinPage {
        tournaments,
        code: asked.code.filter(|code| OneTimeCode::parse(code).is_some()),
        telegram_script: state.settings.telegram.web_app_js.clone(),
    };
    let html = app::ssr::render_join(reader.setting(&state.site), shown);
    page(&state.settings, Fence::App, StatusCode::OK, &reader.nonce, html)
}
