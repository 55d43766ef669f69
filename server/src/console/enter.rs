//! The door: where a sign-in with Telegram becomes a session of the console, and the files of its pages.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use serde::Deserialize;
use serde_json::json;
use services::{
    console,
    limits::{self, Action, Subject},
};

use crate::{
    console::{
        answer::{page, see_other},
        cookie,
        desk::{Desk, locale},
        form::{ConsoleForm, is_from_here},
    },
    http::{error::ApiError, extract::ClientAddress},
    state::AppState,
};

/// `GET /console/enter`
pub(super) async fn show(State(state): State<AppState>, headers: HeaderMap) -> Response {
    page(&state.settings, StatusCode::OK, app::console::render_enter(locale(&headers)))
}

/// `GET /console/files/{file}`
pub(super) async fn file(Path(name): Path<String>) -> Response {
    let Some(file) = app::console::file(&name) else {
        return ApiError::new(ErrorCode::NotFound).into_response();
    };
    let mut response = file.content.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, file.media_type),
        // The name says what it holds.
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What the door may be told.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entrance {
    /// An invitation.
    invitation: Option<String>,
}

/// `POST /console/session`: an operator's access token for a cookie. A page of another site can't send the header that
/// this takes.
pub(super) async fn open(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    limits::take(&state.services, Action::ConsoleSession, Subject::Address(address)).await?;
    if headers.contains_key(header::ORIGIN) && !is_from_here(&state.settings, &headers) {
        return Err(ApiError::new(ErrorCode::Forbidden));
    }
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| ApiError::new(ErrorCode::Unauthorized))?;
    let Entrance { invitation } = if body.is_empty() {
        Entrance::default()
    } else {
        serde_json::from_slice(&body).map_err(|_| ApiError::new(ErrorCode::BadRequest))?
    };
    let opened = console::open(&state.services, bearer, invitation.as_deref()).await?;
    let next = if opened.needs_second_factor { "/console/second-factor" } else { "/console" };
    let answer = ([(header::CACHE_CONTROL, "no-store")], Json(json!({"next": next}))).into_response();
    Ok(cookie::set(&state.settings, &opened.token.to_text(), answer))
}

/// `GET /console/alive`: whoever fills in a form for long uses the session, too.
pub(super) async fn alive(_desk: Desk) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-store")])
}

/// `POST /console/sign-out`
pub(super) async fn sign_out(form: ConsoleForm) -> Response {
    let desk = form.desk;
    match console::sign_out(desk.services(), desk.operator()).await {
        Ok(()) => cookie::clear(&desk.state().settings, see_other("/")),
        Err(error) => desk.failed(error),
    }
}
