//! `/v1/tg/sessions`: the caller's signed-in devices.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{Problem, session::Devices};
use services::{Services, identity::devices};

use crate::http::{
    error::ApiError,
    extract::{SessionPath, SignedInSession},
};

/// The caller's devices, the one used last first.
#[utoipa::path(
    get,
    path = "/v1/tg/sessions",
    tag = "sign-in",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The devices", body = Devices),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sessions(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let devices = devices::list(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(devices)))
}

/// Ends all of the caller's sessions but this one.
#[utoipa::path(
    delete,
    path = "/v1/tg/sessions",
    tag = "sign-in",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "The others are over"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end_other_sessions(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<StatusCode, ApiError> {
    devices::end_others(&services, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete,
    path = "/v1/tg/sessions/{id}",
    tag = "sign-in",
    security(("bearer" = [])),
    params(("id" = domain::SessionId, Path, description = "The session")),
    responses(
        (status = 204, description = "It is over, or was"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`session_unknown`: the caller has none with this id", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end_session(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    SessionPath(ended): SessionPath,
) -> Result<StatusCode, ApiError> {
    devices::end(&services, &session, ended).await?;
    Ok(StatusCode::NO_CONTENT)
}
