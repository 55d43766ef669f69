//! `POST /v1/platform/events`: signed CloudEvents of the platform.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
};
use domain::{ErrorCode, Problem, event::EventsAnswer};
use serde_json::value::RawValue;
use services::{Services, platform};

use crate::http::{error::ApiError, extract::SignedCall};

/// The size of the largest call: 1000 events of 2 KiB.
pub const BODY_BYTES_MAX: usize = 2 << 20;

/// Applies events, each once. Signed after the Standard Webhooks specification with a service key.
#[utoipa::path(
    post,
    path = "/v1/platform/events",
    tag = "platform",
    request_body(content = Object, content_type = "application/cloudevents-batch+json"),
    params(
        ("webhook-id" = String, Header, description = "The call's id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970, within 5 minutes of now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    ),
    responses(
        (status = 200, description = "What became of each event", body = EventsAnswer),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`signature_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn platform_events(
    State(services): State<Services>,
    headers: HeaderMap,
    call: SignedCall,
) -> Result<Json<EventsAnswer>, ApiError> {
    let SignedCall { key, body, .. } = call;
    let malformed =
        || ApiError::new(ErrorCode::BadRequest).with_detail("the body is not CloudEvents in JSON");
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let events: Vec<&RawValue> = match media_type {
        "application/cloudevents-batch+json" => serde_json::from_slice(&body).map_err(|_| malformed())?,
        "application/cloudevents+json" => vec![serde_json::from_slice(&body).map_err(|_| malformed())?],
        _ => {
            return Err(ApiError::new(ErrorCode::UnsupportedMediaType).with_detail(
                "the body must be application/cloudevents-batch+json or application/cloudevents+json",
            ));
        }
    };
    Ok(Json(platform::accept(&services, &key, &events).await?))
}
