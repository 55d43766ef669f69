//! All routes of the public listener, and the layers around them.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, Uri},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    console,
    http::{error::ApiError, openapi, security, webhook},
    pages,
    state::AppState,
    telemetry,
};

/// Bodies of calls without a limit of their own.
const BODY_BYTES_MAX: usize = 64 << 10;

/// A request that takes longer is given up; streams are answered at once and then live on.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// The routes that this server answers.
pub fn router(state: AppState) -> Router {
    let (documented, _) = openapi::documented_routes();
    let api = documented
        .merge(openapi::router())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(security::api_headers());
    let mut routes =
        Router::new().merge(api).merge(pages::router()).merge(console::router()).fallback(not_found);
    let path = webhook_path(&state);
    if let Some(path) = &path {
        routes = routes.merge(webhook::router(path));
    }
    // One layer of four, the first outermost: the router keeps each layer that it is given behind a pointer of its own.
    routes
        .layer((
            middleware::from_fn_with_state(
                telemetry::RequestMetrics::new(path.as_deref()),
                telemetry::trace::track,
            ),
            CatchPanicLayer::custom(panicked),
            middleware::from_fn(deadline),
            DefaultBodyLimit::max(BODY_BYTES_MAX),
        ))
        .with_state(state)
}

/// The path at which Telegram's updates come in; `None` when the bot is off, or polls.
fn webhook_path(state: &AppState) -> Option<String> {
    let telegram = &state.settings.telegram;
    let url = telegram.webhook_url.as_ref().filter(|_| telegram.enabled)?;
    Some(url.path().to_owned())
}

/// Gives up a request that takes too long. What it has not committed by then is undone.
async fn deadline(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ErrorCode::Unavailable).into_response(),
    }
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed)
}

/// Programs get a problem document, people a page.
async fn not_found(State(state): State<AppState>, headers: HeaderMap, uri: Uri) -> Response {
    let is_for_programs = ["/v1", "/fn", "/api", "/telegram", "/.well-known"];
    if is_for_programs
        .iter()
        .any(|prefix| uri.path() == *prefix || uri.path().starts_with(&format!("{prefix}/")))
    {
        return ApiError::new(ErrorCode::NotFound).into_response();
    }
    pages::not_found(&state, &headers)
}

fn panicked(_payload: Box<dyn std::any::Any + Send>) -> Response {
    // The payload may hold anything; the panic hook has logged where it happened.
    tracing::error!("a handler panicked");
    ApiError::new(ErrorCode::Internal).into_response()
}
