//! Scores: the log that is kept of them, what corrects them, who is off a board, and boards computed anew.

use std::sync::Arc;

use domain::{BoardId, UserId};
use serde_json::{Value, json};
use services::boards::{recompute, standing};
use storage::{board::PlayerRow, score_log::ScoreEvent};

use crate::support::{TestServer, get, get_as, post_as, server};

/// A tournament in which more is better, with these tie columns, and three players.
async fn server_with(operator: &str, ties: Value) -> (TestServer, BoardId) {
    let server = server().await;
    let mut cup = server.tournament("cup", operator, "desc");
    cup["data"]["ties"] = ties;
    let [a, b, c] = ["a", "b", "c"].map(|id| server.user(id, &format!("Player {id}"), None));
    let answer = server.events(&json!([cup, a, b, c])).await;
    assert_eq!(answer["accepted"], 4, "{answer}");
    (server, "cup".parse().unwrap())
}

async fn user_id(server: &TestServer, platform_id: &str) -> UserId {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.users().by_platform_ids(&[platform_id.parse().unwrap()]).await.unwrap()[0].user_id
}

async fn row(server: &TestServer, board: &BoardId, platform_id: &str) -> PlayerRow {
    let user_id = user_id(server, platform_id).await;
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.boards().players(&[(board.clone(), user_id)]).await.unwrap().remove(0)
}

async fn log(server: &TestServer, board: &BoardId, platform_id: &str) -> Vec<ScoreEvent> {
    let head = row(server, board, platform_id).await.last_event.unwrap();
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.score_log().chains(&[head], 1_000).await.unwrap()
}

fn corrected(server: &TestServer, id: &str, user: &str, event: &str, score: Option<i64>) -> Value {
    let mut data = json!({"tournament_id": "cup", "platform_user_id": user, "event": {"id": event}});
    if let Some(score) = score {
        data["score"] = json!(score);
    }
    server.event(id, "platform.score.corrected", &data)
}

/// The board by SQL and by the index, which must say the same.
async fn standings(server: &TestServer) -> Vec<(String, i64)> {
    let board: BoardId = "cup".parse().unwrap();
    let by_index = server.standings("cup").await;
    server.services.ranks().unload(&board).await.unwrap();
    let by_sql = server.standings("cup").await;
    assert_eq!(by_index, by_sql);
    services::boards::index::load(&server.services, &board).await.unwrap();
    assert_eq!(server.standings("cup").await, by_sql);
    by_sql
}

fn of(rows: &[(&str, i64)]) -> Vec<(String, i64)> {
    rows.iter().map(|(user, points)| (format!("Player {user}"), *points)).collect()
}

#[tokio::test]
async fn every_score_that_was_taken_stands_in_the_log() {
    for operator in ["best", "sum", "latest", "count"] {
        let server = server().await;
        let cup = server.tournament("cup", operator, "desc");
        let batch = json!([cup, server.user("a", "Ann", None), server.user("b", "Bob", None)]);
        server.events(&batch).await;
        let board: BoardId = "cup".parse().unwrap();
        // Two scores of one player in one call, one of another in between, and one that counts for nothing.
        let scores = json!([
            server.score("a1", "cup", "a", 5),
            server.score("b1", "cup", "b", 1),
            server.score("a2", "cup", "a", 3)
        ]);
        server.events(&scores).await;
        server.clock.advance_ms(1_000);
        server.events(&json!([server.score("a3", "cup", "a", 0)])).await;
        let kept = log(&server, &board, "a").await;
        let points: Vec<(&str, i64)> =
            kept.iter().map(|event| (event.event_id.as_str(), event.result.unwrap().0.points())).collect();
        assert_eq!(points, [("a3", 0), ("a2", 3), ("a1", 5)], "{operator}");
        assert_eq!(row(&server, &board, "a").await.attempts, 3);
        let expected = match operator {
            "best" => 5,
            "sum" => 8,
            "latest" => 0,
            _ => 3,
        };
        let shown = server.standings("cup").await;
        assert_eq!(shown.iter().find(|(alias, _)| alias == "Ann").unwrap().1, expected, "{operator}");
    }
}

