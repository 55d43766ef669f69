//! `POST /v1/tg/start`: what the link of a launch was about.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, token::StartAnswer};
use services::{
    Services,
    limits::{self, Action, Subject},
    links,
};

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, SignedInSession},
    v1::unlink::FreshRequest,
};

/// Resolves the start parameter that Telegram has signed; the one in the address is never believed.
#[utoipa::path(
    post,
    path = "/v1/tg/start",
    tag = "linking",
    security(("bearer" = [])),
    request_body = FreshRequest,
    responses(
        (status = 200, description = "What to open, what was linked, or what to ask", body = StartAnswer),
        (status = 400, description = "`init_data_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`, `token_expired`, `init_data_invalid` or `init_data_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`init_data_foreign` or `one_time_token_foreign`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`one_time_token_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`one_time_token_used` or `account_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`one_time_token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn start(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<FreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Link, Subject::Address(address)).await?;
    let answer = links::start(&services, &session, &request.init_data).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}
