//! `/v1/missions`: what the caller can do, how far they are, and what it is rewarded with.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Problem,
    mission::{MissionCard, MissionClaim, Missions},
};
use serde::Deserialize;
use services::{
    Services,
    missions::{self, live},
};
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use crate::{
    http::{
        error::ApiError,
        extract::{ApiQuery, MissionPath, SignedInSession},
    },
    state::AppState,
};

/// How long a caller waits for something newer; less than the page waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// The callers that wait at a time. One more is answered at once, and asks again by itself.
static PLACES: Semaphore = Semaphore::const_new(2_000);

/// What the caller has already.
#[derive(Debug, Deserialize, IntoParams)]
pub struct MissionsQuery {
    /// The `version` that the caller has. The answer then waits some seconds until there is something newer.
    since: Option<u64>,
}

/// The caller's missions, as they stand now; with `since`, as soon as they are newer than that.
#[utoipa::path(
    get,
    path = "/v1/missions",
    tag = "missions",
    security(("bearer" = [])),
    params(MissionsQuery),
    responses(
        (status = 200, description = "The missions", body = Missions),
        (status = 204, description = "There is nothing newer than `since`"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    SignedInSession(session): SignedInSession,
    ApiQuery(query): ApiQuery<MissionsQuery>,
) -> Result<Response, ApiError> {
    let services = &state.services;
    let missions = match query.since {
        None => Some(missions::list(services, &session).await?),
        Some(version) => {
            let place = PLACES.try_acquire();
            let patience = if place.is_ok() { PATIENCE } else { Duration::ZERO };
            tokio::select! {
                changes = live::next(services, &session, version, patience) => changes?,
                // The caller asks the next server.
                () = state.stop.stopping.cancelled() => None,
            }
        }
    };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok(match missions {
        Some(missions) => (no_store, Json(missions)).into_response(),
        None => (StatusCode::NO_CONTENT, no_store).into_response(),
    })
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