/// Who has a sum of nothing has it since their first score, whichever came first.
#[tokio::test]
async fn a_sum_of_nothing_stands_since_the_earliest_score() {
    let server = server().await;
    let cup = server.tournament("cup", "sum", "desc");
    server.events(&json!([cup, server.user("a", "Ann", None), server.user("b", "Bob", None)])).await;
    server.clock.advance_ms(1_000);
    let mut early = server.score("a1", "cup", "a", 0);
    early["time"] = json!(server.services.now().plus_ms(-500));
    server.events(&json!([server.score("a2", "cup", "a", 0), server.score("b1", "cup", "b", 0)])).await;
    server.events(&json!([early])).await;
    let board = "cup".parse().unwrap();
    let since = row(&server, &board, "a").await.standing.achieved_at;
    assert_eq!(since, server.services.now().plus_ms(-500));
    assert_eq!(server.standings("cup").await[0].0, "Ann");
}

#[tokio::test]
async fn peers_1_3_5_a_score_sent_twice_counts_once_also_as_an_attempt() {
    let (server, board) = server_with("sum", json!([])).await;
    let score = json!([server.score("s1", "cup", "a", 5)]);
    let correction = json!([corrected(&server, "k1", "a", "s1", Some(7))]);
    for _ in 0..3 {
        server.events(&score).await;
        server.events(&correction).await;
    }
    assert_eq!(standings(&server).await, of(&[("a", 7)]));
    assert_eq!(log(&server, &board, "a").await.len(), 2);
    assert_eq!(row(&server, &board, "a").await.attempts, 1);
}

#[tokio::test]
async fn a_correction_changes_what_the_score_counts_for() {
    for (operator, before, after, void) in
        [("best", 9, 8, 8), ("sum", 17, 10, 8), ("latest", 8, 8, 8), ("count", 2, 2, 1)]
    {
        let (server, _) = server_with(operator, json!([])).await;
        server.events(&json!([server.score("s1", "cup", "a", 9)])).await;
        server.clock.advance_ms(1_000);
        server.events(&json!([server.score("s2", "cup", "a", 8)])).await;
        assert_eq!(standings(&server).await, of(&[("a", before)]), "{operator}");
        let correction = corrected(&server, "k1", "a", "s1", Some(2));
        assert_eq!(server.events(&json!([correction])).await["accepted"], 1);
        assert_eq!(standings(&server).await, of(&[("a", after)]), "{operator}");
        server.events(&json!([corrected(&server, "k2", "a", "s1", None)])).await;
        assert_eq!(standings(&server).await, of(&[("a", void)]), "{operator}");
        // The last word counts.
        server.events(&json!([corrected(&server, "k3", "a", "s1", Some(9))])).await;
        assert_eq!(standings(&server).await, of(&[("a", before)]), "{operator}");
    }
}

#[tokio::test]
async fn the_void_of_the_only_score_takes_the_player_off_the_board() {
    let (server, board) = server_with("best", json!([])).await;
    let scores = json!([server.score("a1", "cup", "a", 9), server.score("b1", "cup", "b", 5)]);
    server.events(&scores).await;
    assert_eq!(standings(&server).await, of(&[("a", 9), ("b", 5)]));
    server.events(&json!([corrected(&server, "k1", "a", "a1", None)])).await;
    assert_eq!(standings(&server).await, of(&[("b", 5)]));
    assert_eq!(row(&server, &board, "a").await.attempts, 0);
    // A later score brings them back.
    server.events(&json!([server.score("a2", "cup", "a", 1)])).await;
    assert_eq!(standings(&server).await, of(&[("b", 5), ("a", 1)]));
    let mut tx = server.services.store().begin_read().await.unwrap();
    assert_eq!(tx.boards().by_id(&board).await.unwrap().unwrap().players, 2);
}

#[tokio::test]
async fn a_correction_of_an_unknown_score_is_refused_and_may_come_again() {
    let (server, _) = server_with("best", json!([])).await;
    server.events(&json!([server.score("b1", "cup", "b", 5)])).await;
    // The score of somebody else is unknown too.
    for event in ["a1", "b1"] {
        let correction = json!([corrected(&server, &format!("k-{event}"), "a", event, Some(7))]);
        let answer = server.events(&correction).await;
        assert_eq!(answer["rejected"][0]["code"], "not_found", "{answer}");
    }
    let late = json!([corrected(&server, "k-a1", "a", "a1", Some(7))]);
    server.events(&json!([server.score("a1", "cup", "a", 1)])).await;
    assert_eq!(server.events(&late).await["accepted"], 1);
    assert_eq!(standings(&server).await, of(&[("a", 7), ("b", 5)]));
    let nobody = corrected(&server, "k9", "nobody", "a1", None);
    assert_eq!(server.events(&json!([nobody])).await["rejected"][0]["code"], "player_unknown");
}

