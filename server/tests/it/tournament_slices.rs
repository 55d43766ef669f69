//! The end of a large board: its ranks are written in slices that nobody sees, and become results in one step; whatever
//! happens between two slices. What is final stays as it is, whatever its tournament becomes.

use axum::http::StatusCode;
use domain::BoardId;
use serde_json::{Value, json};
use services::{
    jobs::{Handlers, JobHandler, house, worker},
    tournaments::{clock::Clock, finish::BoardEnd, slices::Pace},
};
use storage::{
    job::{ClaimedJob, JobKind},
    result::Written,
};

use crate::{
    cup::{
        DAY_MS, HOUR_MS, MINUTE_MS, NOWHERE, about, definition, pass, players, run_jobs, send, state, told,
    },
    support::{TestServer, get, get_as, server, server_with_platform},
    tournament_end::{audited, played, prizes},
};

/// Two ranks a slice, and one slice a run.
const SLOW: Pace = Pace { at_once_max: 2, slice_max: 2, run_ms: 0 };
/// Two ranks a slice.
const WHOLE: Pace = Pace { run_ms: 60_000, ..SLOW };

fn board() -> BoardId {
    "cup".parse().unwrap()
}

/// The cup with its five players is over, and its ranks are about to be written.
async fn over(server: &TestServer, rules: &Value) {
    played(server, rules).await;
    server.clock.advance_ms(HOUR_MS + MINUTE_MS);
    tick(server).await;
    assert_eq!(state(server).await, "finalizing");
}

/// The tournament's clock does what is due, and nobody does what it plans.
async fn tick(server: &TestServer) {
    let clock = Handlers::default().with(JobKind::TournamentClock, Clock);
    while worker::work_once(&server.services, &clock).await.unwrap() > 0 {}
}

/// One run of the job that ends the board.
async fn run(server: &TestServer, pace: Pace) {
    let handlers = Handlers::default().with(JobKind::BoardEnd, BoardEnd::at(pace));
    assert_eq!(worker::work_once(&server.services, &handlers).await.unwrap(), 1);
}

/// A worker that dies before the transaction that makes the board final.
async fn dies(server: &TestServer, pace: Pace) {
    let job = ClaimedJob {
        kind: JobKind::BoardEnd,
        key: "cup".to_owned(),
        run_at: server.services.now(),
        payload: "{}".to_owned(),
        attempt: 1,
        lease: uuid::Uuid::from_u128(1),
    };
    let prepared = BoardEnd::at(pace).prepare(&server.services, &job).await.unwrap();
    assert!(prepared.is_some());
}

async fn written(server: &TestServer) -> Option<Written> {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.results().written(&board()).await.unwrap()
}

async fn ranks(server: &TestServer) -> u64 {
    written(server).await.map_or(0, |written| written.ranks)
}

/// Neither the ranks nor what follows from them.
async fn is_unseen(server: &TestServer) {
    let (status, body) = about(server, "/results", None).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::CONFLICT, Some("tournament_closed")));
    let winner = server.sign_in(1, "Ada").await;
    let (_, mine) = about(server, "/me", Some(&winner)).await;
    assert!(mine["result"].is_null() && mine["reward"].is_null(), "{mine}");
}

/// Who is final where.
fn aliases(results: &Value) -> Vec<&str> {
    let rows = results["results"].as_array().unwrap();
    rows.iter().map(|row| row["alias"].as_str().unwrap()).collect()
}

async fn results(server: &TestServer) -> Value {
    let (status, results) = about(server, "/results", None).await;
    assert_eq!(status, StatusCode::OK, "{results}");
    assert_eq!(results["result_hash"], audited(&results));
    results
}

