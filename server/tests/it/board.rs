//! Reading boards.

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{TestServer, get, get_as, problem_code, server};

/// A board of `players`, where player `n` has `n` points.
async fn server_with_players(players: i64) -> TestServer {
    let server = server().await;
    server.events(&json!([server.tournament("cup", "best", "desc")])).await;
    for chunk in (1..=players).collect::<Vec<_>>().chunks(400) {
        let mut batch: Vec<Value> =
            chunk.iter().map(|n| server.user(&n.to_string(), &format!("P{n}"), None)).collect();
        batch.extend(chunk.iter().map(|n| server.score(&format!("s{n}"), "cup", &n.to_string(), *n)));
        server.events(&Value::Array(batch)).await;
    }
    server
}

#[tokio::test]
async fn pages_follow_on_each_other_without_gaps() {
    let server = server_with_players(250).await;
    let mut ranks = Vec::new();
    let mut path = "/v1/tournaments/cup/board?limit=100".to_owned();
    loop {
        let (_, page) = server.json(get(&path)).await;
        assert_eq!(page["total"], 250);
        ranks.extend(page["entries"].as_array().unwrap().iter().map(|entry| entry["rank"].as_u64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/tournaments/cup/board?limit=100&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(ranks, (1..=250).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_limit_is_held_within_bounds() {
    let server = server_with_players(120).await;
    let (_, page) = server.json(get("/v1/tournaments/cup/board?limit=100000")).await;
    assert_eq!(page["entries"].as_array().unwrap().len(), 100);
    let (_, page) = server.json(get("/v1/tournaments/cup/board?limit=0")).await;
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn peers_1_2_10_around_me_shows_the_neighbors_and_needs_a_token() {
    let server = server_with_players(50).await;
    server.events(&json!([server.user("25", "P25", Some(42))])).await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    let (_, page) = server.json(get_as("/v1/tournaments/cup/board?around=me&limit=5", &jwt)).await;
    let ranks: Vec<u64> =
        page["entries"].as_array().unwrap().iter().map(|entry| entry["rank"].as_u64().unwrap()).collect();
    assert_eq!(ranks, [24, 25, 26, 27, 28]);
    assert_eq!((&page["me"]["rank"], &page["me"]["alias"]), (&json!(26), &json!("P25")));

    let (status, body) = server.json(get("/v1/tournaments/cup/board?around=me")).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn me_is_null_without_a_token_and_without_a_score() {
    let server = server_with_players(3).await;
    let (_, page) = server.json(get("/v1/tournaments/cup/board")).await;
    assert_eq!(page["me"], Value::Null);
    let jwt = server.sign_in(42, "Ada").await.jwt;
    let (_, page) = server.json(get_as("/v1/tournaments/cup/board", &jwt)).await;
    assert_eq!(page["me"], Value::Null);
}

#[tokio::test]
async fn an_unchanged_board_is_not_sent_again() {
    let server = server_with_players(3).await;
    let response = server.request(get("/v1/tournaments/cup/board")).await;
    let etag = response.headers()[header::ETAG].clone();
    let again = || {
        Request::get("/v1/tournaments/cup/board")
            .header(header::IF_NONE_MATCH, etag.clone())
            .body(axum::body::Body::empty())
            .unwrap()
    };
    assert_eq!(server.request(again()).await.status(), StatusCode::NOT_MODIFIED);
    server.events(&json!([server.score("new", "cup", "1", 100)])).await;
    assert_eq!(server.request(again()).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_board_shows_nobody_s_ids() {
    let server = server().await;
    let user = server.user("platform-id-7", "Ann", Some(424_242));
    server
        .events(&json!([
            server.tournament("cup", "best", "desc"),
            user,
            server.score("s", "cup", "platform-id-7", 1)
        ]))
        .await;
    server.sign_in(424_242, "Ada").await;
    let (_, page) = server.json(get("/v1/tournaments/cup/board")).await;
    let text = page.to_string();
    for secret in ["platform-id-7", "424242", "Ada", "u_"] {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
    assert!(page["entries"][0]["player"].as_str().unwrap().starts_with("p_"));
}

#[tokio::test]
async fn a_new_alias_shows_at_once() {
    let server = server_with_players(2).await;
    server.standings("cup").await;
    server.events(&json!([server.user("2", "Renamed", None)])).await;
    assert_eq!(server.standings("cup").await[0].0, "Renamed");
}

#[tokio::test]
async fn a_new_alias_is_a_change_of_the_board() {
    let server = server_with_players(2).await;
    let version = async || server.json(get("/v1/tournaments/cup/board")).await.1["version"].as_u64().unwrap();
    let before = version().await;
    let mut same = server.user("2", "P2", None);
    same["id"] = json!("the-same-again");
    server.events(&json!([same])).await;
    assert_eq!(version().await, before, "an event that changes nothing moves nothing");
    server.events(&json!([server.user("2", "Renamed", None)])).await;
    assert_eq!(version().await, before + 1);
}

#[tokio::test]
async fn a_score_that_counts_for_nothing_is_no_change_of_the_board() {
    for (operator, scores) in [("best", [3, 5]), ("sum", [0, 0]), ("latest", [5, 5])] {
        let server = server().await;
        server
            .events(&json!([server.tournament("cup", operator, "desc"), server.user("a", "Ann", None)]))
            .await;
        server.events(&json!([server.score("first", "cup", "a", 5)])).await;
        let page = async || server.json(get("/v1/tournaments/cup/board")).await.1;
        let before = page().await;
        for (id, score) in ["second", "third"].into_iter().zip(scores) {
            server.clock.advance_ms(1000);
            let answer = server.events(&json!([server.score(id, "cup", "a", score)])).await;
            assert_eq!(answer["accepted"], 1);
        }
        assert_eq!(page().await, before, "{operator}");
    }
}

#[tokio::test]
async fn a_latest_score_that_changes_nothing_is_remembered_as_the_newest() {
    let server = server().await;
    server.events(&json!([server.tournament("cup", "latest", "desc"), server.user("a", "Ann", None)])).await;
    server.events(&json!([server.score("first", "cup", "a", 5)])).await;
    server.clock.advance_ms(1000);
    let between = server.score("between", "cup", "a", 9);
    server.clock.advance_ms(1000);
    server.events(&json!([server.score("last", "cup", "a", 5)])).await;
    server.events(&json!([between])).await;
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 5)]);
}

#[tokio::test]
async fn a_board_whose_order_is_turned_shows_it_at_once() {
    let server = server_with_players(3).await;
    services::boards::index::load(&server.services, &"cup".parse().unwrap()).await.unwrap();
    let mut turned = server.tournament("cup", "best", "asc");
    turned["id"] = json!("turned");
    server.events(&json!([turned])).await;
    assert_eq!(server.standings("cup").await[0].0, "P1");
    services::boards::index::load(&server.services, &"cup".parse().unwrap()).await.unwrap();
    assert_eq!(server.standings("cup").await[0].0, "P1");
}

#[tokio::test]
async fn the_index_answers_as_sql_does() {
    let server = server_with_players(300).await;
    let page = async || {
        let mut page = server.json(get("/v1/tournaments/cup/board?limit=100")).await.1;
        // No two cursors are alike.
        assert!(page["next_cursor"].take().is_string());
        page
    };
    let from_sql = page().await;
    services::boards::index::load(&server.services, &"cup".parse().unwrap()).await.unwrap();
    assert!(server.services.ranks().version(&"cup".parse().unwrap()).await.unwrap().is_some());
    assert_eq!(from_sql, page().await);
    server.events(&json!([server.score("late", "cup", "1", 1000)])).await;
    assert_eq!(server.standings("cup").await[0], ("P1".to_owned(), 1000));
}

#[tokio::test]
async fn an_index_that_missed_a_change_catches_up() {
    let server = server_with_players(20).await;
    let board = "cup".parse().unwrap();
    services::boards::index::load(&server.services, &board).await.unwrap();
    let at = server.services.ranks().version(&board).await.unwrap().unwrap();
    // A crash between commit and index: SQL moves on, the index does not hear of it.
    let mut tx = server.services.store().begin_write().await.unwrap();
    tx.boards().bump(&board, 0).await.unwrap();
    let row = tx.boards().by_id(&board).await.unwrap().unwrap();
    tx.save().await.unwrap();
    assert!(services::boards::index::reconcile(&server.services, &row).await.unwrap());
    assert_eq!(server.services.ranks().version(&board).await.unwrap(), Some(at + 1));
    // And a change that finds a gap heals it by itself.
    let mut tx = server.services.store().begin_write().await.unwrap();
    tx.boards().bump(&board, 0).await.unwrap();
    tx.save().await.unwrap();
    server.events(&json!([server.score("s", "cup", "1", 500)])).await;
    assert_eq!(server.services.ranks().version(&board).await.unwrap(), Some(at + 3));
    assert_eq!(server.standings("cup").await[0].0, "P1");
}

/// A database that was restored from a backup beside a Redis that lives on: the index knows of changes that there never
/// were, and would take none until as many have come.
#[tokio::test]
async fn an_index_of_another_history_is_built_anew() {
    let server = server_with_players(3).await;
    let board: domain::BoardId = "cup".parse().unwrap();
    let row = async || {
        let mut tx = server.services.store().begin_read().await.unwrap();
        tx.boards().by_id(&board).await.unwrap().unwrap()
    };
    let ranks = server.services.ranks();
    let foreign = |version, order| ranks.load(&board, order, version, Vec::new());
    let desc = domain::BoardOrder::DESC;
    foreign(99, desc).await.unwrap();
    assert_eq!(server.standings("cup").await.len(), 0, "nobody has found out yet");
    assert!(services::boards::index::reconcile(&server.services, &row().await).await.unwrap());
    assert_eq!(server.standings("cup").await.len(), 3);
    // A change finds it out too.
    ranks.unload(&board).await.unwrap();
    foreign(99, desc).await.unwrap();
    server.events(&json!([server.score("s", "cup", "1", 500)])).await;
    assert_eq!(server.standings("cup").await[0], ("P1".to_owned(), 500));
    // And whoever loads the board.
    ranks.unload(&board).await.unwrap();
    foreign(99, desc).await.unwrap();
    services::boards::index::load(&server.services, &board).await.unwrap();
    assert_eq!(ranks.version(&board).await.unwrap(), Some(row().await.version));
    // One at the right version, in another order.
    ranks.unload(&board).await.unwrap();
    foreign(row().await.version, domain::BoardOrder::ASC).await.unwrap();
    assert!(services::boards::index::reconcile(&server.services, &row().await).await.unwrap());
    services::boards::index::load(&server.services, &board).await.unwrap();
    assert_eq!(ranks.loaded(&board).await.unwrap().unwrap().order, desc);
    assert!(!services::boards::index::reconcile(&server.services, &row().await).await.unwrap());
}

/// A node that read the board before its order was turned comes to the index behind everybody else.
#[tokio::test]
async fn a_load_in_the_order_of_before_is_taken_out_by_the_next_look() {
    let server = server_with_players(3).await;
    let board: domain::BoardId = "cup".parse().unwrap();
    let before = server.standings("cup").await;
    let old = {
        let mut tx = server.services.store().begin_read().await.unwrap();
        let row = tx.boards().by_id(&board).await.unwrap().unwrap();
        (row.ranking.order, row.version, tx.boards().scan(&board, None, 10).await.unwrap())
    };
    let mut turned = server.tournament("cup", "best", "asc");
    turned["id"] = json!("turned");
    server.events(&json!([turned])).await;
    server.services.ranks().unload(&board).await.unwrap();
    server.services.ranks().load(&board, old.0, old.1, old.2).await.unwrap();
    let standings = server.standings("cup").await;
    assert_eq!(standings, before, "the index has the old order");
    services::boards::keep::look(&server.services).await.unwrap();
    let turned: Vec<_> = before.into_iter().rev().collect();
    assert_eq!(server.standings("cup").await, turned);
}

#[tokio::test]
async fn tournaments_are_listed_running_first() {
    let server = server_with_players(2).await;
    let mut later = server.tournament("later", "best", "desc");
    later["data"]["starts_at"] = json!("2026-02-01T00:00:00Z");
    later["data"]["ends_at"] = json!("2026-02-02T00:00:00Z");
    let mut past = server.tournament("past", "best", "desc");
    past["data"]["starts_at"] = json!("2025-02-01T00:00:00Z");
    past["data"]["ends_at"] = json!("2025-02-02T00:00:00Z");
    server.events(&json!([past, later])).await;
    let (_, body) = server.json(get("/v1/tournaments")).await;
    let listed: Vec<(&str, &str)> = body["tournaments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["tournament_id"].as_str().unwrap(), one["phase"].as_str().unwrap()))
        .collect();
    assert_eq!(listed, [("cup", "running"), ("later", "upcoming"), ("past", "finished")]);
    assert_eq!(body["tournaments"][0]["players"], 2);
}

#[tokio::test]
async fn an_unknown_tournament_and_a_foreign_cursor_have_their_codes() {
    let server = server_with_players(1).await;
    for path in [
        "/v1/tournaments/nowhere",
        "/v1/tournaments/nowhere/board",
        "/v1/tournaments/%20/board",
        "/v1/tournaments/nowhere/live",
    ] {
        let (status, body) = server.json(get(path)).await;
        assert_eq!(problem_code(status, &body), "tournament_unknown", "{path}");
    }
    for query in ["cursor=nonsense", "limit=many", "around=you", "around=me&cursor=x"] {
        let (status, body) = server.json(get(&format!("/v1/tournaments/cup/board?{query}"))).await;
        assert_eq!(problem_code(status, &body), "bad_request", "{query}");
    }
}

#[tokio::test]
async fn a_board_is_let_go_of_when_it_is_over_and_nobody_reads_it() {
    let server = server_with_players(3).await;
    let board = "cup".parse().unwrap();
    services::boards::index::load(&server.services, &board).await.unwrap();
    let is_loaded = async || {
        services::boards::keep::look(&server.services).await.unwrap();
        server.services.ranks().version(&board).await.unwrap().is_some()
    };
    server.clock.advance_ms(59 * 60_000);
    assert!(is_loaded().await, "it is running, read or not");
    server.clock.advance_ms(10 * 60_000);
    server.standings("cup").await;
    server.clock.advance_ms(30 * 60_000);
    assert!(is_loaded().await, "it was read half an hour ago");
    server.clock.advance_ms(1);
    assert!(!is_loaded().await);
    // Whoever comes back is answered, and has it loaded again.
    assert_eq!(server.standings("cup").await.len(), 3);
    services::boards::index::load(&server.services, &board).await.unwrap();
    assert!(is_loaded().await);
}

#[tokio::test]
async fn every_board_that_is_read_is_compared_with_sql() {
    let server = server().await;
    // More than a list of tournaments names.
    let boards: Vec<String> = (0..120).map(|number| format!("cup-{number:03}")).collect();
    let tournaments: Vec<Value> =
        boards.iter().map(|board| server.tournament(board, "best", "desc")).collect();
    server.events(&Value::Array(tournaments)).await;
    let boards: Vec<domain::BoardId> = boards.iter().map(|board| board.parse().unwrap()).collect();
    for board in &boards {
        services::boards::index::load(&server.services, board).await.unwrap();
    }
    let mut tx = server.services.store().begin_write().await.unwrap();
    for board in &boards {
        tx.boards().bump(board, 0).await.unwrap();
    }
    tx.save().await.unwrap();
    services::boards::keep::look(&server.services).await.unwrap();
    for board in &boards {
        assert_eq!(server.services.ranks().version(board).await.unwrap(), Some(1), "{board}");
    }
}
