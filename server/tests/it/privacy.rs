//! A person takes a copy of what is kept of them, and is erased.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::session::SignedIn;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use services::privacy::erase::erase_due;
use storage::outbox::OutgoingClass;

use crate::{
    links_support,
    support::{
        TestServer, delete_as, get, get_as, limited_server, post_as, post_json, problem_code, server,
        server_with_bot,
    },
};

const DAY_MS: i64 = 24 * 3_600_000;

async fn ask(server: &TestServer, path: &str, jwt: &str, init_data: &str) -> (StatusCode, Value) {
    server.json(post_as(path, jwt, &json!({"init_data": init_data}))).await
}

/// The path of an export that is given out to a person.
async fn export_path(server: &TestServer, player: &SignedIn, id: i64) -> String {
    let init_data = server.init_data(id, "Ada");
    let (status, body) = ask(server, "/v1/tg/privacy/export", &player.jwt, &init_data).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let url = body["url"].as_str().unwrap();
    url.strip_prefix("http://127.0.0.1:3000").unwrap().to_owned()
}

async fn code(server: &TestServer, request: Request<Body>) -> String {
    let (status, body) = server.json(request).await;
    problem_code(status, &body)
}

async fn plan(server: &TestServer, player: &SignedIn, id: i64) -> Value {
    let init_data = server.init_data(id, "Ada");
    let (status, body) = ask(server, "/v1/tg/privacy/erasure", &player.jwt, &init_data).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["erase_at"].clone()
}