#[tokio::test]
async fn ranks_written_in_slices_are_seen_at_once_with_the_hash_of_always() {
    let at_once = server().await;
    over(&at_once, &json!({"prizes": prizes()})).await;
    run_jobs(&at_once).await;
    let expected = results(&at_once).await;
    let server = server_with_platform(NOWHERE).await;
    over(&server, &json!({"prizes": prizes()})).await;
    for written in [2, 4] {
        run(&server, SLOW).await;
        assert_eq!(ranks(&server).await, written);
        is_unseen(&server).await;
    }
    run(&server, SLOW).await;
    assert_eq!(state(&server).await, "finished");
    run_jobs(&server).await;
    let results = results(&server).await;
    assert_eq!(aliases(&results), aliases(&expected));
    assert_eq!(results["results"][0]["prize"]["code"], "cash");
    assert_eq!(told(&server, "podium.tournament.finished").await.len(), 1);
}

#[tokio::test]
async fn workers_that_die_between_slices_and_two_at_once_write_each_rank_once() {
    let server = server_with_platform(NOWHERE).await;
    over(&server, &json!({"prizes": prizes()})).await;
    dies(&server, SLOW).await;
    assert_eq!(ranks(&server).await, 2);
    // Two at once: whoever comes second finds the slice written, and stops.
    futures::future::join(dies(&server, SLOW), dies(&server, SLOW)).await;
    assert!(ranks(&server).await >= 4);
    // Dead with all of them written, before they are results.
    dies(&server, WHOLE).await;
    assert_eq!(ranks(&server).await, 5);
    is_unseen(&server).await;
    run_jobs(&server).await;
    let results = results(&server).await;
    assert_eq!(aliases(&results), ["Player 1", "Player 2", "Player 3", "Player 4", "Player 5"]);
    assert_eq!(told(&server, "podium.tournament.finished").await.len(), 1);
}

#[tokio::test]
async fn a_board_that_changes_between_slices_is_ranked_anew() {
    let server = server_with_platform(NOWHERE).await;
    over(&server, &json!({"prizes": prizes()})).await;
    dies(&server, SLOW).await;
    // The best of them had reached nothing.
    let voided = json!({"tournament_id": "cup", "platform_user_id": "p-1", "event": {"id": "s1"}});
    send(&server, &[server.event("void", "platform.score.corrected", &voided)]).await;
    run(&server, SLOW).await;
    assert_eq!(ranks(&server).await, 2);
    let out = json!({"tournament_id": "cup", "platform_user_id": "p-4", "reason": "two accounts"});
    // All are written when another one is excluded.
    dies(&server, WHOLE).await;
    assert_eq!(ranks(&server).await, 4);
    send(&server, &[server.event("out", "platform.player.disqualified", &out)]).await;
    let handlers = house().with(JobKind::BoardEnd, BoardEnd::at(SLOW));
    while state(&server).await != "finished" {
        assert!(worker::work_once(&server.services, &handlers).await.unwrap() > 0);
    }
    run_jobs(&server).await;
    let results = results(&server).await;
    assert_eq!(aliases(&results), ["Player 2", "Player 3", "Player 5"]);
    let granted = told(&server, "podium.reward.granted").await;
    let mut winners: Vec<&str> =
        granted.iter().map(|one| one["platform_user_id"].as_str().unwrap()).collect();
    winners.sort_unstable();
    assert_eq!(winners, ["p-2", "p-3", "p-5"]);
}

#[tokio::test]
async fn slices_of_a_frozen_tournament_wait_and_those_of_a_canceled_one_are_removed() {
    let server = server().await;
    // The first of its periods is over.
    let rules = json!({
        "ends_at": server.services.now().plus_ms(5 * DAY_MS), "reset": {"cron": "0 0 * * *", "zone": "UTC"},
    });
    played(&server, &rules).await;
    server.clock.advance_ms(DAY_MS + MINUTE_MS);
    tick(&server).await;
    dies(&server, SLOW).await;
    assert_eq!((ranks(&server).await, state(&server).await), (2, "running"));
    let id = board().tournament_id();
    let actor = storage::audit::Actor::system;
    let mut tx = server.services.store().begin_write().await.unwrap();
    services::tournaments::command::freeze(&server.services, &mut *tx, actor(), &id).await.unwrap();
    tx.save().await.unwrap();
    pass(&server, DAY_MS).await;
    assert_eq!(ranks(&server).await, 2);
    let mut tx = server.services.store().begin_write().await.unwrap();
    services::tournaments::command::thaw(&server.services, &mut *tx, actor(), &id).await.unwrap();
    tx.save().await.unwrap();
    run(&server, SLOW).await;
    assert_eq!(ranks(&server).await, 4);
    let mut tx = server.services.store().begin_write().await.unwrap();
    let canceled = services::tournaments::command::cancel(&server.services, &mut *tx, actor(), &id).await;
    canceled.unwrap();
    tx.save().await.unwrap();
    run_jobs(&server).await;
    let mut tx = server.services.store().begin_read().await.unwrap();
    assert_eq!(tx.results().unseen(&board(), 0, 10).await.unwrap(), []);
    drop(tx);
    assert_eq!((ranks(&server).await, state(&server).await), (0, "canceled"));
}

