//! `POST /v1/tg/unlink`: the end of the link with an account of the platform.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, session::Me};
use serde::Deserialize;
use services::{
    Services,
    limits::{self, Action, Subject},
    links,
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, SignedInSession},
};

/// The proof that the person is there.
#[derive(Deserialize, ToSchema)]
pub struct FreshRequest {
    /// The raw init data of a launch at most 5 minutes ago.
    pub(super) init_data: String,
}

impl std::fmt::Debug for FreshRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FreshRequest(…)")
    }
}

/// Ends the link. Messages that wait on behalf of the account are taken back; the session goes on under a light profile.
#[utoipa::path(
    post,
    path = "/v1/tg/unlink",
    tag = "linking",
    security(("bearer" = [])),
    request_body = FreshRequest,
    responses(
        (status = 200, description = "Who the person is now", body = Me),
        (status = 400, description = "`init_data_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`, `token_expired`, `init_data_invalid` or `init_data_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`init_data_foreign`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_linked`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn unlink(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<FreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Link, Subject::Address(address)).await?;
    let me = links::unlink(&services, &session, &request.init_data).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(me)))
}