#[tokio::test]
async fn peers_1_2_03_ties_must_be_one_for_each_column_and_decide_ranks() {
    let (server, _) = server_with("best", json!(["desc", "asc"])).await;
    let score = |id: &str, user: &str, points: i64, ties: Value| {
        let mut event = server.score(id, "cup", user, points);
        event["data"]["ties"] = ties;
        event
    };
    let batch = json!([
        score("s1", "a", 10, json!([3, 50])),
        score("s2", "b", 10, json!([4, 90])),
        score("s3", "c", 10, json!([3, 40])),
        score("s4", "c", 9, json!([99, 1])),
        score("bad-1", "a", 99, json!([1])),
        score("bad-2", "a", 99, json!([])),
    ]);
    let answer = server.events(&batch).await;
    assert_eq!(answer["accepted"], 4);
    assert!(answer["rejected"].as_array().unwrap().iter().all(|one| one["code"] == "event_data_invalid"));
    assert_eq!(standings(&server).await, of(&[("b", 10), ("c", 10), ("a", 10)]));
}

#[tokio::test]
async fn peers_1_2_18_who_is_taken_off_a_board_scores_no_more_until_put_back() {
    let (server, board) = server_with("sum", json!([])).await;
    let scores = json!([server.score("a1", "cup", "a", 9), server.score("b1", "cup", "b", 5)]);
    server.events(&scores).await;
    server.standings("cup").await;
    let a = user_id(&server, "a").await;
    let services = &server.services;
    let mut tx = services.store().begin_write().await.unwrap();
    let out = standing::take_out(services, &mut *tx, &board, a).await.unwrap();
    assert_eq!(standing::take_out(services, &mut *tx, &board, a).await.unwrap(), None);
    tx.save().await.unwrap();
    standing::tell(services, out.into_iter().collect()).await;
    assert_eq!(standings(&server).await, of(&[("b", 5)]));
    let answer = server.events(&json!([server.score("a2", "cup", "a", 1)])).await;
    assert_eq!(answer["rejected"][0]["code"], "not_eligible");
    // What was wrong may be set right meanwhile; to compute the board anew does not bring the player back.
    server.events(&json!([corrected(&server, "k1", "a", "a1", Some(4))])).await;
    assert_eq!(recompute::board(services, &board).await.unwrap(), 0);
    assert_eq!(standings(&server).await, of(&[("b", 5)]));

    let mut tx = services.store().begin_write().await.unwrap();
    let back = standing::put_back(services, &mut *tx, &board, a).await.unwrap();
    tx.save().await.unwrap();
    standing::tell(services, back.into_iter().collect()).await;
    assert_eq!(standings(&server).await, of(&[("b", 5), ("a", 4)]));
    assert_eq!(server.events(&json!([server.score("a2", "cup", "a", 3)])).await["accepted"], 1);
    assert_eq!(standings(&server).await, of(&[("a", 7), ("b", 5)]));
}

