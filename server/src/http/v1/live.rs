//! `GET /v1/tournaments/{id}/live` and `GET /v1/live`: one board, or many, as they change (Server-Sent Events).

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{BoardId, ErrorCode, Problem};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use services::boards::{
    SeenBoard, Wanted,
    live::{self, HEARTBEAT, STILL_HERE, Subscription},
    live_many::{self, BOARDS_MAX},
    sight,
};
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use crate::{
    http::{
        error::ApiError,
        extract::{ApiQuery, ClientAddress, MaybeSession, TournamentPath},
        viewers::Viewer,
    },
    state::AppState,
};

/// What every stream begins with: how long a browser waits before it comes back, in milliseconds. Browsers would wait 3 to
/// 5 s, and a board that stands still for so long looks broken; a server that starts anew is rarely back any sooner.
const RETRY: Bytes = Bytes::from_static(b"retry: 2000\n\n");

const STREAM_HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "text/event-stream"),
    (header::CACHE_CONTROL, "no-store"),
    // Proxies such as nginx would collect the stream otherwise.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// The live stream: `event: snapshot` with the first rows, then `event: delta` with what changes, and `event: over` when
/// another period is shown by now. A client that comes back with `Last-Event-ID` gets what it missed, or a snapshot.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/live",
    tag = "boards",
    params(("id" = String, Path, description = "The tournament's id"), LiveParameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`; also a private one without a token, and a board that there is not", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many streams of one address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: too many viewers", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn live(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    TournamentPath(id): TournamentPath,
    MaybeSession(session): MaybeSession,
    ApiQuery(LiveParameters { period, cohort }): ApiQuery<LiveParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewer = state.viewers.enter(Some(address).filter(|_| state.settings.rate_limits))?;
    let reader = session.map(|session| session.user_id());
    let board = sight::board(&state.services, &id, reader, Wanted { period, cohort }).await?;
    follow(&state, &board, viewer, &headers).await
}

/// The stream of one board.
async fn follow(
    state: &AppState,
    board: &SeenBoard,
    viewer: Viewer,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last_version = last_id.and_then(|id| live::version_of(board.board_id(), id));
    let subscription = live::subscribe(&state.services, board, last_version).await?;
    let frames = frames(subscription, state.stop.stopping.clone(), viewer);
    Ok((STREAM_HEADERS, Body::from_stream(frames)).into_response())
}

/// Which of the tournament's boards.
#[derive(Debug, Deserialize, IntoParams)]
pub struct LiveParameters {
    /// The period, the first one 0. Left out: the one that is played, or the last one that was.
    period: Option<u32>,
    /// The cohort of a period whose players are divided. Left out: the caller's own, or the first one.
    cohort: Option<u32>,
}

/// Which boards.
#[derive(Debug, Deserialize, IntoParams)]
pub struct LiveBoardsParameters {
    /// 1 to 16 boards, separated by commas, each once: `<tournament>`, `<tournament>.<period>` or
    /// `<tournament>.<period>.<cohort>`.
    boards: String,
}

/// One live stream for several boards: a snapshot of each, then what changes, at most four pieces a second. `data` names
/// the `board`. A client that comes back with `Last-Event-ID` gets what it missed of each.
#[utoipa::path(
    get,
    path = "/v1/live",
    tag = "boards",
    params(LiveBoardsParameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String),
        (status = 400, description = "`bad_request`: no boards, too many, or one twice", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`; also a private one without a token, and a board that there is not", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many streams of one address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: too many viewers", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn live_many(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    MaybeSession(session): MaybeSession,
    ApiQuery(LiveBoardsParameters { boards }): ApiQuery<LiveBoardsParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = |_| ApiError::new(ErrorCode::TournamentUnknown);
    let names: Vec<&str> = boards.split(',').take(BOARDS_MAX + 1).collect();
    if names.len() > BOARDS_MAX || (1..names.len()).any(|at| names[..at].contains(&names[at])) {
        let detail = "boards takes 1 to 16 boards, each once";
        return Err(ApiError::new(ErrorCode::BadRequest).with_detail(detail));
    }
    let names: Vec<BoardId> = names.into_iter().map(str::parse).collect::<Result<_, _>>().map_err(unknown)?;
    let viewer = state.viewers.enter(Some(address).filter(|_| state.settings.rate_limits))?;
    let reader = session.map(|session| session.user_id());
    let mut boards = Vec::with_capacity(names.len());
    for name in &names {
        boards.push(sight::named(&state.services, name, reader).await?);
    }
    if let [board] = boards.as_slice() {
        // As the pages of the app watch theirs: there is nothing to be put together.
        return follow(&state, board, viewer, &headers).await;
    }
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let mut many = live_many::subscribe(&state.services, &boards, last_id).await?;
    let first = stream::iter([RETRY, many.first()]);
    let stopping = state.stop.stopping.clone();
    let next = stream::unfold((many, stopping, viewer), |(mut many, stopping, viewer)| async {
        let bytes = tokio::select! {
            () = stopping.cancelled() => return None,
            bytes = many.next() => bytes?,
        };
        Some((bytes, (many, stopping, viewer)))
    });
    Ok((STREAM_HEADERS, Body::from_stream(first.chain(next).map(Ok::<_, Infallible>))).into_response())
}

fn frames(
    mut subscription: Subscription,
    stopping: CancellationToken,
    viewer: Viewer,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let missed = std::mem::take(&mut subscription.first).into_iter().map(|frame| frame.bytes);
    let first = stream::iter(std::iter::once(RETRY).chain(missed));
    let frames = Box::pin(subscription.into_frames());
    let next = stream::unfold((frames, stopping, viewer), |(mut frames, stopping, viewer)| async {
        let bytes = tokio::select! {
            () = stopping.cancelled() => return None,
            next = tokio::time::timeout(HEARTBEAT, frames.next()) => match next {
                Ok(frame) => frame.filter(|frame| !frame.is_end())?.bytes,
                Err(_) => STILL_HERE,
            },
        };
        Some((bytes, (frames, stopping, viewer)))
    });
    first.chain(next).map(Ok)
}
