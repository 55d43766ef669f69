//! Which board a reader is shown of a tournament, and who is shown none.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{TournamentId, session::SignedIn};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::{
    cup::{HOUR_MS, MINUTE_MS, about, definition, later, pass, players, run_jobs, send},
    support::{TestServer, get, get_as, post_as, post_json, server},
};

/// Everything that shows something of a tournament, read by its id.
const READERS: [&str; 9] = [
    "",
    "/board",
    "/board?period=0",
    "/board?around=me",
    "/board?cursor=x",
    "/details",
    "/periods",
    "/results",
    "/live",
];

/// What says nothing of the one that was asked about: the code of a problem and the status.
async fn answer(server: &TestServer, request: Request<Body>) -> (StatusCode, Value) {
    let response = server.request(request).await;
    let status = response.status();
    if status == StatusCode::OK {
        // A stream has no end.
        return (status, Value::Null);
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    body.as_object_mut().unwrap().remove("trace_id");
    (status, body)
}

fn function(name: &str, id: &str, player: Option<&SignedIn>) -> Request<Body> {
    let path = format!("/fn/{name}");
    let body = json!({"id": id, "around_me": false, "limit": 5});
    match player {
        Some(player) => post_as(&path, &player.jwt, &body),
        None => post_json(&path, &body),
    }
}

const FUNCTIONS: [&str; 2] = ["boards/page", "tournaments/page"];

async fn page_of(server: &TestServer, path: &str) -> (StatusCode, String) {
    let response = server.request(get(path)).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Whoever may not see a tournament is answered as if there was none.
async fn is_hidden(server: &TestServer, player: Option<&SignedIn>) {
    let ask = |path: String| match player {
        Some(player) => get_as(&path, &player.jwt),
        None => get(&path),
    };
    for path in READERS {
        let hidden = answer(server, ask(format!("/v1/tournaments/cup{path}"))).await;
        let unknown = answer(server, ask(format!("/v1/tournaments/nowhere{path}"))).await;
        assert_eq!(hidden, unknown, "{path:?}");
        assert_eq!(
            (hidden.0, &hidden.1["code"]),
            (StatusCode::NOT_FOUND, &json!("tournament_unknown")),
            "{path:?}"
        );
    }
    for path in ["/v1/live?boards=cup", "/v1/live?boards=open,cup", "/v1/live?boards=cup.0.1"] {
        let hidden = answer(server, ask(path.to_owned())).await;
        assert_eq!(hidden, answer(server, ask(path.replace("cup", "nowhere"))).await, "{path}");
        assert_eq!(hidden.0, StatusCode::NOT_FOUND, "{path}");
    }
    for name in FUNCTIONS {
        let hidden = answer(server, function(name, "cup", player)).await;
        assert_eq!(hidden, answer(server, function(name, "nowhere", player)).await, "{name}");
        assert_eq!(hidden.0, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_private_tournament_is_shown_to_whoever_is_signed_in_and_a_draft_to_nobody() {
    let server = server().await;
    players(&server, 1).await;
    let ann = server.sign_in(1, "Ada").await;
    let mut open = server.tournament("open", "best", "desc");
    open["id"] = json!("open-1");
    send(&server, &[open, definition(&server, "cup-1", &json!({"is_private": true, "draft": true}))]).await;
    is_hidden(&server, None).await;
    is_hidden(&server, Some(&ann)).await;

    let private = definition(&server, "cup-2", &json!({"is_private": true}));
    send(&server, &[private, server.score("s1", "cup", "p-1", 5)]).await;
    is_hidden(&server, None).await;
    for path in ["/app/t/cup", "/t/cup/rules"] {
        let (status, html) = page_of(&server, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(!html.contains("Winter cup") && !html.contains("Player 1"), "{path}: {html}");
    }
    for path in
        ["", "/board", "/board?period=0&cohort=0", "/board?around=me", "/details", "/periods", "/live"]
    {
        let (status, body) = answer(&server, get_as(&format!("/v1/tournaments/cup{path}"), &ann.jwt)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
    }
    let (status, _) = answer(&server, get_as("/v1/live?boards=open,cup", &ann.jwt)).await;
    assert_eq!(status, StatusCode::OK);
    for name in FUNCTIONS {
        assert_eq!(answer(&server, function(name, "cup", Some(&ann))).await.0, StatusCode::OK, "{name}");
    }
}

/// A viewer of a stream: the events as they come, until the stream ends.
struct Stream {
    body: Body,
    buffer: String,
}

impl Stream {
    async fn open(server: &TestServer, path: &str, player: Option<&SignedIn>, last_id: Option<&str>) -> Self {
        let mut request = Request::get(path);
        if let Some(player) = player {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", player.jwt));
        }
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = server.request(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        Self { body: response.into_body(), buffer: String::new() }
    }

    /// The next event: its id, its kind and its data. `None` at the end.
    async fn next(&mut self) -> Option<(Option<String>, String, Value)> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                let field =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let (Some(kind), Some(data)) = (field("event: "), field("data: ")) {
                    return Some((field("id: "), kind, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let frame = tokio::time::timeout(std::time::Duration::from_secs(20), self.body.frame()).await;
            let bytes = frame.unwrap()?.unwrap().into_data().unwrap();
            self.buffer.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event of this kind.
    async fn of(&mut self, kind: &str) -> (Option<String>, Value) {
        loop {
            let (id, found, data) = self.next().await.unwrap();
            if found == kind {
                return (id, data);
            }
        }
    }
}

#[tokio::test]
async fn streams_end_when_a_tournament_becomes_private() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({})), server.score("s1", "cup", "p-1", 5)]).await;
    let mut open = server.tournament("open", "best", "desc");
    open["id"] = json!("open-1");
    send(&server, &[open]).await;
    let mut one = Stream::open(&server, "/v1/tournaments/cup/live", None, None).await;
    let mut many = Stream::open(&server, "/v1/live?boards=open,cup", None, None).await;
    one.of("snapshot").await;
    many.of("snapshot").await;
    // What the board is for has been seen once.
    server.clock.advance_ms(3_000);
    send(&server, &[server.score("s2", "cup", "p-1", 6)]).await;
    one.of("delta").await;
    server.clock.advance_ms(3_000);
    send(&server, &[definition(&server, "cup-2", &json!({"is_private": true}))]).await;
    for stream in [&mut one, &mut many] {
        while let Some((_, kind, _)) = stream.next().await {
            server.clock.advance_ms(3_000);
            assert_ne!(kind, "over");
        }
    }
    is_hidden(&server, None).await;
    let ann = server.sign_in(1, "Ada").await;
    let mut hers = Stream::open(&server, "/v1/tournaments/cup/live", Some(&ann), None).await;
    assert_eq!(hers.of("snapshot").await.1["entries"][0]["score"], 6);
}

/// Which board, of which period and cohort, and who is first on it.
async fn shown(server: &TestServer, query: &str, player: Option<&SignedIn>) -> (String, u64, u64, Value) {
    let (status, page) = about(server, &format!("/board{query}"), player).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let board = page["board"].as_str().unwrap().to_owned();
    let first = page["entries"][0]["alias"].clone();
    (board, page["period"].as_u64().unwrap(), page["cohort"].as_u64().unwrap(), first)
}

/// A cup with a period each hour, three hours long, that begins in an hour.
fn hourly(server: &TestServer, more: &Value) -> Value {
    let mut rules = json!({
        "starts_at": "2026-01-01T01:00:00Z", "ends_at": "2026-01-01T04:00:00Z",
        "reset": {"cron": "0 * * * *", "zone": "UTC"},
    });
    for (field, value) in more.as_object().unwrap() {
        rules[field] = value.clone();
    }
    definition(server, "cup-1", &rules)
}

fn board(text: &str, period: u64, cohort: u64, first: &Value) -> (String, u64, u64, Value) {
    (text.to_owned(), period, cohort, first.clone())
}

/// Rows 1.2 05 and 06 as readers see them: without a word on it, everybody is shown the period that is played.
#[tokio::test]
async fn peers_1_2_05_06_the_board_is_that_of_the_period_that_is_played_or_was_last() {
    let server = server().await;
    players(&server, 2).await;
    let nobody = Value::Null;
    send(&server, &[hourly(&server, &json!({}))]).await;
    assert_eq!(shown(&server, "", None).await, board("cup", 0, 0, &nobody), "before the start");
    pass(&server, HOUR_MS).await;
    send(&server, &[server.score("s1", "cup", "p-1", 5)]).await;
    assert_eq!(shown(&server, "", None).await, board("cup", 0, 0, &json!("Player 1")));
    let etag = async || {
        let response = server.request(get("/v1/tournaments/cup/board")).await;
        response.headers()[header::ETAG].clone()
    };
    let before = etag().await;
    pass(&server, HOUR_MS).await;
    assert_eq!(shown(&server, "", None).await, board("cup.1", 1, 0, &nobody));
    send(&server, &[server.score("s2", "cup", "p-2", 7)]).await;
    assert_eq!(shown(&server, "", None).await, board("cup.1", 1, 0, &json!("Player 2")));
    // Both boards are at version 1 with one player; an answer that is kept is of one of them.
    assert_ne!(etag().await, before);
    assert_eq!(shown(&server, "?period=0", None).await, board("cup", 0, 0, &json!("Player 1")));
    let mut live = Stream::open(&server, "/v1/tournaments/cup/live", None, Some("1")).await;
    let (id, snapshot) = live.of("snapshot").await;
    assert_eq!(
        (id.as_deref(), &snapshot["board"]),
        (Some("cup.1:1"), &json!("cup.1")),
        "1 is an id of another board"
    );
    let mut live = Stream::open(&server, "/v1/tournaments/cup/live?period=0", None, None).await;
    assert_eq!(live.of("snapshot").await.1["entries"][0]["alias"], "Player 1");
    let (_, card) = about(&server, "", None).await;
    assert_eq!(card["board"]["board"], "cup.1");
    let mine = server.sign_in(1, "Ada").await;
    let (_, page) = server.json(function("boards/page", "cup", Some(&mine))).await;
    assert_eq!((&page["board"], &page["me"]), (&json!("cup.1"), &Value::Null));
    // After the end it is the last one, played or not.
    pass(&server, 10 * HOUR_MS).await;
    assert_eq!(shown(&server, "", None).await, board("cup.2", 2, 0, &nobody));
    // Begun anew for tomorrow: until then the last one that was.
    let tomorrow = later(&server, "cup-2", 24 * HOUR_MS, &json!({}));
    send(&server, &[tomorrow]).await;
    run_jobs(&server).await;
    let mut tx = server.services.store().begin_read().await.unwrap();
    let id: TournamentId = "cup".parse().unwrap();
    assert_eq!(tx.periods().latest(&id).await.unwrap().unwrap().period, 3, "the next one is there");
    drop(tx);
    assert_eq!(shown(&server, "", None).await, board("cup.2", 2, 0, &nobody));
    pass(&server, 24 * HOUR_MS + MINUTE_MS).await;
    assert_eq!(shown(&server, "", None).await, board("cup.3", 3, 0, &nobody));
}

#[tokio::test]
async fn who_watches_a_board_is_told_when_another_period_has_come() {
    let server = server().await;
    players(&server, 2).await;
    send(&server, &[hourly(&server, &json!({}))]).await;
    pass(&server, HOUR_MS).await;
    send(&server, &[server.score("s1", "cup", "p-1", 5)]).await;
    let mut viewer = Stream::open(&server, "/v1/live?boards=cup", None, None).await;
    assert_eq!(viewer.of("snapshot").await.1["board"], "cup");
    pass(&server, HOUR_MS).await;
    let (id, over) = viewer.of("over").await;
    assert_eq!((id, &over["board"], &over["period"]), (None, &json!("cup"), &json!(1)));
    // Again, for whoever could not ask then.
    server.clock.advance_ms(15_000);
    assert_eq!(viewer.of("over").await.1["period"], 1);
    // And at once for who comes to it now. What still changes is shown all the same.
    let mut late = Stream::open(&server, "/v1/live?boards=cup", None, None).await;
    assert_eq!(late.next().await.unwrap().1, "snapshot");
    assert_eq!(late.next().await.unwrap().1, "over");
    let mut score = server.score("s2", "cup", "p-2", 9);
    score["time"] = json!("2026-01-01T01:59:59Z");
    send(&server, &[score]).await;
    assert_eq!(late.of("delta").await.1["changed"][0]["alias"], "Player 2");
    // The board that follows is there before anybody has played on it.
    let mut next = Stream::open(&server, "/v1/live?boards=cup.1", None, None).await;
    assert_eq!(next.of("snapshot").await.1["total"], 0);
}

/// Row 1.2 13 as players see it: each their own cohort, everybody else the first one.
#[tokio::test]
async fn peers_1_2_13_a_player_is_shown_their_own_cohort_of_each_period() {
    let server = server().await;
    players(&server, 6).await;
    let rules = json!({"cohorts": {"size": 2, "tiers": [{"title": {"en": "Bronze"}}]}});
    send(&server, &[hourly(&server, &rules)]).await;
    let nobody = Value::Null;
    // Nobody has been placed: the first cohort's board is empty, can be watched, and fills.
    pass(&server, HOUR_MS).await;
    let [first, fifth, guest] =
        [server.sign_in(1, "A").await, server.sign_in(5, "B").await, server.sign_in(99, "C").await];
    assert_eq!(shown(&server, "", Some(&first)).await, board("cup.0.1", 0, 1, &nobody));
    assert_eq!(about(&server, "/board?cohort=2", None).await.0, StatusCode::NOT_FOUND);
    let mut early = Stream::open(&server, "/v1/live?boards=cup.0.1", None, None).await;
    assert_eq!(early.of("snapshot").await.1["version"], 0);
    // One by one: of those that come together nobody says who is placed first.
    let play = async |round: &str, range: std::ops::RangeInclusive<i64>| {
        for n in range {
            send(&server, &[server.score(&format!("{round}{n}"), "cup", &format!("p-{n}"), 100 - n)]).await;
        }
    };
    play("s", 1..=6).await;
    while early.of("delta").await.1["total"] != 2 {}
    assert_eq!(shown(&server, "", None).await, board("cup.0.1", 0, 1, &json!("Player 1")));
    assert_eq!(shown(&server, "", Some(&guest)).await, board("cup.0.1", 0, 1, &json!("Player 1")));
    assert_eq!(shown(&server, "", Some(&first)).await, board("cup.0.1", 0, 1, &json!("Player 1")));
    let own = board("cup.0.3", 0, 3, &json!("Player 5"));
    assert_eq!(shown(&server, "", Some(&fifth)).await, own);
    assert_eq!(shown(&server, "?around=me", Some(&fifth)).await, own);
    assert_eq!(shown(&server, "?cohort=1", Some(&fifth)).await, board("cup.0.1", 0, 1, &json!("Player 1")));
    let (_, page) = server.json(function("boards/page", "cup", Some(&fifth))).await;
    assert_eq!((&page["board"], &page["me"]["rank"]), (&json!("cup.0.3"), &json!(1)));
    let (_, page) = server.json(function("tournaments/page", "cup", Some(&fifth))).await;
    assert_eq!(page["board"]["board"], "cup.0.3");
    let (_, lobby) = server.json(post_as("/fn/tournaments/lobby", &fifth.jwt, &json!({}))).await;
    assert_eq!(lobby["board"]["board"], "cup.0.3");
    let (_, lobby) = server.json(post_json("/fn/tournaments/lobby", &json!({}))).await;
    assert_eq!(lobby["board"]["board"], "cup.0.1");
    let mut live = Stream::open(&server, "/v1/tournaments/cup/live", Some(&fifth), None).await;
    assert_eq!(live.of("snapshot").await.1["board"], "cup.0.3");

    // The next period, in which the fifth is the first to play.
    pass(&server, HOUR_MS + 2 * MINUTE_MS).await;
    play("t", 5..=6).await;
    let [first, fifth] = [server.sign_in(1, "A").await, server.sign_in(5, "B").await];
    assert_eq!(shown(&server, "", Some(&fifth)).await, board("cup.1.1", 1, 1, &json!("Player 5")));
    assert_eq!(shown(&server, "", Some(&first)).await.0, "cup.1.1", "who has not played it yet is nowhere");
    // What is past is one's own too: as it stood, and as it was settled.
    assert_eq!(shown(&server, "?period=0", Some(&fifth)).await, own);
    assert_eq!(shown(&server, "?period=0", None).await.0, "cup.0.1");
    let (_, results) = about(&server, "/results?period=0", Some(&fifth)).await;
    assert_eq!((&results["board"], &results["results"][0]["alias"]), (&json!("cup.0.3"), &json!("Player 5")));
    let (_, results) = about(&server, "/results", Some(&fifth)).await;
    assert_eq!(results["board"], "cup.0.3");
    let (_, results) = about(&server, "/results?period=0", None).await;
    assert_eq!(results["board"], "cup.0.1");
    let (_, results) = about(&server, "/results?period=0&cohort=2", Some(&fifth)).await;
    assert_eq!(results["board"], "cup.0.2");
}

#[tokio::test]
async fn scores_are_counted_with_the_board_also_those_that_move_nobody() {
    let server = server().await;
    players(&server, 2).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let scores = [("s1", "p-1", 9), ("s2", "p-1", 3), ("s3", "p-2", 5), ("s4", "p-1", 9)];
    let scores: Vec<Value> = scores.map(|(id, user, points)| server.score(id, "cup", user, points)).into();
    send(&server, &scores[..1]).await;
    send(&server, &scores[1..]).await;
    let count = async || {
        let id: TournamentId = "cup".parse().unwrap();
        let mut tx = server.services.store().begin_read().await.unwrap();
        tx.boards().scores_of(&id, 0).await.unwrap()
    };
    assert_eq!(count().await, 4);
    let void = json!({"tournament_id": "cup", "platform_user_id": "p-1", "event": {"id": "s2"}});
    send(&server, &[server.event("void", "platform.score.corrected", &void)]).await;
    assert_eq!(count().await, 3, "a void one is not counted");
    let out = json!({"tournament_id": "cup", "platform_user_id": "p-1", "reason": "two accounts"});
    send(&server, &[server.event("out", "platform.player.disqualified", &out)]).await;
    assert_eq!(count().await, 3, "whose rank is gone, but their scores were taken");
}
