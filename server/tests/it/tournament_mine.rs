//! What a player sees of their own in a tournament: the line of their rank, and every score behind it.

use axum::http::StatusCode;
use domain::{BoardId, session::SignedIn};
use serde_json::{Value, json};

use crate::{
    cup::{HOUR_MS, MINUTE_MS, about, definition, joins, later, pass, players, send},
    support::{TestServer, problem_code, server},
};

/// A cup of ten hours with three players, of whom the first one is signed in.
async fn played(server: &TestServer) -> SignedIn {
    players(server, 3).await;
    let longer = json!({"ends_at": server.services.now().plus_ms(10 * HOUR_MS)});
    send(server, &[definition(server, "cup-1", &longer), server.score("s1", "cup", "p-1", 10)]).await;
    server.sign_in(1, "Ada").await
}

/// Waits until the rank index holds the board; a look at the page loads it.
async fn index_is_loaded(server: &TestServer) {
    let board: BoardId = "cup".parse().unwrap();
    let loading = async {
        while server.services.ranks().version(&board).await.unwrap().is_none() {
            server.standings("cup").await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), loading).await.unwrap();
}

/// A look at the card: the ranks on it. What it leaves behind is written down by the node a moment later.
async fn looks(server: &TestServer, player: &SignedIn) -> Vec<u64> {
    let (status, mine) = about(server, "/me", Some(player)).await;
    assert_eq!(status, StatusCode::OK, "{mine}");
    services::tournaments::samples::write(&server.services).await.unwrap();
    mine["ranks"].as_array().unwrap().iter().map(|sample| sample["rank"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_line_of_a_rank_is_what_the_player_has_seen() {
    let server = server().await;
    let player = played(&server).await;
    index_is_loaded(&server).await;
    assert_eq!(looks(&server, &player).await, [0; 0], "an answer waits for nothing");
    send(&server, &[server.score("s2", "cup", "p-2", 20)]).await;
    assert_eq!(looks(&server, &player).await, [1], "two looks within five minutes are one");
    server.clock.advance_ms(5 * MINUTE_MS);
    assert_eq!(looks(&server, &player).await, [1]);
    server.clock.advance_ms(5 * MINUTE_MS);
    assert_eq!(looks(&server, &player).await, [1, 2]);
    // Nothing has changed, so that nothing is added.
    server.clock.advance_ms(5 * MINUTE_MS);
    let player = server.sign_in(1, "Ada").await;
    looks(&server, &player).await;
    send(&server, &[server.score("s3", "cup", "p-1", 30)]).await;
    looks(&server, &player).await;
    assert_eq!(looks(&server, &player).await, [1, 2, 1]);
    let (_, mine) = about(&server, "/me", Some(&player)).await;
    assert_eq!(mine["ranks"][0]["at"], json!(server.services.now().plus_ms(-15 * MINUTE_MS)));
}

/// A platform begins its tournament anew, some time ahead: until then what everybody sees, and what a player has, is of the
/// period that was played.
#[tokio::test]
async fn until_the_next_period_begins_a_player_has_what_they_had_and_can_join_what_comes() {
    let server = server().await;
    players(&server, 2).await;
    let rules =
        json!({"join": {"required": true}, "prizes": [{"from": 1, "to": 1, "what": {"code": "gold"}}]});
    send(&server, &[definition(&server, "cup-1", &rules)]).await;
    let winner = server.sign_in(1, "Ada").await;
    joins(&server, &winner).await;
    send(&server, &[server.score("s1", "cup", "p-1", 10)]).await;
    pass(&server, HOUR_MS + MINUTE_MS).await;
    send(&server, &[later(&server, "cup-2", HOUR_MS, &rules)]).await;
    let (winner, newcomer) = (server.sign_in(1, "Ada").await, server.sign_in(2, "Bo").await);

    let (_, shown) = about(&server, "/board", Some(&winner)).await;
    assert_eq!(shown["board"], "cup");
    let has = async |player: &SignedIn| about(&server, "/me", Some(player)).await.1;
    let mine = has(&winner).await;
    assert_eq!((&mine["board"], &mine["result"]["rank"]), (&json!("cup"), &json!(1)), "{mine}");
    assert_eq!(
        (&mine["reward"]["state"], &mine["entry"]["period"]),
        (&json!("granted"), &json!(0)),
        "{mine}"
    );
    assert_eq!(mine["can_join"], json!(true), "what comes, they have not joined yet");
    let (_, scores) = about(&server, "/scores", Some(&winner)).await;
    assert_eq!(lines(&scores), [("s1", Some(10), None)]);

    joins(&server, &winner).await;
    joins(&server, &newcomer).await;
    let mine = has(&winner).await;
    assert_eq!((&mine["board"], &mine["result"]["rank"]), (&json!("cup"), &json!(1)), "{mine}");
    assert_eq!((&mine["can_join"], &mine["entry"]["period"]), (&json!(false), &json!(1)), "{mine}");
    let theirs = has(&newcomer).await;
    assert_eq!((&theirs["can_join"], &theirs["entry"]["period"]), (&json!(false), &json!(1)), "{theirs}");
    assert_eq!((&theirs["board"], &theirs["result"]), (&json!("cup"), &Value::Null), "{theirs}");

    pass(&server, HOUR_MS).await;
    let winner = server.sign_in(1, "Ada").await;
    let mine = about(&server, "/me", Some(&winner)).await.1;
    assert_eq!((&mine["board"], &mine["result"]), (&json!("cup.1"), &Value::Null), "it has begun");
}

#[tokio::test]
async fn who_has_no_rank_or_comes_behind_the_end_leaves_no_line() {
    let server = server().await;
    played(&server).await;
    index_is_loaded(&server).await;
    let spectator = server.sign_in(3, "Cy").await;
    looks(&server, &spectator).await;
    assert_eq!(looks(&server, &spectator).await, [0; 0]);
    pass(&server, 10 * HOUR_MS + MINUTE_MS).await;
    let player = server.sign_in(1, "Ada").await;
    looks(&server, &player).await;
    assert_eq!(looks(&server, &player).await, [0; 0]);
}

fn corrected(server: &TestServer, id: &str, event: &str, score: Option<i64>) -> Value {
    let mut data =
        json!({"tournament_id": "cup", "platform_user_id": "p-1", "event": {"source": "/test", "id": event}});
    if let Some(score) = score {
        data["score"] = json!(score);
    }
    server.event(id, "platform.score.corrected", &data)
}

/// Which event, what it says, and what it corrects.
fn lines(page: &Value) -> Vec<(&str, Option<i64>, Option<&str>)> {
    let lines = page["scores"].as_array().unwrap().iter();
    lines
        .map(|line| (line["event"].as_str().unwrap(), line["score"].as_i64(), line["corrects"].as_str()))
        .collect()
}

#[tokio::test]
async fn a_player_reads_every_score_of_theirs_with_what_corrected_it() {
    let server = server().await;
    let player = played(&server).await;
    let other = server.sign_in(2, "Bo").await;
    for (id, score) in [("s2", 50), ("s3", 40)] {
        server.clock.advance_ms(1000);
        send(
            &server,
            &[server.score(id, "cup", "p-1", score), server.score(&format!("o-{id}"), "cup", "p-2", 7)],
        )
        .await;
    }
    send(&server, &[corrected(&server, "c1", "s2", Some(5)), corrected(&server, "c2", "s1", None)]).await;
    let (status, first) = about(&server, "/scores?limit=3", Some(&player)).await;
    assert_eq!((status, &first["board"]), (StatusCode::OK, &json!("cup")), "{first}");
    assert_eq!(
        lines(&first),
        [("c2", None, Some("s1")), ("c1", Some(5), Some("s2")), ("s3", Some(40), None)]
    );
    let cursor = first["next_cursor"].as_str().unwrap();
    let (_, second) = about(&server, &format!("/scores?limit=3&cursor={cursor}"), Some(&player)).await;
    assert_eq!(lines(&second), [("s2", Some(50), None), ("s1", Some(10), None)]);
    assert_eq!(second["next_cursor"], Value::Null);
    let (_, all) = about(&server, "/scores?period=0", Some(&other)).await;
    assert_eq!(lines(&all), [("o-s3", Some(7), None), ("o-s2", Some(7), None)]);

    // A cursor opens nobody else's list.
    let (status, body) = about(&server, &format!("/scores?cursor={cursor}"), Some(&other)).await;
    assert_eq!(problem_code(status, &body), "bad_request");
    let (status, body) = about(&server, "/scores?cursor=here", Some(&player)).await;
    assert_eq!(problem_code(status, &body), "bad_request");
    let (status, body) = about(&server, "/scores?period=9", Some(&player)).await;
    assert_eq!(problem_code(status, &body), "tournament_unknown");
    let stranger = server.sign_in(3, "Cy").await;
    let (_, none) = about(&server, "/scores", Some(&stranger)).await;
    assert_eq!(none["scores"], json!([]));
}
