//! `GET /v1/tournaments/{id}/board`: a part of a board.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, Problem, board::BoardPage};
use serde::{Deserialize, Serialize};
use services::{
    Services,
    boards::{self, BoardQuery, PageBetween, Wanted, WindowQuery, sight},
};
use utoipa::{IntoParams, ToSchema};

use crate::http::{
    error::ApiError,
    extract::{ApiQuery, MaybeSession, TournamentPath},
};

/// What part of the board.
#[derive(Debug, Deserialize, IntoParams)]
pub struct BoardParameters {
    /// At most 100 rows; 50 when left out.
    limit: Option<u32>,
    /// The `next_cursor` or `previous_cursor` of another page.
    cursor: Option<String>,
    /// `me`: the rows around the caller's own.
    around: Option<String>,
    /// The period of a tournament that is reset, the first one 0. Left out: the one that is played, or the last one that
    /// was.
    period: Option<u32>,
    /// The cohort of a period whose players are divided. Left out: the caller's own, or the first one.
    cohort: Option<u32>,
}

/// A part of a board, with the ways on and back.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardAnswer {
    /// The period that it is of, the first one 0.
    period: u32,
    /// The cohort that it is of; 0: all players of the period.
    cohort: u32,
    #[serde(flatten)]
    page: BoardPage,
    /// What to pass for the page before; absent at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_cursor: Option<String>,
}

/// A part of a board: without `period` and `cohort` of the one that the caller sees of the tournament. The ETag changes with the board's version; `If-None-Match` answers 304 when nothing has changed.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/board",
    tag = "boards",
    params(("id" = String, Path, description = "The tournament's id"), BoardParameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The rows", body = BoardAnswer),
        (status = 304, description = "Nothing has changed"),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`: `around=me` needs a token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`; also a private one without a token, and a board that there is not", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn board(
    State(services): State<Services>,
    TournamentPath(id): TournamentPath,
    MaybeSession(session): MaybeSession,
    ApiQuery(parameters): ApiQuery<BoardParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let window = match (parameters.around.as_deref(), parameters.cursor) {
        (Some("me"), None) => WindowQuery::AroundMe,
        (None, Some(cursor)) => WindowQuery::Cursor(cursor),
        (None, None) => WindowQuery::Top,
        (Some(_), _) => {
            return Err(ApiError::new(ErrorCode::BadRequest)
                .with_detail("around takes `me`, and no cursor beside it"));
        }
    };
    let limit = parameters.limit.unwrap_or(50);
    let viewer = session.map(|session| session.user_id());
    let wanted = Wanted { period: parameters.period, cohort: parameters.cohort };
    let board = sight::board(&services, &id, viewer, wanted).await?;
    let PageBetween { page, previous_cursor } =
        boards::page_between(&services, &board, BoardQuery { window, limit }).await?;
    let board = board.board_id();
    // The page depends on the viewer too, but a viewer's own row moves with the board's version alone.
    let etag = format!("\"{board}-{}-{}\"", page.version, page.total);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (period, cohort) = (board.period(), board.cohort());
        Json(BoardAnswer { period, cohort, page, previous_cursor }).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}
