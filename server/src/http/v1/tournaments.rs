//! `GET /v1/tournaments`: what is on.

use axum::{Json, extract::State};
use domain::{Problem, board::TournamentCard};
use serde::{Deserialize, Serialize};
use services::{Services, boards};
use utoipa::{IntoParams, ToSchema};

use crate::http::{error::ApiError, extract::ApiQuery};

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
pub struct TournamentsQuery {
    /// At most 100; 50 when left out.
    limit: Option<u32>,
}

/// The tournaments.
#[derive(Debug, Serialize, ToSchema)]
pub struct TournamentsAnswer {
    /// Running first (the busiest first), then upcoming, then finished.
    tournaments: Vec<TournamentCard>,
}

/// Lists tournaments.
#[utoipa::path(
    get,
    path = "/v1/tournaments",
    tag = "boards",
    params(TournamentsQuery),
    responses(
        (status = 200, description = "The tournaments", body = TournamentsAnswer),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tournaments(
    State(services): State<Services>,
    ApiQuery(query): ApiQuery<TournamentsQuery>,
) -> Result<Json<TournamentsAnswer>, ApiError> {
    let tournaments = boards::tournaments(&services, query.limit.unwrap_or(50)).await?;
    Ok(Json(TournamentsAnswer { tournaments }))
}
