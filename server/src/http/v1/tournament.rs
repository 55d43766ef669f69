//! `GET /v1/tournaments/{id}`: one tournament and the top of its board.

use axum::{Json, extract::State};
use domain::{Problem, board::TournamentPage};
use services::{Services, boards};

use crate::http::{
    error::ApiError,
    extract::{MaybeSession, TournamentPath},
};

/// One tournament.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}",
    tag = "boards",
    params(("id" = String, Path, description = "The tournament's id")),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The tournament and the top of its board", body = TournamentPage),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tournament(
    State(services): State<Services>,
    TournamentPath(id): TournamentPath,
    MaybeSession(session): MaybeSession,
) -> Result<Json<TournamentPage>, ApiError> {
    let viewer = session.map(|session| session.user_id());
    Ok(Json(boards::tournament_page(&services, &id, viewer).await?))
}
