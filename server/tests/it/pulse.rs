//! What goes on in tournaments, as the console's charts show it.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::console::Role;
use http_body_util::BodyExt;
use serde_json::json;

use crate::{
    console_support::{Browser, at_work},
    cup::{definition, joins, players, refused, send},
    support::{TestServer, server},
};

/// Somebody who looks on, for as long as this lives.
async fn viewer(server: &TestServer) -> Body {
    let request = Request::get("/v1/tournaments/cup/live").body(Body::empty()).unwrap();
    let response = server.request(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();
    body
}

/// Scores, viewers and entries of the last minutes, the latest first.
async fn figures(browser: &Browser<'_>) -> Vec<[u64; 3]> {
    let page = browser.get("/console/tournaments/cup/pulse").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let (_, body) = page.html.split_once("<tbody>").unwrap();
    let rows = body.split("<tr>").skip(1).map(|row| {
        let cells: Vec<&str> = row
            .split("class=\"value\">")
            .skip(1)
            .map(|cell| cell.split(&['<', '&'][..]).next().unwrap())
            .collect();
        [1, 2, 3].map(|column| cells[column].parse().unwrap_or_else(|_| panic!("{row}")))
    });
    rows.collect()
}

#[tokio::test]
async fn the_charts_show_what_has_really_gone_on() {
    let server = server().await;
    players(&server, 3).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    send(&server, &[definition(&server, "cup-1", &json!({"join": {"required": true}}))]).await;
    for number in [1, 2] {
        let player = server.sign_in(number, "Ada").await;
        joins(&server, &player).await;
    }
    let scores = [("s1", "p-1", 5), ("s2", "p-2", 6), ("s3", "p-1", 7)]
        .map(|(id, player, score)| server.score(id, "cup", player, score));
    send(&server, &scores).await;
    // Neither a repeated score counts nor one that is refused.
    assert_eq!(server.events(&json!([scores[0]])).await["duplicates"], 1);
    assert_eq!(refused(&server, &server.score("s4", "cup", "p-3", 5)).await, "not_joined");
    let viewers = (viewer(&server).await, viewer(&server).await);
    services::pulse::write(&server.services).await.unwrap();
    assert_eq!(figures(&manager).await[..2], [[3, 2, 2], [0, 0, 2]]);

    server.clock.advance_ms(60_000);
    drop(viewers.0);
    let player = server.sign_in(3, "Ada").await;
    joins(&server, &player).await;
    send(&server, &[server.score("s5", "cup", "p-3", 8)]).await;
    services::pulse::write(&server.services).await.unwrap();
    services::pulse::write(&server.services).await.unwrap();
    assert_eq!(figures(&manager).await[..3], [[1, 1, 3], [3, 2, 2], [0, 0, 2]]);
}

/// Calls that come at once share a transaction, which is begun anew for each of them when one brings what another one may
/// not: what was counted by then has not happened.
#[tokio::test]
async fn scores_of_a_transaction_that_was_begun_anew_count_once() {
    let server = server().await;
    players(&server, 2).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let first = json!([server.score("s1", "cup", "p-1", 1)]);
    let unknown = server.score("s2", "cup", "nobody", 2);
    let refused = json!([unknown]);
    let mut known = unknown.clone();
    known["data"]["platform_user_id"] = json!("p-2");
    let whole = json!([known, server.score("s3", "cup", "p-1", 3)]);
    tokio::join!(server.events(&first), server.events(&refused), server.events(&whole));
    services::pulse::write(&server.services).await.unwrap();
    assert_eq!(figures(&manager).await[0], [3, 0, 0]);
}
