//! `/v1/missions`: what the caller can do, how far they are, and what it is rewarded with.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{
    Problem,
    mission::{MissionCard, MissionClaim, Missions},
};
use services::{Services, missions};

use crate::http::{
    error::ApiError,
    extract::{MissionPath, SignedInSession},
};

/// The caller's missions, as they stand now.
#[utoipa::path(
    get,
    path = "/v1/missions",
    tag = "missions",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The missions", body = Missions),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let missions = missions::list(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(missions)))
}

/// One mission of the caller's.
#[utoipa::path(
    get,
    path = "/v1/missions/{id}",
    tag = "missions",
    security(("bearer" = [])),
    params(("id" = domain::MissionId, Path, description = "The mission")),
    responses(
        (status = 200, description = "The mission", body = MissionCard),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`mission_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn one(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    MissionPath(mission_id): MissionPath,
) -> Result<impl IntoResponse, ApiError> {
    let mission = missions::one(&services, &session, &mission_id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(mission)))
}

/// Claims all that a mission has to give now. The same call again grants nothing more and answers the same.
#[utoipa::path(
    post,
    path = "/v1/missions/{id}/claim",
    tag = "missions",
    security(("bearer" = [])),
    params(("id" = domain::MissionId, Path, description = "The mission")),
    responses(
        (status = 200, description = "It is claimed, now or before", body = MissionClaim),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`mission_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`mission_not_done`; `mission_locked`; `not_linked`: there is no account that it could be booked to; `reward_revoked`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`mission_over`: the mission, or the time to claim it, is over", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn claim(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    MissionPath(mission_id): MissionPath,
) -> Result<impl IntoResponse, ApiError> {
    let claim = missions::claim(&services, &session, &mission_id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(claim)))
}
