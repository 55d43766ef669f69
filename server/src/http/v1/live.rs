//! `GET /v1/tournaments/{id}/live`: the board as it changes (Server-Sent Events).

use std::time::Duration;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{BoardId, Problem};
use futures::{Stream, StreamExt, stream};
use services::boards::live::{self, Subscription};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::{
    http::{
        error::ApiError,
        extract::{ClientAddress, TournamentPath},
        viewers::Viewer,
    },
    state::AppState,
};

/// A comment is sent when nothing else was for so long, so that proxies keep the stream open.
const HEARTBEAT: Duration = Duration::from_secs(15);

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
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies such as nginx would collect the stream otherwise.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(frames)).into_response())
}

fn frames(
    mut subscription: Subscription,
    stopping: CancellationToken,
    viewer: Viewer,
) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
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
