//! `/v1/tg/history`, `/v1/tg/entries`: what a player has come to, and in what they take part.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    cup::{DAY_MS, NOWHERE, definition, joins, pass, players, send},
    support::{TestServer, get_as, problem_code, server_with_platform},
};

/// Two cups that both players have played, of which only the first is over.
async fn played(server: &TestServer) {
    players(server, 2).await;
    let prizes = json!([{"from": 1, "to": 1, "what": {"code": "cash", "amount": "10", "currency": "EUR"}}]);
    send(server, &[definition(server, "cup-1", &json!({"prizes": prizes}))]).await;
    let mut open =
        definition(server, "open-1", &json!({"ends_at": server.services.now().plus_ms(9 * DAY_MS)}));
    open["data"]["tournament_id"] = json!("open");
    send(server, &[open]).await;
    for cup in ["cup", "open"] {
        for (player, score) in [(1, 50), (2, 40)] {
            server.clock.advance_ms(1000);
            let id = format!("{cup}-{player}");
            send(server, &[server.score(&id, cup, &format!("p-{player}"), score)]).await;
        }
    }
}

#[tokio::test]
async fn the_history_of_a_player_is_what_is_final() {
    let server = server_with_platform(NOWHERE).await;
    played(&server).await;
    let winner = server.sign_in(1, "Ada").await;
    let (_, before) = server.json(get_as("/v1/tg/history", &winner.jwt)).await;
    assert_eq!(before, json!({"results": [], "next_cursor": null}));
    pass(&server, DAY_MS).await;
    let winner = server.sign_in(1, "Ada").await;
    let (status, page) = server.json(get_as("/v1/tg/history?limit=1", &winner.jwt)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let results = page["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{page}");
    assert_eq!((&results[0]["tournament_id"], &results[0]["rank"]), (&json!("cup"), &json!(1)));
    assert_eq!((&results[0]["players"], &results[0]["prize"]["code"]), (&json!(2), &json!("cash")));
    assert_eq!(page["next_cursor"], Value::Null);
    let (status, body) = server.json(get_as("/v1/tg/history?cursor=here", &winner.jwt)).await;
    assert_eq!(problem_code(status, &body), "bad_request");
}

#[tokio::test]
async fn who_has_joined_finds_it_among_their_entries() {
    let server = server_with_platform(NOWHERE).await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({"join": {"required": true}}))]).await;
    let player = server.sign_in(1, "Ada").await;
    let (_, before) = server.json(get_as("/v1/tg/entries", &player.jwt)).await;
    assert_eq!(before, json!({"tournaments": []}));
    joins(&server, &player).await;
    let (status, after) = server.json(get_as("/v1/tg/entries", &player.jwt)).await;
    assert_eq!((status, after), (StatusCode::OK, json!({"tournaments": ["cup"]})));
}
