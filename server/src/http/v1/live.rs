//! `GET /v1/tournaments/{id}/live` and `GET /v1/live`: one board, or many, as they change (Server-Sent Events).

use std::{convert::Infallible, time::Duration};

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
    live::{self, Subscription},
    live_many::{self, BOARDS_MAX},
};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use crate::{
    http::{
        error::ApiError,
        extract::{ApiQuery, ClientAddress, TournamentPath},
        viewers::Viewer,
    },
    state::AppState,
};

/// A comment is sent when nothing else was for so long, so that proxies keep the stream open.
const HEARTBEAT: Duration = Duration::from_secs(15);

const STREAM_HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "text/event-stream"),
    (header::CACHE_CONTROL, "no-store"),
    // Proxies such as nginx would collect the stream otherwise.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// The live stream: `event: snapshot` with the first rows, then `event: delta` with what changes. A client that comes
/// back with `Last-Event-ID` gets what it missed, or a snapshot.
#[utoipa::path(
    get,
    path = "/v1/tournaments/{id}/live",
    tag = "boards",
    params(("id" = String, Path, description = "The tournament's id")),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many streams of one address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: too many viewers", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn live(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    TournamentPath(id): TournamentPath,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewer = state.viewers.enter(Some(address).filter(|_| state.settings.rate_limits))?;
    let last_version = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let subscription = live::subscribe(&state.services, &BoardId::plain(&id), last_version).await?;
    let frames = frames(subscription, state.stop.stopping.clone(), viewer);
    Ok((STREAM_HEADERS, Body::from_stream(frames)).into_response())
}

/// Which boards.
#[derive(Debug, Deserialize, IntoParams)]
pub struct LiveParameters {
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
    params(LiveParameters),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String),
        (status = 400, description = "`bad_request`: no boards, too many, or one twice", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`tournament_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many streams of one address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: too many viewers", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn live_many(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ApiQuery(LiveParameters { boards }): ApiQuery<LiveParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = |_| ApiError::new(ErrorCode::TournamentUnknown);
    let names: Vec<&str> = boards.split(',').take(BOARDS_MAX + 1).collect();
    if names.len() > BOARDS_MAX || (1..names.len()).any(|at| names[..at].contains(&names[at])) {
        let detail = "boards takes 1 to 16 boards, each once";
        return Err(ApiError::new(ErrorCode::BadRequest).with_detail(detail));
    }
    let boards: Vec<BoardId> =
        names.into_iter().map(str::parse).collect::<Result<_, _>>().map_err(unknown)?;
    let viewer = state.viewers.enter(Some(address).filter(|_| state.settings.rate_limits))?;
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let mut many = live_many::subscribe(&state.services, &boards, last_id).await?;
    let first = stream::iter([Bytes::from_static(b"retry: 2000\n\n"), many.first()]);
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
    // The delay after which a browser comes back; spread by the server's restart itself.
    let first = stream::once(async { Bytes::from_static(b"retry: 2000\n\n") })
        .chain(stream::iter(std::mem::take(&mut subscription.first)).map(|frame| frame.bytes));
    let next =
        stream::unfold((subscription, stopping, viewer), |(mut subscription, stopping, viewer)| async {
            let bytes = tokio::select! {
                () = stopping.cancelled() => return None,
                received = tokio::time::timeout(HEARTBEAT, subscription.next.recv()) => match received {
                    Ok(Ok(frame)) => frame.bytes,
                    // Too slow: what was lost is made up by the whole window.
                    Ok(Err(RecvError::Lagged(_))) => {
                        subscription.next = subscription.next.resubscribe();
                        subscription.snapshot().bytes
                    }
                    Ok(Err(RecvError::Closed)) => return None,
                    Err(_) => Bytes::from_static(b": still here\n\n"),
                },
            };
            Some((bytes, (subscription, stopping, viewer)))
        });
    first.chain(next).map(Ok)
}
