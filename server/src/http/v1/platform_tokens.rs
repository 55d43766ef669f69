//! `POST /v1/platform/tokens` and `GET /v1/platform/tokens/{id}`: one-time tokens, and what became of them.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{
    ErrorCode, Problem, TokenId,
    token::{IssuedToken, TokenStatus},
};
use services::{Services, links};

use crate::http::{error::ApiError, extract::SignedCall};

/// Makes a one-time token: `{"action", "platform_user_id"?, "platform_account"?, "telegram_user_id"?, "tournament_id"?,
/// "mission_id"?, "step"?}`. The same call, by its `webhook-id`, is answered alike until the token is spent.
#[utoipa::path(
    post,
    path = "/v1/platform/tokens",
    tag = "platform",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("webhook-id" = String, Header, description = "The call's id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970, within 5 minutes of now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    ),
    responses(
        (status = 201, description = "The token, which is shown here alone, and the links that carry it", body = IssuedToken),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`signature_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`one_time_token_used`: the call came again after its token was spent", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: the bot's name is not known yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn issue(
    State(services): State<Services>,
    call: SignedCall,
) -> Result<impl IntoResponse, ApiError> {
    let issued = links::issue(&services, &call.key, &call.id, &call.body).await?;
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(issued)))
}

/// Where a token stands. Signed like any call, over an empty body.
#[utoipa::path(
    get,
    path = "/v1/platform/tokens/{id}",
    tag = "platform",
    params(
        ("id" = TokenId, Path, description = "The `token_id` that was answered"),
        ("webhook-id" = String, Header, description = "The call's id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970, within 5 minutes of now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the HMAC-SHA256 of `id.timestamp.` in base64"),
    ),
    responses(
        (status = 200, description = "Where it stands; who spent it", body = TokenStatus),
        (status = 401, description = "`signature_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`one_time_token_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn status(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: SignedCall,
) -> Result<impl IntoResponse, ApiError> {
    // Text that can't be an id names no token.
    let id: TokenId = id.parse().map_err(|_| ApiError::new(ErrorCode::OneTimeTokenUnknown))?;
    let status = links::status(&services, &call.key, id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(status)))
}
