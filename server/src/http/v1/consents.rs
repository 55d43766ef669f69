//! `GET, POST /v1/tg/consents`: what the caller wants to be told.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{ConsentChanges, ConsentState, Problem};
use services::{Services, consents};

use crate::http::{
    error::ApiError,
    extract::{ApiJson, SignedInSession},
};

/// What the caller has said. Everything is off until they say yes.
#[utoipa::path(
    get,
    path = "/v1/tg/consents",
    tag = "privacy",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The whole state", body = ConsentState),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn consents(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let state = consents::state(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}

/// Changes what the caller has said; a field that is left out is unchanged.
#[utoipa::path(
    post,
    path = "/v1/tg/consents",
    tag = "privacy",
    security(("bearer" = [])),
    request_body = ConsentChanges,
    responses(
        (status = 200, description = "The whole state", body = ConsentState),
        (status = 400, description = "`bad_request`: an unknown kind, or not a boolean", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_consents(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    ApiJson(changes): ApiJson<ConsentChanges>,
) -> Result<impl IntoResponse, ApiError> {
    let state = consents::change(&services, &session, &changes).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}
