//! `POST /v1/platform/notifications`: a text of the platform for one of its users.

use axum::{Json, extract::State, http::StatusCode};
use domain::{Problem, token::NotificationAnswer};
use services::{Services, links};

use crate::http::{error::ApiError, extract::SignedCall};

/// Queues a plain text for a linked user: `{"id", "platform_user_id", "text"}`. The same `id` is sent once.
#[utoipa::path(
    post,
    path = "/v1/platform/notifications",
    tag = "platform",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("webhook-id" = String, Header, description = "The call's id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970, within 5 minutes of now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    ),
    responses(
        (status = 202, description = "It is queued, or was before", body = NotificationAnswer),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`signature_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`player_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_linked`; `player_unreachable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn notifications(
    State(services): State<Services>,
    call: SignedCall,
) -> Result<(StatusCode, Json<NotificationAnswer>), ApiError> {
    let answer = links::notify(&services, &call.key, &call.body).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}