/// What everybody sees of the first period.
async fn seen(server: &TestServer) -> [Value; 4] {
    let winner = server.sign_in(1, "Ada").await;
    let (_, mut page) = server.json(get("/v1/tournaments/cup/board?period=0&limit=3")).await;
    // A cursor is never twice alike; what is behind it is.
    let cursor = page["next_cursor"].take();
    let behind = format!("/v1/tournaments/cup/board?period=0&limit=3&cursor={}", cursor.as_str().unwrap());
    page["behind"] = server.json(get(&behind)).await.1["entries"].clone();
    let (_, scores) = about(server, "/scores?period=0", Some(&winner)).await;
    let (_, history) = server.json(get_as("/v1/tg/history", &winner.jwt)).await;
    let (status, results) = about(server, "/results?period=0", None).await;
    assert_eq!(status, StatusCode::OK, "{results}");
    assert_eq!(results["result_hash"], audited(&results));
    [results, page, scores, history]
}

/// A platform that uses an id again may let the next period be played by other rules.
#[tokio::test]
async fn a_renewal_with_another_order_and_other_ties_changes_nothing_of_what_is_final() {
    let server = server().await;
    players(&server, 4).await;
    send(&server, &[definition(&server, "cup-1", &json!({"ties": ["asc", "desc"]}))]).await;
    for (player, score, ties) in [(1, 50, [3, 3]), (2, 40, [2, 5]), (3, 40, [2, 1]), (4, 10, [0, 0])] {
        let data = json!({"tournament_id": "cup", "platform_user_id": format!("p-{player}"), "score": score,
            "ties": ties});
        send(&server, &[server.event(&format!("s{player}"), "platform.score.posted", &data)]).await;
    }
    pass(&server, HOUR_MS + MINUTE_MS).await;
    assert_eq!(state(&server).await, "finished");
    let before = seen(&server).await;
    assert_eq!(aliases(&before[0]), ["Player 1", "Player 2", "Player 3", "Player 4"]);
    assert_eq!(before[1]["entries"][0]["alias"], "Player 1");
    assert_eq!(before[1]["behind"][0]["alias"], "Player 4");
    let now = server.services.now();
    let renewed = json!({
        "starts_at": now, "ends_at": now.plus_ms(HOUR_MS), "operator": "sum", "order": "asc", "ties": ["desc"],
    });
    send(&server, &[definition(&server, "cup-2", &renewed)]).await;
    run_jobs(&server).await;
    assert_eq!(seen(&server).await, before);
    // Also when the index of the board is built anew.
    server.services.ranks().unload(&board()).await.unwrap();
    services::boards::index::load(&server.services, &board()).await.unwrap();
    assert_eq!(seen(&server).await, before);
    let data = json!({"tournament_id": "cup", "platform_user_id": "p-1", "score": 5, "ties": [1]});
    let data_2 = json!({"tournament_id": "cup", "platform_user_id": "p-2", "score": 3, "ties": [1]});
    let posted = [("n1", data), ("n2", data_2)];
    let posted = posted.map(|(id, data)| server.event(id, "platform.score.posted", &data));
    send(&server, &posted).await;
    assert_eq!(server.standings("cup").await, [("Player 2".to_owned(), 3), ("Player 1".to_owned(), 5)]);
    assert_eq!(seen(&server).await, before);
}
