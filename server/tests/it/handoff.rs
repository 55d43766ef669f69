//! Handing a player over to the platform's site, through the API.

use axum::http::StatusCode;
use domain::session::SignedIn;
use serde_json::{Value, json};

use crate::support::{TestServer, post_json, problem_code, server, server_with};

const CABINET: &str = "https://cabinet.example/enter";

async fn with_cabinet() -> TestServer {
    server_with(&[("PODIUM_CABINET_URL", CABINET)]).await
}

async fn hand_over(server: &TestServer, who: &SignedIn, to: &str) -> (StatusCode, Value) {
    hand_over_with(server, who, &json!({"to": to})).await
}

async fn hand_over_with(server: &TestServer, who: &SignedIn, body: &Value) -> (StatusCode, Value) {
    let mut request = post_json("/v1/tg/handoff", body);
    request.headers_mut().insert("authorization", format!("Bearer {}", who.jwt).parse().unwrap());
    server.json(request).await
}

async fn redeem(server: &TestServer, code: &str) -> (StatusCode, Value) {
    let body = json!({"code": code}).to_string();
    server.json(server.signed("POST", "/v1/platform/handoffs", &body)).await
}

/// Somebody who is linked with the account `a`, and the code with which they go over.
async fn linked_with_code(server: &TestServer) -> (SignedIn, String) {
    let ada = server.sign_in(42, "Ada").await;
    server.events(&json!([server.user("a", "Ada", Some(42))])).await;
    let (status, answer) = hand_over(server, &ada, "bonus").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let url = answer["url"].as_str().unwrap();
    let code = url.strip_prefix(&format!("{CABINET}?to=bonus&code=")).unwrap_or_else(|| panic!("{url}"));
    (ada, code.to_owned())
}

#[tokio::test]
async fn a_linked_player_goes_over_by_a_code_that_is_good_once() {
    let server = with_cabinet().await;
    let (_, code) = linked_with_code(&server).await;
    let (status, handoff) = redeem(&server, &code).await;
    assert_eq!(status, StatusCode::OK, "{handoff}");
    assert_eq!((handoff["platform_user_id"].as_str(), handoff["to"].as_str()), (Some("a"), Some("bonus")));
    let (status, again) = redeem(&server, &code).await;
    assert_eq!(
        (status, problem_code(status, &again).as_str()),
        (StatusCode::CONFLICT, "one_time_token_used")
    );
}

#[tokio::test]
async fn identification_goes_on_at_its_step_and_nothing_else_has_steps() {
    let server = with_cabinet().await;
    let (ada, _) = linked_with_code(&server).await;
    let (_, answer) = hand_over_with(&server, &ada, &json!({"to": "kyc", "step": "passport"})).await;
    let code = answer["url"].as_str().unwrap().strip_prefix(&format!("{CABINET}?to=kyc&step=passport&code="));
    let (_, handoff) = redeem(&server, code.unwrap()).await;
    assert_eq!((&handoff["to"], &handoff["step"]), (&json!("kyc"), &json!("passport")));

    let stranger = server.sign_in(43, "Bob").await;
    let (_, answer) = hand_over_with(&server, &stranger, &json!({"to": "kyc", "step": "passport"})).await;
    assert_eq!(answer["url"], format!("{CABINET}?to=kyc&step=passport"));
    for refused in [json!({"to": "bonus", "step": "passport"}), json!({"to": "kyc", "step": "a&b=c"})] {
        let (status, problem) = hand_over_with(&server, &ada, &refused).await;
        assert_eq!(problem_code(status, &problem), "bad_request", "{refused}");
    }
}

#[tokio::test]
async fn a_code_that_is_late_or_never_was_brings_nobody() {
    let server = with_cabinet().await;
    let (_, code) = linked_with_code(&server).await;
    server.clock.advance_ms(2 * 60_000);
    let (status, late) = redeem(&server, &code).await;
    assert_eq!((status, problem_code(status, &late).as_str()), (StatusCode::GONE, "one_time_token_expired"));
    for never in ["AAAAAAAAAAAAAAAAAAAAAA", "", "a"] {
        let (status, unknown) = redeem(&server, never).await;
        assert_eq!(problem_code(status, &unknown), "one_time_token_unknown", "{never}");
    }
    let unsigned = server.json(post_json("/v1/platform/handoffs", &json!({"code": code}))).await;
    assert_eq!(problem_code(unsigned.0, &unsigned.1), "signature_invalid");
}

#[tokio::test]
async fn a_code_brings_nobody_once_the_link_has_ended() {
    let server = with_cabinet().await;
    let (ada, code) = linked_with_code(&server).await;
    let mut request = post_json("/v1/tg/unlink", &json!({"init_data": server.init_data(42, "Ada")}));
    request.headers_mut().insert("authorization", format!("Bearer {}", ada.jwt).parse().unwrap());
    assert_eq!(server.json(request).await.0, StatusCode::OK);
    let (status, foreign) = redeem(&server, &code).await;
    assert_eq!(
        (status, problem_code(status, &foreign).as_str()),
        (StatusCode::FORBIDDEN, "one_time_token_foreign")
    );
}

#[tokio::test]
async fn a_code_of_a_hand_over_is_unknown_to_the_app() {
    let server = with_cabinet().await;
    let (ada, code) = linked_with_code(&server).await;
    let mut request = post_json("/v1/tg/link/preview", &json!({"token": code}));
    request.headers_mut().insert("authorization", format!("Bearer {}", ada.jwt).parse().unwrap());
    let (status, unknown) = server.json(request).await;
    assert_eq!(problem_code(status, &unknown), "one_time_token_unknown");
    assert_eq!(redeem(&server, &code).await.0, StatusCode::OK, "it was not spent by that");
}

#[tokio::test]
async fn a_stranger_goes_there_without_a_code_and_nobody_without_a_cabinet() {
    let server_of_cabinet = with_cabinet().await;
    let ada = server_of_cabinet.sign_in(42, "Ada").await;
    let (_, answer) = hand_over(&server_of_cabinet, &ada, "profile").await;
    assert_eq!(answer["url"], format!("{CABINET}?to=profile"));
    let (status, refused) = hand_over(&server_of_cabinet, &ada, "casino").await;
    assert_eq!(problem_code(status, &refused), "bad_request");

    let without = server().await;
    let ada = without.sign_in(42, "Ada").await;
    let (status, refused) = hand_over(&without, &ada, "profile").await;
    assert_eq!(problem_code(status, &refused), "not_found");
}

#[tokio::test]
async fn a_person_goes_to_the_cabinet_so_often_and_then_waits() {
    let server = server_with(&[("PODIUM_CABINET_URL", CABINET), ("PODIUM_RATE_LIMITS", "on")]).await;
    let ada = server.sign_in(42, "Ada").await;
    for _ in 0..20 {
        assert_eq!(hand_over(&server, &ada, "profile").await.0, StatusCode::OK);
    }
    let (status, body) = hand_over(&server, &ada, "profile").await;
    assert_eq!(problem_code(status, &body), "rate_limited");
    let ben = server.sign_in(43, "Ben").await;
    assert_eq!(hand_over(&server, &ben, "profile").await.0, StatusCode::OK, "it is the person who waits");
}
