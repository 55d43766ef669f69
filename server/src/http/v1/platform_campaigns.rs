//! `POST /v1/platform/campaigns`: codes that many may use.

use axum::{extract::State, http::StatusCode};
use domain::Problem;
use services::{Services, links};

use crate::http::{error::ApiError, extract::SignedCall};

/// Adds a campaign's code, or replaces what a known one opens: `{"code", "tournament_id"?, "expires_at"?}`.
#[utoipa::path(
    post,
    path = "/v1/platform/campaigns",
    tag = "platform",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("webhook-id" = String, Header, description = "The call's id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970, within 5 minutes of now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    ),
    responses(
        (status = 204, description = "The code opens it"),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`signature_invalid`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn campaigns(
    State(services): State<Services>,
    call: SignedCall,
) -> Result<StatusCode, ApiError> {
    links::put_campaign(&services, &call.key, &call.body).await?;
    Ok(StatusCode::NO_CONTENT)
}
