//! `GET /v1/tg/me`: the signed-in player.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, session::Me};
use services::{Services, identity};

use crate::http::{error::ApiError, extract::SignedInSession};

/// Who the caller is.
#[utoipa::path(
    get,
    path = "/v1/tg/me",
    tag = "sign-in",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The player", body = Me),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn me(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let me = identity::me(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(me)))
}
