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
async fn peers_1_2_17_a_viewer_gets_the_window_and_then_what_changes() {
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

/// The events of a stream of many boards: the id, the kind and the data of each.
async fn many(server: &TestServer, boards: &str, last: Option<&str>) -> Events {
    watch(server, &format!("/v1/live?boards={boards}"), last).await
}

/// The same of any stream.
pub async fn watch(server: &TestServer, path: &str, last: Option<&str>) -> Events {
    let mut request = Request::get(path);
    if let Some(id) = last {
        request = request.header("last-event-id", id);
    }
    let response = server.request(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    Events { body: response.into_body(), buffer: String::new() }
}

pub struct Events {
    body: Body,
    buffer: String,
}

impl Events {
    async fn next(&mut self) -> (Option<String>, String, serde_json::Value) {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                let field =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let (Some(kind), Some(data)) = (field("event: "), field("data: ")) {
                    return (field("id: "), kind, serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let frame = tokio::time::timeout(std::time::Duration::from_secs(10), self.body.frame());
            let bytes = frame.await.unwrap().unwrap().unwrap().into_data().unwrap();
            self.buffer.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event that leads to another version.
    pub async fn next_changed(&mut self) -> (Option<String>, String, serde_json::Value) {
        loop {
            let event = self.next().await;
            if event.0.is_some() {
                return event;
            }
        }
    }

    /// The next event of this kind about a board.
    pub async fn of(&mut self, kind: &str, board: &str) -> (Option<String>, serde_json::Value) {
        loop {
            let (id, event, data) = self.next().await;
            if event == kind && data["board"] == board {
                return (id, data);
            }
        }
    }
}

#[tokio::test]
async fn one_stream_shows_many_boards_and_goes_on_where_it_was_left() {
    let server = server_with_cup().await;
    server.events(&json!([server.tournament("other", "sum", "desc")])).await;
    let mut viewer = many(&server, "cup,other", None).await;
    let (id, snapshot) = viewer.of("snapshot", "cup").await;
    assert_eq!((snapshot["entries"][0]["alias"].as_str(), id.as_deref()), (Some("Ann"), Some("1-0")));
    let (id, _) = viewer.of("snapshot", "other").await;
    assert_eq!(id.as_deref(), Some("1-0"));
    server.events(&json!([server.score("o1", "other", "b", 3)])).await;
    let (id, delta) = viewer.of("delta", "other").await;
    assert_eq!((id.as_deref(), &delta["changed"][0]["alias"]), (Some("1-1"), &json!("Bob")));
    drop(viewer);

    server.events(&json!([server.score("b1", "cup", "b", 9), server.score("o2", "other", "a", 9)])).await;
    let mut first = many(&server, "cup,other", None).await;
    while first.of("snapshot", "cup").await.1["version"] != 2 {
        first = many(&server, "cup,other", None).await;
    }
    let mut back = many(&server, "cup,other", id.as_deref()).await;
    let (_, kind, data) = back.next().await;
    assert_eq!((kind.as_str(), &data["board"], &data["from"]), ("delta", &json!("cup"), &json!(1)));
    // An id of another stream leads to whole windows.
    let mut stranger = many(&server, "cup,other", Some("1-2-3")).await;
    assert_eq!(stranger.next().await.1, "snapshot");
}

#[tokio::test]
async fn the_boards_of_a_stream_are_counted_and_known() {
    let server = server_with_cup().await;
    let many: Vec<String> = (0..17).map(|n| format!("t{n}")).collect();
    for (boards, status) in [
        ("cup,cup".to_owned(), StatusCode::BAD_REQUEST),
        (many.join(","), StatusCode::BAD_REQUEST),
        ("cup,nowhere".to_owned(), StatusCode::NOT_FOUND),
        ("cup,.1".to_owned(), StatusCode::NOT_FOUND),
        (String::new(), StatusCode::NOT_FOUND),
    ] {
        let response = server.request(get(&format!("/v1/live?boards={boards}"))).await;
        assert_eq!(response.status(), status, "{boards:?}");
    }
}

#[tokio::test]
async fn viewers_of_a_board_are_counted_over_all_nodes() {
    let server = server_with_cup().await;
    let mut viewer = many(&server, "cup", None).await;
    viewer.of("snapshot", "cup").await;
    let _second = many(&server, "cup", None).await;
    while viewer.of("viewers", "cup").await.1["viewers"] != 2 {}
    // Another node tells of its own.
    let told = bus::signals::Signal::Viewers { board_id: "cup".parse().unwrap(), node: 1, viewers: 40 };
    server.services.signals().publish(told);
    while viewer.of("viewers", "cup").await.1["viewers"] != 42 {}
    // What it told is believed for a while.
    server.clock.advance_ms(15_000);
    while viewer.of("viewers", "cup").await.1["viewers"] != 2 {}
}
