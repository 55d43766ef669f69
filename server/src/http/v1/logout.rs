//! `POST /v1/tg/logout`: the end of a session.

use axum::{extract::State, http::StatusCode};
use domain::Problem;
use services::{
    Services, identity,
    limits::{self, Action, Subject},
};

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress},
    v1::refresh::RefreshRequest,
};

/// Ends the session of a refresh token.
#[utoipa::path(
    post,
    path = "/v1/tg/logout",
    tag = "sign-in",
    request_body = RefreshRequest,
    responses(
        (status = 204, description = "The session is over"),
        (status = 401, description = "`refresh_invalid`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn logout(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    ApiJson(request): ApiJson<RefreshRequest>,
) -> Result<StatusCode, ApiError> {
    limits::take(&services, Action::Refresh, Subject::Address(address)).await?;
    identity::sign_out(&services, &request.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
