//! Pages that stand still: what Podium is, the design system, nothing here.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use services::tournaments::TournamentError;

use crate::{
    http::{error::ApiError, extract::TournamentPath},
    pages::{
        reader::Reader,
        security::{Fence, page},
    },
    state::AppState,
};

/// `/`.
pub async fn landing(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let bot = bot_username(&state).await;
    let reader = Reader::new(&state, &headers);
    let html = app::ssr::render_landing(reader.setting(&state.site), bot.as_deref());
    page(&state.settings, Fence::Plain, StatusCode::OK, &reader.nonce, html)
}

/// `/kit`.
pub async fn kit(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let reader = Reader::new(&state, &headers);
    let html = app::ssr::render_kit(reader.setting(&state.site));
    page(&state.settings, Fence::Plain, StatusCode::OK, &reader.nonce, html)
}

/// `/t/{id}/rules`.
pub async fn rules(
    State(state): State<AppState>,
    tournament: Result<TournamentPath, ApiError>,
    headers: HeaderMap,
) -> Response {
    let Ok(TournamentPath(id)) = tournament else { return not_found(&state, &headers) };
    let (tournament, details) = match services::tournaments::details::rules(&state.services, &id).await {
        Ok(found) => found,
        Err(TournamentError::Unknown) => return not_found(&state, &headers),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let reader = Reader::new(&state, &headers);
    let grace_s = state.settings.file.boards.score_grace_s.into();
    let html = app::ssr::render_rules(reader.setting(&state.site), &tournament, &details, grace_s);
    page(&state.settings, Fence::Plain, StatusCode::OK, &reader.nonce, html)
}

/// Everything that is not there.
pub fn not_found(state: &AppState, headers: &HeaderMap) -> Response {
    let reader = Reader::new(state, headers);
    let html = app::ssr::render_not_found(reader.setting(&state.site));
    page(&state.settings, Fence::Plain, StatusCode::NOT_FOUND, &reader.nonce, html)
}

/// The bot's username. Without it pages offer no way into Telegram, and nothing else is missing.
pub async fn bot_username(state: &AppState) -> Option<String> {
    if !state.settings.telegram.enabled {
        return None;
    }
    match state.services.bot_identity().username(&state.services).await {
        Ok(username) => username,
        Err(error) => {
            tracing::warn!(error = %domain::ErrorChain(&error), "the bot's name can't be read");
            None
        }
    }
}