async fn planned(server: &TestServer, player: &SignedIn) -> Value {
    let (status, body) = server.json(get_as("/v1/tg/privacy", &player.jwt)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["erase_at"].clone()
}

#[tokio::test]
async fn an_export_holds_what_is_kept_and_fits_telegrams_download() {
    let server = server().await;
    server
        .events(&json!([server.tournament("cup", "best", "desc"), server.user("a", "Ann", Some(42))]))
        .await;
    server.events(&json!([server.score("s", "cup", "a", 7)])).await;
    let player = server.sign_in(42, "Ada").await;
    server.write_to_bot(1, 42, "/help").await;
    server.json(post_as("/v1/tg/consents", &player.jwt, &json!({"payouts": true}))).await;
    // A device that has signed out, a campaign, a token of the account.
    let other = server.sign_in(42, "Ada").await;
    let body = json!({"refresh_token": other.refresh_token});
    assert!(server.json(post_json("/v1/tg/logout", &body)).await.0.is_success());
    links_support::name_bot(&server).await;
    let campaign = json!({"code": "spring"}).to_string();
    server.json(server.signed("POST", "/v1/platform/campaigns", &campaign)).await;
    links_support::start(&server, &player, Some("spring")).await.unwrap();
    let order = json!({"action": "open_kyc", "platform_user_id": "a", "step": "passport"});
    let token = links_support::token(&server, &order).await;
    let path = export_path(&server, &player, 42).await;
    assert!(!path.contains("42") || path.len() > 60, "the address says nothing of the person");

    let head = Request::builder().method(Method::HEAD).uri(&path).body(Body::empty()).unwrap();
    assert_eq!(server.request(head).await.status(), StatusCode::OK, "asking first uses nothing up");
    let response = server.request(get(&path)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers();
    assert_eq!(headers[header::CONTENT_DISPOSITION], r#"attachment; filename="podium-export.json""#);
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://web.telegram.org");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let export: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(export["person"]["telegram_user_id"], 42);
    assert_eq!(export["person"]["platform_user_id"], "a");
    assert_eq!(export["person"]["first_name"], "Ada");
    assert_eq!(export["person"]["public_name"], "Ann");
    assert_eq!(export["sessions"][0]["method"], "init_data");
    let reasons: Vec<&Value> =
        export["sessions"].as_array().unwrap().iter().map(|session| &session["end_reason"]).collect();
    assert!(reasons.contains(&&Value::Null) && reasons.contains(&&json!("sign_out")), "{reasons:?}");
    assert_eq!(export["campaigns"][0]["code"], "spring");
    let tokens = export["one_time_tokens"].as_array().unwrap();
    let listed = tokens.iter().find(|token| token["action"] == "open_kyc").unwrap();
    assert_eq!(
        (&listed["action"], &listed["state"], &listed["content"]["target"], &listed["platform_user_id"]),
        (&json!("open_kyc"), &json!("pending"), &json!("passport"), &json!("a"))
    );
    assert!(export["dialogues"][0]["state"].is_object(), "{export}");
    assert_eq!(export["person"]["reachability"], "reachable");
    assert_eq!(export["person"]["contact_confirmed"], false);
    assert_eq!(export["consents"][0]["kind"], "payouts");
    assert_eq!((&export["scores"][0]["board"], &export["scores"][0]["score"]), (&json!("cup"), &json!(7)));
    assert!(export["messages_of_the_bot"][0]["content"]["text"].is_string(), "{export}");
    for secret in [&player.refresh_token, &other.refresh_token, token["token"].as_str().unwrap()] {
        assert!(!String::from_utf8_lossy(&bytes).contains(secret), "no secret is in it");
    }

    assert_eq!(code(&server, get(&path)).await, "download_used");
}

#[tokio::test]
async fn a_made_up_and_an_expired_address_are_told_apart() {
    let server = server().await;
    let player = server.sign_in(42, "Ada").await;
    let path = export_path(&server, &player, 42).await;
    let forged = format!("{}A", &path[..path.len() - 1]);
    let forged = if forged == path { format!("{}Q", &path[..path.len() - 1]) } else { forged };
    for made_up in [forged.as_str(), "/v1/tg/privacy/export/x", "/v1/tg/privacy/export/%00"] {
        assert_eq!(code(&server, get(made_up)).await, "download_unknown", "{made_up}");
    }
    server.clock.advance_ms(services::privacy::download::DOWNLOAD_MS);
    assert_eq!(code(&server, get(&path)).await, "download_expired");
    assert_eq!(code(&server, get(&path)).await, "download_expired");
}

#[tokio::test]
async fn a_copy_and_an_erasure_need_init_data_that_is_fresh_and_the_caller_s_own() {
    let server = server().await;
    let player = server.sign_in(42, "Ada").await;
    let stale = server.init_data(42, "Ada");
    server.clock.advance_ms(300_001);
    let own = server.init_data(42, "Ada");
    let forged = own.replace("Ada", "Eve");
    let foreign = server.init_data(43, "Bo");
    for path in ["/v1/tg/privacy/export", "/v1/tg/privacy/erasure"] {
        for (init_data, expected) in [
            (stale.as_str(), "init_data_stale"),
            (&forged, "init_data_invalid"),
            (&foreign, "init_data_foreign"),
            ("nonsense", "init_data_malformed"),
        ] {
            let (status, body) = ask(&server, path, &player.jwt, init_data).await;
            assert_eq!(problem_code(status, &body), expected, "{path}");
        }
        assert_eq!(code(&server, post_as(path, &player.jwt, &json!({}))).await, "bad_request");
        assert_eq!(code(&server, post_json(path, &json!({"init_data": own}))).await, "unauthorized");
    }
    assert_eq!(planned(&server, &player).await, Value::Null);
    let thrown_out = server.sign_in(42, "Ada").await;
    server.request(delete_as("/v1/tg/sessions", &player.jwt)).await;
    let (status, body) = ask(&server, "/v1/tg/privacy/erasure", &thrown_out.jwt, &own).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    assert_eq!(code(&server, get_as("/v1/tg/privacy", &thrown_out.jwt)).await, "unauthorized");
    assert_eq!(code(&server, delete_as("/v1/tg/privacy/erasure", &thrown_out.jwt)).await, "unauthorized");
}

#[tokio::test]
async fn an_erasure_waits_for_its_time_and_can_be_taken_back() {
    let server = server().await;
    let mut player = server.sign_in(42, "Ada").await;
    let erase_at = plan(&server, &player, 42).await;
    assert_eq!(erase_at, json!(server.services.now().plus_ms(14 * DAY_MS)));
    server.clock.advance_ms(60_000);
    assert_eq!(plan(&server, &player, 42).await, erase_at, "asking again moves nothing");
    assert_eq!(planned(&server, &player).await, erase_at);
    for _ in 0..2 {
        let response = server.request(delete_as("/v1/tg/privacy/erasure", &player.jwt)).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "twice is fine");
    }
    assert_eq!(planned(&server, &player).await, Value::Null);
    server.clock.advance_ms(15 * DAY_MS);
    assert_eq!(erase_due(&server.services).await.unwrap(), 0);
    player = server.sign_in(42, "Ada").await;

    plan(&server, &player, 42).await;
    server.clock.advance_ms(14 * DAY_MS - 1);
    assert_eq!(erase_due(&server.services).await.unwrap(), 0);
    server.clock.advance_ms(1);
    assert_eq!(erase_due(&server.services).await.unwrap(), 1);
    assert_eq!(erase_due(&server.services).await.unwrap(), 0);
    let body = json!({"refresh_token": player.refresh_token});
    assert_eq!(code(&server, post_json("/v1/tg/refresh", &body)).await, "refresh_invalid");
    let back = server.sign_in(42, "Ada").await;
    assert_ne!(back.user.user_id, player.user.user_id, "who comes back is somebody new");
    assert_eq!(planned(&server, &back).await, Value::Null);
}

#[tokio::test]
async fn a_board_keeps_the_score_of_nobody() {
    let server = server().await;
    let mut cup = server.tournament("cup", "best", "desc");
    cup["data"]["ends_at"] = json!(server.services.now().plus_ms(100 * DAY_MS));
    server.events(&json!([cup, server.user("a", "Ann", Some(42)), server.user("b", "Ben", None)])).await;
    server.events(&json!([server.score("s", "cup", "a", 7), server.score("t", "cup", "b", 5)])).await;
    assert_eq!(server.standings("cup").await[0], ("Ann".to_owned(), 7));
    let player = server.sign_in(42, "Ada").await;
    plan(&server, &player, 42).await;
    server.clock.advance_ms(14 * DAY_MS);
    assert_eq!(erase_due(&server.services).await.unwrap(), 1);
    let standings = server.standings("cup").await;
    assert_eq!((standings[0].1, standings[1].clone()), (7, ("Ben".to_owned(), 5)));
    assert!(standings[0].0.starts_with("Player "), "{standings:?}");
    let answer = server.events(&json!([server.score("u", "cup", "a", 9)])).await;
    assert_eq!(answer["rejected"][0]["code"], "player_unknown", "{answer}");
}

#[tokio::test]
async fn the_chat_is_told_of_a_planned_erasure_once() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    server.write_to_bot(1, 42, "/start").await;
    let player = server.sign_in(42, "Ada").await;
    plan(&server, &player, 42).await;
    plan(&server, &player, 42).await;
    let now = server.services.now();
    let mut rows = server.take_outgoing().await;
    rows.retain(|row| row.class == OutgoingClass::Notice);
    assert_eq!(rows.len(), 1);
    assert!(rows[0].repeatable);
    let date = now.plus_ms(14 * DAY_MS).to_string();
    assert!(rows[0].payload.contains(&date[..10]) && !rows[0].payload.contains("Ada"), "{}", rows[0].payload);
}

#[tokio::test]
async fn exports_are_limited_by_person() {
    let server = limited_server().await;
    let player = server.sign_in(42, "Ada").await;
    for _ in 0..6 {
        export_path(&server, &player, 42).await;
    }
    let (status, body) = ask(&server, "/v1/tg/privacy/export", &player.jwt, "x").await;
    assert_eq!(problem_code(status, &body), "rate_limited");
}
