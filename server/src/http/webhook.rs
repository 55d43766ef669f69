//! Where Telegram sends updates: secret, size, durable, 200. Nothing is handled here.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{BotId, ErrorCode};
use secrecy::{ExposeSecret, SecretString};
use services::inbox;
use subtle::ConstantTimeEq;

use crate::{http::error::ApiError, state::AppState};

/// The header in which Telegram sends the secret (Bot API, setWebhook).
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// Updates are a few kilobytes; this is far above any real one.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The route for updates, at the path that the webhook's address has, with and without a slash at its end.
pub fn router(path: &str) -> Router<AppState> {
    let path = path.trim_end_matches('/');
    let take = post(take_update).layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    if path.is_empty() {
        return Router::new().route("/", take);
    }
    Router::new().route(path, take.clone()).route(&format!("{path}/"), take)
}

async fn take_update(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let presented = headers.get(SECRET_HEADER).map_or(&[][..], |value| value.as_bytes());
    if !state.webhook_secret.as_ref().is_some_and(|secret| is_secret(secret, presented)) {
        return Err(ApiError::new(ErrorCode::Unauthorized));
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(ErrorCode::TooLarge),
        _ => ApiError::new(ErrorCode::BadRequest),
    })?;
    let bot_id = state.settings.telegram.token.as_ref().map_or(BotId(0), telegram::token::BotToken::bot_id);
    inbox::ingest(&state.services, bot_id, &body).await?;
    Ok(StatusCode::OK)
}

fn is_secret(secret: &SecretString, presented: &[u8]) -> bool {
    bool::from(secret.expose_secret().as_bytes().ct_eq(presented))
}
