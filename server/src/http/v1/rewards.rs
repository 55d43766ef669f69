//! `/v1/rewards`: what the caller is given.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, Reward, reward::RewardsPage};
use serde::Deserialize;
use services::{Services, rewards};
use utoipa::IntoParams;

use crate::http::{
    error::ApiError,
    extract::{ApiQuery, RewardPath, SignedInSession},
};

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RewardsQuery {
    /// At most 100; 50 when left out.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's rewards, the newest first.
#[utoipa::path(
    get,
    path = "/v1/rewards",
    tag = "rewards",
    security(("bearer" = [])),
    params(RewardsQuery),
    responses(
        (status = 200, description = "The rewards", body = RewardsPage),
        (status = 400, description = "`bad_request`: the cursor is not one of a page of rewards", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn rewards(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    ApiQuery(query): ApiQuery<RewardsQuery>,
) -> Result<impl IntoResponse, ApiError> {
    let limit = query.limit.unwrap_or(50);
    let page = rewards::list(&services, &session, query.cursor.as_deref(), limit).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(page)))
}

/// Claims a reward. The same call again answers the same reward and grants nothing more.
#[utoipa::path(
    post,
    path = "/v1/rewards/{id}/claim",
    tag = "rewards",
    security(("bearer" = [])),
    params(("id" = domain::RewardId, Path, description = "The reward")),
    responses(
        (status = 200, description = "It is granted, now or before", body = Reward),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`reward_foreign`: it is somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reward_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_linked`: there is no account that it could be booked to; `reward_revoked`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`reward_expired`: it was not claimed in time", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn claim(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    RewardPath(reward_id): RewardPath,
) -> Result<impl IntoResponse, ApiError> {
    let reward = rewards::claim(&services, &session, reward_id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(reward)))
}
