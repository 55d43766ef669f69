//! `GET /v1/tournaments`: what is on.

use axum::{Json, extract::State};
use domain::{
    Problem,
    tournament::view::{ListFilter, TournamentsPage},
};
use serde::Deserialize;
use services::{Services, boards, tournaments::list};
use utoipa::IntoParams;

use crate::http::{error::ApiError, extract::ApiQuery};

/// Which ones, and how many.
#[derive(Debug, Deserialize, IntoParams)]
pub struct TournamentsQuery {
    /// Those that are live, upcoming or past; left out, the first ones of all.
    phase: Option<ListFilter>,
    /// At most 100; 50 when left out.
    limit: Option<u32>,
    /// The `next_cursor` of an earlier page; with `phase` alone.
    cursor: Option<String>,
}

/// Lists tournaments. Without `phase`: running first (the busiest first), then upcoming, then finished, and no further
/// page.
#[utoipa::path(
    get,
    path = "/v1/tournaments",
    tag = "boards",
    params(TournamentsQuery),
    responses(
        (status = 200, description = "The tournaments", body = TournamentsPage),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tournaments(
    State(services): State<Services>,
    ApiQuery(query): ApiQuery<TournamentsQuery>,
) -> Result<Json<TournamentsPage>, ApiError> {
    let limit = query.limit.unwrap_or(50);
    let page = match query.phase {
        Some(filter) => list::list(&services, filter, query.cursor.as_deref(), limit).await?,
        None => {
            TournamentsPage { tournaments: boards::tournaments(&services, limit).await?, next_cursor: None }
        }
    };
    Ok(Json(page))
}
