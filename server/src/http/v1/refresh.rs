//! `POST /v1/tg/refresh`: the next pair of tokens.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, session::SignedIn};
use serde::Deserialize;
use services::{
    Services, identity,
    limits::{self, Action, Subject},
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress},
};

/// A refresh token of an earlier answer.
#[derive(Deserialize, ToSchema)]
pub struct RefreshRequest {
    /// Good once.
    pub(super) refresh_token: String,
}

impl std::fmt::Debug for RefreshRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RefreshRequest(…)")
    }
}

/// Keeps a player signed in.
#[utoipa::path(
    post,
    path = "/v1/tg/refresh",
    tag = "sign-in",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "The next pair of tokens", body = SignedIn),
        (status = 401, description = "`refresh_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn refresh(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    ApiJson(request): ApiJson<RefreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Refresh, Subject::Address(address)).await?;
    let signed_in = identity::refresh(&services, &request.refresh_token).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(signed_in)))
}
