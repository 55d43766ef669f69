//! `POST /v1/tournaments/{id}/share`: a board to be shared.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, board::Shared};
use services::{
    Services,
    bot::share,
    limits::{self, Action, Subject},
};

use crate::http::{
    error::ApiError,
    extract::{ClientAddress, SignedInSession, TournamentPath},
};

/// What shares a board: a message for `shareMessage`, and a link for wherever that can't be had.
#[utoipa::path(
    post,
    path = "/v1/tournaments/{id}/share",
    tag = "boards",
    params(("id" = String, Path, description = "The tournament's id")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The link, and the message if Telegram has prepared one", body = Shared),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn share(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    SignedInSession(session): SignedInSession,
    TournamentPath(id): TournamentPath,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Share, Subject::Address(address)).await?;
    share::admit(&services, &session).await?;
    let shared: Shared = share::share(&services, &session, &id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(shared)))
}
