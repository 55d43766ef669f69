//! `GET /.well-known/jwks.json`: the keys that verify our tokens.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::ErrorCode;
use services::Services;

use crate::http::error::ApiError;

/// The public keys (RFC 7517). A verifier may keep them for a minute; a key is published two minutes before it signs.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "sign-in",
    responses((status = 200, description = "The key set", body = Object))
)]
pub(crate) async fn jwks(State(services): State<Services>) -> Result<impl IntoResponse, ApiError> {
    let jwks = services.keys().jwks(&services).await.map_err(|error| {
        tracing::error!(error = %domain::ErrorChain(&error), "the key set can't be read");
        ApiError::new(ErrorCode::Unavailable)
    })?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=60")], Json(jwks)))
}