#[tokio::test]
async fn a_board_is_computed_anew_from_its_log_while_it_runs() {
    let server = server().await;
    let cup = server.tournament("cup", "sum", "desc");
    server.events(&json!([cup])).await;
    let board: BoardId = "cup".parse().unwrap();
    // More players than one step looks at.
    for first in (0..450).step_by(150) {
        let users: Vec<Value> =
            (first..first + 150).map(|n| server.user(&format!("u{n}"), &format!("P{n}"), None)).collect();
        server.events(&json!(users)).await;
        let scores: Vec<Value> = (first..first + 150)
            .flat_map(|n| {
                let user = format!("u{n}");
                [
                    server.score(&format!("{user}-1"), "cup", &user, n),
                    server.score(&format!("{user}-2"), "cup", &user, 1_000),
                ]
            })
            .collect();
        server.events(&json!(scores)).await;
    }
    assert_eq!(recompute::board(&server.services, &board).await.unwrap(), 0, "all was right");
    let right = server.standings("cup").await;
    // Somebody has spoilt the standings, and two players are gone from the board.
    let mut tx = server.services.store().begin_write().await.unwrap();
    let users = tx.boards().roll(&board, None, 1_000).await.unwrap();
    let keys: Vec<_> = users.iter().map(|user_id| (board.clone(), *user_id)).collect();
    let mut rows = tx.boards().players(&keys).await.unwrap();
    for row in rows.iter_mut().step_by(7) {
        row.standing.score = domain::Score::new(-5).unwrap();
        row.attempts = 40;
    }
    let spoilt = rows.iter().filter(|row| row.attempts == 40).count();
    tx.boards().put_players(&rows).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(recompute::board(&server.services, &board).await.unwrap(), spoilt);
    server.services.ranks().unload(&board).await.unwrap();
    assert_eq!(server.standings("cup").await, right);
    assert_eq!(recompute::board(&server.services, &board).await.unwrap(), 0);
}

/// Scores of the same players from many calls at once, then a server that begins anew on what was stored.
#[tokio::test]
async fn peers_1_3_7_scores_written_at_once_survive_a_restart() {
    let (server, board) = server_with("sum", json!([])).await;
    let server = Arc::new(server);
    let calls = (0..24_i64).map(|call| {
        let server = Arc::clone(&server);
        async move {
            let scores: Vec<Value> = (0..10_i64)
                .map(|n| {
                    let user = ["a", "b", "c"][usize::try_from((call + n) % 3).unwrap()];
                    server.score(&format!("s{call}-{n}"), "cup", user, 1)
                })
                .collect();
            // Sent twice, as a sender does that was not answered.
            server.events(&json!(scores)).await;
            server.events(&json!(scores)).await;
        }
    });
    futures::future::join_all(calls).await;
    assert_eq!(standings(&server).await.iter().map(|(_, points)| points).sum::<i64>(), 240);
    let again = server.with_personal_keys(&[]).await;
    let query = services::boards::BoardQuery { window: services::boards::WindowQuery::Top, limit: 10 };
    let seen = services::boards::sight::named(&again, &board, None).await.unwrap();
    let page = services::boards::page(&again, &seen, query).await.unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.score.points()).collect::<Vec<_>>(), [80, 80, 80]);
    assert_eq!(log(&server, &board, "a").await.len(), 80);
    assert_eq!(recompute::board(&again, &board).await.unwrap(), 0, "the log says the same");
}

#[tokio::test]
async fn peers_1_3_6_the_previous_cursor_leads_back() {
    let server = server().await;
    let cup = server.tournament("cup", "best", "desc");
    server.events(&json!([cup])).await;
    for n in 0..25 {
        let user = format!("u{n}");
        let events = json!([
            server.user(&user, &format!("P{n}"), None),
            server.score(&format!("s{n}"), "cup", &user, n / 2)
        ]);
        server.events(&events).await;
    }
    for is_loaded in [false, true] {
        if is_loaded {
            services::boards::index::load(&server.services, &"cup".parse().unwrap()).await.unwrap();
        }
        let page = async |cursor: Option<&str>| {
            let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            server.json(get(&format!("/v1/tournaments/cup/board?limit=10{cursor}"))).await.1
        };
        let ranks = |page: &Value| -> Vec<u64> {
            page["entries"].as_array().unwrap().iter().map(|row| row["rank"].as_u64().unwrap()).collect()
        };
        let first = page(None).await;
        assert_eq!(first["board"], "cup");
        assert!(first["previous_cursor"].is_null(), "{first}");
        let second = page(first["next_cursor"].as_str()).await;
        let third = page(second["next_cursor"].as_str()).await;
        assert_eq!(ranks(&third), (21..=25).collect::<Vec<_>>());
        assert!(third["next_cursor"].is_null());
        let back = page(third["previous_cursor"].as_str()).await;
        assert_eq!((ranks(&back), &back["entries"]), ((11..=20).collect(), &second["entries"]));
        let top = page(back["previous_cursor"].as_str()).await;
        assert_eq!(top["entries"], first["entries"]);
        assert!(top["previous_cursor"].is_null());
        assert_eq!(page(top["next_cursor"].as_str()).await["entries"], second["entries"]);
    }
}

