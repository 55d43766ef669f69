//! `POST /v1/tg/handoff` and `POST /v1/platform/handoffs`: a player goes over to the platform's site.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{
    LinkTarget, Problem,
    handoff::{CabinetPage, Handoff, HandoffAnswer},
};
use serde::Deserialize;
use services::{
    Services,
    limits::{self, Action, Subject},
    links,
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, SignedCall, SignedInSession},
};

/// Where somebody wants to go.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HandoffRequest {
    /// The page of the cabinet.
    to: CabinetPage,
    /// The step of `kyc` at which to go on.
    #[serde(default)]
    step: Option<LinkTarget>,
}

/// The way to the platform's site, to be opened outside of Telegram at once.
#[utoipa::path(
    post,
    path = "/v1/tg/handoff",
    tag = "linking",
    security(("bearer" = [])),
    request_body = HandoffRequest,
    responses(
        (status = 200, description = "Where to go; with a one-time code for a linked account", body = HandoffAnswer),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no site is set", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn hand_over(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<HandoffRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Link, Subject::Address(address)).await?;
    let answer = links::hand_over(&services, &session, request.to, request.step).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}

/// Spends the code that a hand-over has brought: `{"code"}`. It says whom to sign in.
#[utoipa::path(
    post,
    path = "/v1/platform/handoffs",
    tag = "platform",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("webhook-id" = String, Header, description = "The call's id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970, within 5 minutes of now"),
        ("webhook-signature" = String, Header, description = "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64"),
    ),
    responses(
        (status = 200, description = "Whom it brings", body = Handoff),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`signature_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`one_time_token_foreign`: the link has ended since", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`one_time_token_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`one_time_token_used`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`one_time_token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn redeem(
    State(services): State<Services>,
    call: SignedCall,
) -> Result<impl IntoResponse, ApiError> {
    let handoff = links::redeem(&services, &call.key, &call.body).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(handoff)))
}
