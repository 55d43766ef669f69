//! Who hides behind a made-up name: what would tell who that is, or was.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{TelegramUserId, UserId, session::SignedIn};
use serde_json::{Value, json};

use crate::{
    cup::{HOUR_MS, MINUTE_MS, about, definition, pass, players, send},
    support::{TestServer, get, get_as, post_as, problem_code, server},
};

async fn hide(server: &TestServer, player: &SignedIn, hidden: bool) -> Value {
    server.json(post_as("/v1/tg/alias", &player.jwt, &json!({"hidden": hidden}))).await.1
}

async fn user_id(server: &TestServer, person: i64) -> UserId {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.users().by_telegram_id(TelegramUserId(person)).await.unwrap().unwrap().user_id
}

/// The cup, and another tournament, with three players who are linked to persons 1 to 3.
async fn played(server: &TestServer) {
    players(server, 3).await;
    let mut other = server.tournament("other", "best", "desc");
    other["id"] = json!("other-1");
    send(server, &[definition(server, "cup-1", &json!({})), other]).await;
    for (player, score) in [(1, 30), (2, 20), (3, 10)] {
        let score = |cup| server.score(&format!("s-{cup}-{player}"), cup, &format!("p-{player}"), score);
        send(server, &[score("cup"), score("other")]).await;
    }
}

#[tokio::test]
async fn a_cursor_does_not_say_who_stands_where_it_points() {
    let server = server().await;
    played(&server).await;
    let first = async |board: &str| {
        let path = format!("/v1/tournaments/{board}/board?limit=1");
        server.json(get(&path)).await.1["next_cursor"].as_str().unwrap().to_owned()
    };
    let (cursor, again) = (first("cup").await, first("cup").await);
    assert_ne!(cursor, again, "it would be the same before and after somebody hides");
    let id = user_id(&server, 1).await.as_uuid().into_bytes();
    let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
    assert!(!bytes.windows(id.len()).any(|part| part == id));

    let page = async |board: &str, cursor: &str| {
        server.json(get(&format!("/v1/tournaments/{board}/board?limit=1&cursor={cursor}"))).await
    };
    for cursor in [&cursor, &again] {
        let (_, second) = page("cup", cursor).await;
        assert_eq!(second["entries"][0]["alias"], "Player 2", "{second}");
        let back = second["previous_cursor"].as_str().unwrap();
        assert_eq!(page("cup", back).await.1["entries"][0]["alias"], "Player 1");
    }
    let mut changed = bytes;
    changed[20] ^= 1;
    for (board, cursor) in [
        ("other", cursor.as_str()),
        ("cup", &URL_SAFE_NO_PAD.encode(changed)),
        ("cup", &URL_SAFE_NO_PAD.encode([&[0; 40], id.as_slice()].concat())),
        ("cup", ""),
    ] {
        let (status, body) = page(board, cursor).await;
        assert_eq!(problem_code(status, &body), "bad_request", "{board} {cursor}");
    }
}

#[tokio::test]
async fn a_new_name_does_not_stand_beside_the_key_of_a_result() {
    let server = server().await;
    played(&server).await;
    pass(&server, HOUR_MS).await;
    pass(&server, 5 * MINUTE_MS).await;
    let second = server.sign_in(2, "Ada").await;
    let results = async || about(&server, "/results", None).await.1;
    let before = results().await;
    assert_eq!(before["results"][1]["alias"], "Player 2", "{before}");
    let hidden = hide(&server, &second, true).await;
    assert_ne!(hidden["player"], before["results"][1]["player"]);
    for is_hidden in [true, false] {
        hide(&server, &second, is_hidden).await;
        let after = results().await;
        let mut expected = before.clone();
        expected["results"][1]["alias"] = Value::Null;
        // The keys of then stay, for the hash is over them.
        let bare = |page: &Value| {
            let mut page = page.clone();
            for one in page["results"].as_array_mut().unwrap() {
                if one["alias"].is_null() {
                    one.as_object_mut().unwrap().remove("alias");
                }
            }
            page
        };
        assert_eq!(bare(&after), bare(&expected));
    }
}

#[tokio::test]
async fn who_watches_a_board_of_a_private_tournament_sees_the_new_name_too() {
    let server = server().await;
    players(&server, 2).await;
    let ann = server.sign_in(1, "Ada").await;
    let private = definition(&server, "cup-1", &json!({"is_private": true}));
    let mut plain = server.tournament("other", "best", "desc");
    plain["id"] = json!("other-1");
    send(&server, &[private, plain]).await;
    send(&server, &[server.score("s1", "cup", "p-1", 1), server.score("s2", "other", "p-2", 1)]).await;
    let board = async |id: &str, player: &SignedIn| {
        server.json(get_as(&format!("/v1/tournaments/{id}/board"), &player.jwt)).await.1
    };
    let (before, elsewhere) = (board("cup", &ann).await, board("other", &ann).await);
    let hidden = hide(&server, &ann, true).await;
    let after = board("cup", &ann).await;
    assert_eq!(after["entries"][0]["alias"], hidden["alias"]);
    assert_eq!(after["version"].as_u64(), before["version"].as_u64().map(|version| version + 1));
    assert_eq!(board("other", &ann).await, elsewhere, "a board without the player has not changed");

    // Behind the end, for as long as the ranks are not results.
    server.clock.advance_ms(HOUR_MS);
    let ann = server.sign_in(1, "Ada").await;
    hide(&server, &ann, false).await;
    let shown = board("cup", &ann).await;
    assert_eq!(shown["entries"][0]["alias"], "Player 1", "{shown}");
    assert_eq!(shown["version"].as_u64(), after["version"].as_u64().map(|version| version + 1));
}
