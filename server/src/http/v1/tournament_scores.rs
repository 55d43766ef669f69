//! `GET /v1/tournaments/{id}/scores`: what the caller has played.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, tournament::view::ScoresPage};
use serde::Deserialize;
use services::{Services, tournaments::scores};
use utoipa::IntoParams;

use crate::http::{
    error::ApiError,
    extract::{ApiQuery, SignedInSession, TournamentPath},
};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ScoresParameters {
    /// Which period; the one that is played, or the last one, when left out.
    period: Option<u32>,
    /// At most 100; 20 when left out.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's scores in a period and what corrected them, those that came last first.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/scores",
    tag = "tournaments",
    security(("bearer" = [])),
    params(("id" = domain::TournamentId, Path, description = "The tournament"), ScoresParameters),
    responses(
        (status = 200, description = "The scores", body = ScoresPage),
        (status = 400, description = "`bad_request`: the cursor is not one of this list", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`: nor is there such a period", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn scores(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    TournamentPath(id): TournamentPath,
    ApiQuery(query): ApiQuery<ScoresParameters>,
) -> Result<impl IntoResponse, ApiError> {
    let limit = query.limit.unwrap_or(20);
    let page = scores::page(&services, &session, &id, query.period, query.cursor.as_deref(), limit).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(page)))
}
