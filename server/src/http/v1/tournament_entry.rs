//! `/v1/tournaments/{id}/join`, `/reminder`, `/me`: a player's part in a tournament.

use std::num::NonZeroU32;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{
    Problem,
    tournament::view::{Entry, Mine},
};
use serde::Deserialize;
use services::{
    Services,
    tournaments::{join, mine, reminder},
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, SignedInSession, TournamentPath},
};

/// Which entry is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinBody {
    /// 1, or left out, to take part; 2 and more to enter again, each with a fresh set of attempts.
    #[serde(default = "first")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    entry: NonZeroU32,
}

const fn first() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// Joins a tournament. The same call again changes nothing and answers the same entry.
#[utoipa::path(
    post,
    path = "/v1/tournaments/{id}/join",
    tag = "tournaments",
    security(("bearer" = [])),
    params(("id" = domain::TournamentId, Path, description = "The tournament")),
    request_body = JoinBody,
    responses(
        (status = 200, description = "The caller takes part, now or before", body = Entry),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_eligible`: the condition is not fulfilled, or the caller is excluded", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`tournament_closed`; `tournament_full`; `attempts_used`: there is no further entry", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn join(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    TournamentPath(id): TournamentPath,
    ApiJson(body): ApiJson<JoinBody>,
) -> Result<impl IntoResponse, ApiError> {
    let entry = join::join(&services, &session, &id, body.entry).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(entry)))
}

/// Asks to be told of a tournament's start, and of being overtaken in it. Nothing is sent without the consent.
#[utoipa::path(
    post,
    path = "/v1/tournaments/{id}/reminder",
    tag = "tournaments",
    security(("bearer" = [])),
    params(("id" = domain::TournamentId, Path, description = "The tournament")),
    responses(
        (status = 204, description = "It is noted"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`tournament_closed`: it is over", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn want_reminder(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    TournamentPath(id): TournamentPath,
) -> Result<StatusCode, ApiError> {
    reminder::set(&services, &session, &id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes that back.
#[utoipa::path(
    delete,
    path = "/v1/tournaments/{id}/reminder",
    tag = "tournaments",
    security(("bearer" = [])),
    params(("id" = domain::TournamentId, Path, description = "The tournament")),
    responses(
        (status = 204, description = "Nothing is told any more"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn drop_reminder(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    TournamentPath(id): TournamentPath,
) -> Result<StatusCode, ApiError> {
    reminder::set(&services, &session, &id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the caller has of a tournament.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/me",
    tag = "tournaments",
    security(("bearer" = [])),
    params(("id" = domain::TournamentId, Path, description = "The tournament")),
    responses(
        (status = 200, description = "Entry, attempts, result and reward", body = Mine),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn mine(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    TournamentPath(id): TournamentPath,
) -> Result<impl IntoResponse, ApiError> {
    let mine = mine::mine(&services, &session, &id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(mine)))
}
