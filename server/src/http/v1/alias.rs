//! `GET, POST /v1/tg/alias`: whether boards show the caller under a made-up name.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{AliasChange, AliasState, Problem};
use services::{Services, boards::alias};

use crate::http::{
    error::ApiError,
    extract::{ApiJson, SignedInSession},
};

/// How boards show the caller.
#[utoipa::path(
    get,
    path = "/v1/tg/alias",
    tag = "privacy",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What boards show", body = AliasState),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn alias(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let state = alias::state(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}

/// Hides the caller behind a new made-up name, or shows their alias again. Each change gives another `player` too.
#[utoipa::path(
    post,
    path = "/v1/tg/alias",
    tag = "privacy",
    security(("bearer" = [])),
    request_body = AliasChange,
    responses(
        (status = 200, description = "What boards show now", body = AliasState),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_alias(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    ApiJson(AliasChange { hidden }): ApiJson<AliasChange>,
) -> Result<impl IntoResponse, ApiError> {
    let state = alias::change(&services, &session, hidden).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}