/// What stands on a board is found in the index: the rows of the players are not read, let alone counted.
#[tokio::test]
async fn peers_1_3_8_a_rank_is_not_counted_from_rows() {
    let server = server().await;
    let cup = server.tournament("cup", "best", "desc");
    let ann = server.sign_in(42, "Ada").await;
    let users = json!([cup, server.user("a", "Ann", Some(42)), server.user("b", "Bob", None)]);
    server.events(&users).await;
    server.events(&json!([server.score("s1", "cup", "a", 1), server.score("s2", "cup", "b", 2)])).await;
    let board: BoardId = "cup".parse().unwrap();
    services::boards::index::load(&server.services, &board).await.unwrap();
    // The rows say something else, and nobody has told the index.
    let mut tx = server.services.store().begin_write().await.unwrap();
    let key = (board.clone(), user_id(&server, "a").await);
    let mut rows = tx.boards().players(&[key]).await.unwrap();
    rows[0].standing.score = domain::Score::new(99).unwrap();
    tx.boards().put_players(&rows).await.unwrap();
    tx.save().await.unwrap();
    let path = "/v1/tournaments/cup/board?around=me&limit=5";
    let page = server.json(get_as(path, &ann.jwt)).await.1;
    assert_eq!((&page["me"]["rank"], &page["me"]["score"]), (&json!(2), &json!(1)), "{page}");
}

#[tokio::test]
async fn a_board_of_another_period_is_found_by_its_number() {
    let (server, board) = server_with("best", json!([])).await;
    server.events(&json!([server.score("s1", "cup", "a", 1)])).await;
    let second = BoardId::of(&board.tournament_id(), 1, 2);
    let mut tx = server.services.store().begin_write().await.unwrap();
    let plain = tx.boards().by_id(&board).await.unwrap().unwrap();
    let new = storage::board::NewBoard {
        board_id: second.clone(),
        tier: 0,
        starts_at: plain.starts_at,
        ends_at: plain.ends_at,
    };
    tx.boards().open(&[new]).await.unwrap();
    tx.save().await.unwrap();
    let page = server.json(get("/v1/tournaments/cup/board?period=1&cohort=2")).await.1;
    assert_eq!((&page["board"], &page["total"]), (&json!("cup.1.2"), &json!(0)));
    let first = server.json(get("/v1/tournaments/cup/board?period=0")).await.1;
    assert_eq!(first["total"], 1);
    assert_eq!(server.json(get("/v1/tournaments/cup/board?period=7")).await.0, 404);
}

#[tokio::test]
async fn who_hides_is_shown_by_another_name_and_key_everywhere() {
    let server = server().await;
    let cup = server.tournament("cup", "best", "desc");
    let ann = server.sign_in(42, "Ada").await;
    let events = json!([cup, server.user("a", "Ann", Some(42)), server.score("s1", "cup", "a", 1)]);
    server.events(&events).await;
    let row = async || server.json(get("/v1/tournaments/cup/board")).await.1["entries"][0].clone();
    let open = row().await;
    assert_eq!(open["alias"], "Ann");
    let hide = async |hidden: bool| {
        server.json(post_as("/v1/tg/alias", &ann.jwt, &json!({"hidden": hidden}))).await.1
    };
    let state = hide(true).await;
    assert_eq!(state["hidden"], true);
    let hidden = row().await;
    assert_eq!((&hidden["alias"], &hidden["player"]), (&state["alias"], &state["player"]));
    assert!(hidden["alias"] != open["alias"] && hidden["player"] != open["player"], "{hidden}");
    // To say it again changes nothing, nor does another name that the platform gives.
    assert_eq!(hide(true).await, state);
    server.events(&json!([server.user("a", "Anna", Some(42))])).await;
    assert_eq!(row().await, hidden);
    assert_eq!(server.json(get_as("/v1/tg/alias", &ann.jwt)).await.1, state);
    let shown = hide(false).await;
    assert_eq!((&shown["alias"], &row().await["alias"]), (&json!("Anna"), &json!("Anna")));
    let again = hide(true).await;
    assert!(again["alias"] != state["alias"] && again["player"] != state["player"]);
}
