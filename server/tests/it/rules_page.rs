//! `/t/{id}/rules`, and the button in the chat that leads there.

use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::json;

use crate::{
    bot_support::{Bot, buttons},
    cup::{HOUR_MS, definition, send},
    support::{TestServer, server},
};

/// What a reader of a language sees of the page.
async fn rules(server: &TestServer, language: &str) -> String {
    let request = Request::get("/t/cup/rules").header(header::ACCEPT_LANGUAGE, language);
    let response = server.request(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let html = response.into_body().collect().await.unwrap().to_bytes();
    let html = String::from_utf8(html.to_vec()).unwrap();
    html.split_once("<main").unwrap().1.split_once("</main>").unwrap().0.replace('\u{a0}', " ")
}

#[tokio::test]
async fn the_rules_page_says_all_that_the_tournament_asks_and_gives() {
    let server = server().await;
    let now = server.services.now();
    let more = json!({
        "ties": ["desc", "asc"],
        "rules_text": {"en": "Play fair.\nOne account each.", "ru": "Играйте честно."},
        "join": {"required": true, "size_max": 500, "entries_max": 3, "closes_at": now.plus_ms(HOUR_MS / 2)},
        "attempts_max": 7,
        "reset": {"cron": "0 0 * * *"},
        "condition": {"linked": true, "kyc_at_least": "basic", "regions": ["DE", "FR"]},
        "cohorts": {"size": 30, "tiers": [
            {"title": {"en": "Bronze"}, "promote": 5}, {"title": {"en": "Gold"}, "demote": 4},
        ]},
        "prizes": [
            {"from": 1, "to": 1, "what": {"code": "cash", "amount": "100", "currency": "EUR"}},
            {"from": 2, "to": 10, "tier": 1, "what": {"code": "spins", "title": {"en": "20 free spins"}}},
        ],
        "rewards": "claim",
        "claim_days": 14,
    });
    send(&server, &[definition(&server, "cup-1", &more)]).await;
    let page = rules(&server, "en").await;
    for told in [
        "Play fair.",
        "One account each.",
        "extra value 1 (more is better), extra value 2 (less is better)",
        "Join first: scores of others do not count. Joining ends on",
        "There are 500 places.",
        "You can enter 3 times",
        "7 attempts",
        "Players with a linked account. Players whose identity is known. In these regions: DE, FR.",
        "Bronze, 5 move up, 0 move down",
        "Place 1: 100 EUR",
        "Gold, Places 2 to 10: 20 free spins",
        "Winners claim their prizes here. There are 14 days for it.",
    ] {
        assert!(page.contains(told), "{told:?} is not in {page}");
    }
    assert!(!page.contains("On equal scores, whoever got there first"), "{page}");
    assert!(page.contains("This round: "), "{page}");
    let russian = rules(&server, "ru").await;
    assert!(russian.contains("Играйте честно.") && russian.contains("7 попыток"), "{russian}");
    assert!(russian.contains("дополнительный показатель 1 (больше лучше)"), "{russian}");
}

#[tokio::test]
async fn a_tournament_that_only_ranks_scores_has_short_rules() {
    let server = server().await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let page = rules(&server, "en").await;
    assert!(page.contains("On equal scores, whoever got there first stands higher."), "{page}");
    assert!(page.contains("Whoever plays takes part."), "{page}");
    for absent in ["From the organizer", "Prizes", "Attempts", "Open to", "League", "This round"] {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
}

#[tokio::test]
async fn a_private_tournament_has_no_button_to_a_page_that_everybody_may_open() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    bot.ask(42, "/start").await;
    send(&bot.server, &[definition(&bot.server, "cup-1", &json!({"is_private": true}))]).await;
    let answer = bot.ask(42, "/start t_cup").await;
    let found = buttons(&answer);
    assert_eq!(found.len(), 1, "{answer}");
    assert_eq!(found[0]["web_app"]["url"], "http://127.0.0.1:3000/app/t/cup", "the rules are in the app");
    let call = bot.calls("sendMessage").pop().unwrap();
    assert_eq!(call["payload"]["link_preview_options"], json!({"is_disabled": true}), "{call}");
}
