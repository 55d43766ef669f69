//! The live stream.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::board::{LiveDelta, LiveSnapshot};
use http_body_util::BodyExt;
use serde_json::json;

use crate::support::{TestServer, get, limited_server, problem_code, server};

/// One viewer.
struct Viewer {
    body: Body,
    buffer: String,
}

/// An event of the stream.
#[derive(Debug)]
struct Event {
    id: u64,
    kind: String,
    data: String,
}

impl Viewer {
    async fn open(server: &TestServer, last_event_id: Option<u64>) -> Self {
        let mut request = Request::get("/v1/tournaments/cup/live");
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id.to_string());
        }
        let response = server.request(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { body: response.into_body(), buffer: String::new() }
    }

    /// The next event; comments and `retry` lines are passed over.
    async fn next(&mut self) -> Event {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                let field =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let (Some(id), Some(kind), Some(data)) = (field("id: "), field("event: "), field("data: "))
                {
                    return Event { id: id.parse().unwrap(), kind, data };
                }
                continue;
            }
            let frame = tokio::time::timeout(std::time::Duration::from_secs(10), self.body.frame());
            let bytes = frame.await.unwrap().unwrap().unwrap().into_data().unwrap();
            self.buffer.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

async fn server_with_cup() -> TestServer {
    with_cup(server().await).await
}

async fn with_cup(server: TestServer) -> TestServer {
    server
        .events(&json!([
            server.tournament("cup", "best", "desc"),
            server.user("a", "Ann", None),
            server.user("b", "Bob", None),
            server.score("a1", "cup", "a", 1),
        ]))
        .await;
    server
}

#[tokio::test]
async fn a_viewer_gets_the_window_and_then_what_changes() {
    let server = server_with_cup().await;
    let mut viewer = Viewer::open(&server, None).await;
    let first = viewer.next().await;
    assert_eq!(first.kind, "snapshot");
    let mut held: LiveSnapshot = serde_json::from_str(&first.data).unwrap();
    assert_eq!((held.version, first.id), (1, 1));
    assert_eq!(held.entries[0].alias, "Ann");

    for (id, score) in [("b1", 5), ("b2", 6), ("b3", 7)] {
        server.events(&json!([server.score(id, "cup", "b", score)])).await;
    }
    while held.version < 4 {
        let event = viewer.next().await;
        assert_eq!(event.kind, "delta");
        let delta: LiveDelta = serde_json::from_str(&event.data).unwrap();
        assert!(held.apply(delta), "a delta does not follow on what the viewer holds");
        assert_eq!(held.version, event.id);
    }
    let rows: Vec<(&str, u64, i64)> =
        held.entries.iter().map(|entry| (entry.alias.as_str(), entry.rank, entry.score.points())).collect();
    assert_eq!(rows, [("Bob", 1, 7), ("Ann", 2, 1)]);
}

#[tokio::test]
async fn changes_that_come_together_are_one_frame() {
    let server = server_with_cup().await;
    let mut viewer = Viewer::open(&server, None).await;
    let at = viewer.next().await.id;
    for number in 0..30 {
        server.events(&json!([server.score(&format!("b{number}"), "cup", "b", number + 10)])).await;
    }
    let mut frames = 0;
    let mut version = at;
    while version < at + 30 {
        version = viewer.next().await.id;
        frames += 1;
    }
    assert!(frames < 10, "thirty changes at once were {frames} frames");
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed() {
    let server = server_with_cup().await;
    let mut viewer = Viewer::open(&server, None).await;
    let seen = viewer.next().await.id;
    server.events(&json!([server.score("b1", "cup", "b", 5)])).await;
    // Somebody else is still watching, so the frame is made.
    viewer.next().await;
    let mut back = Viewer::open(&server, Some(seen)).await;
    let event = back.next().await;
    assert_eq!(event.kind, "delta");
    let delta: LiveDelta = serde_json::from_str(&event.data).unwrap();
    assert_eq!((delta.from, delta.version), (seen, seen + 1));
    let mut stranger = Viewer::open(&server, Some(9_999)).await;
    assert_eq!(stranger.next().await.kind, "snapshot", "an id that is not ours gets the whole window");
}

#[tokio::test]
async fn every_viewer_gets_the_same_frames() {
    let server = server_with_cup().await;
    let mut viewers = Vec::new();
    for _ in 0..50 {
        viewers.push(Viewer::open(&server, None).await);
    }
    for viewer in &mut viewers {
        assert_eq!(viewer.next().await.kind, "snapshot");
    }
    server.events(&json!([server.score("b1", "cup", "b", 5)])).await;
    let mut frames = Vec::new();
    for viewer in &mut viewers {
        frames.push(viewer.next().await.data);
    }
    frames.dedup();
    assert_eq!(frames.len(), 1);
}

#[tokio::test]
async fn the_stream_is_as_public_as_the_board() {
    let server = server_with_cup().await;
    let mut viewer = Viewer::open(&server, None).await;
    let data = viewer.next().await.data;
    let (_, board) = server.json(get("/v1/tournaments/cup/board")).await;
    let snapshot: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(snapshot["entries"], board["entries"]);
}

#[tokio::test]
async fn an_address_has_so_many_streams_and_a_closed_one_makes_room() {
    let server = with_cup(limited_server().await).await;
    let mut viewers = Vec::new();
    for _ in 0..32 {
        viewers.push(Viewer::open(&server, None).await);
    }
    let live = || get("/v1/tournaments/cup/live");
    let refused = server.request(live()).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait_s: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!(wait_s > 0);
    let body = refused.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem_code(StatusCode::TOO_MANY_REQUESTS, &body), "rate_limited");

    let elsewhere = server.request_from("203.0.113.8:5000", live()).await;
    assert_eq!(elsewhere.status(), StatusCode::OK, "another address has streams of its own");
    // A stream that is refused for another reason takes no place.
    viewers.pop();
    let unknown = server.request(get("/v1/tournaments/unknown/live")).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    viewers.push(Viewer::open(&server, None).await);
    assert_eq!(server.request(live()).await.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn streams_are_not_counted_by_address_without_limits() {
    let server = server_with_cup().await;
    let mut viewers = Vec::new();
    for _ in 0..100 {
        viewers.push(Viewer::open(&server, None).await);
    }
}
