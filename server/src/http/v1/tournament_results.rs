//! `/v1/tournaments/{id}/details`, `/periods`, `/results`: what a tournament is beyond its board, and how it ended.

use axum::{Json, extract::State};
use domain::{
    Problem,
    tournament::view::{PeriodsPage, ResultsPage, TournamentDetails},
};
use serde::Deserialize;
use services::{
    Services,
    tournaments::{
        details,
        results::{self, ResultsQuery},
    },
};
use utoipa::IntoParams;

use crate::http::{
    error::ApiError,
    extract::{ApiQuery, MaybeSession, TournamentPath},
};

/// What a tournament asks and gives.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/details",
    tag = "tournaments",
    params(("id" = domain::TournamentId, Path, description = "The tournament")),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "Its rules", body = TournamentDetails),
        (status = 404, description = "`tournament_unknown`; also a private one without a token", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn details(
    State(services): State<Services>,
    TournamentPath(id): TournamentPath,
    MaybeSession(session): MaybeSession,
) -> Result<Json<TournamentDetails>, ApiError> {
    let viewer = session.map(|session| session.user_id());
    Ok(Json(details::details(&services, &id, viewer).await?))
}

/// Which page of periods.
#[derive(Debug, Deserialize, IntoParams)]
pub struct PeriodsParameters {
    /// At most 100; 20 when left out.
    limit: Option<u32>,
    /// The `next_cursor` of an earlier page.
    cursor: Option<String>,
}

/// The periods of a tournament, the latest first.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/periods",
    tag = "tournaments",
    params(("id" = domain::TournamentId, Path, description = "The tournament"), PeriodsParameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The periods", body = PeriodsPage),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn periods(
    State(services): State<Services>,
    TournamentPath(id): TournamentPath,
    MaybeSession(session): MaybeSession,
    ApiQuery(query): ApiQuery<PeriodsParameters>,
) -> Result<Json<PeriodsPage>, ApiError> {
    let viewer = session.map(|session| session.user_id());
    let limit = query.limit.unwrap_or(20);
    Ok(Json(details::periods(&services, &id, viewer, query.cursor.as_deref(), limit).await?))
}

/// Which results.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ResultsParameters {
    /// Which period; the latest final one when left out.
    period: Option<u32>,
    /// Which cohort; the first one when left out.
    cohort: Option<u32>,
    /// At most 100 ranks; 50 when left out.
    limit: Option<u32>,
    /// The `next_cursor` of an earlier page.
    cursor: Option<String>,
}

/// The final ranks of a board, with the hash that proves them.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/results",
    tag = "tournaments",
    params(("id" = domain::TournamentId, Path, description = "The tournament"), ResultsParameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The ranks", body = ResultsPage),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`; also a board that there is not", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`tournament_closed`: the ranks are not final", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn results(
    State(services): State<Services>,
    TournamentPath(id): TournamentPath,
    MaybeSession(session): MaybeSession,
    ApiQuery(query): ApiQuery<ResultsParameters>,
) -> Result<Json<ResultsPage>, ApiError> {
    let viewer = session.map(|session| session.user_id());
    let wanted = ResultsQuery {
        period: query.period,
        cohort: query.cohort,
        cursor: query.cursor.as_deref(),
        limit: query.limit.unwrap_or(50),
    };
    Ok(Json(results::page(&services, &id, viewer, wanted).await?))
}
