//! A player's devices: seen, ended, and told of when a new one comes.

use axum::http::StatusCode;
use serde_json::{Value, json};
use storage::outbox::OutgoingClass;

use crate::support::{TestServer, delete_as, get_as, post_json, problem_code, server, server_with_bot};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)";
const PIXEL: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 9)";

async fn list(server: &TestServer, jwt: &str) -> Vec<Value> {
    let (status, body) = server.json(get_as("/v1/tg/sessions", jwt)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["sessions"].as_array().unwrap().clone()
}

async fn refresh(server: &TestServer, token: &str) -> StatusCode {
    server.request(post_json("/v1/tg/refresh", &json!({"refresh_token": token}))).await.status()
}

#[tokio::test]
async fn devices_are_listed_with_what_each_was_signed_in_by() {
    let server = server().await;
    let phone = server.sign_in_on(42, "Ada", IPHONE).await;
    let at = server.services.now();
    server.clock.advance_ms(60_000);
    let tablet = server.sign_in_on(42, "Ada", PIXEL).await;
    server.sign_in_on(43, "Bo", PIXEL).await;
    let devices = list(&server, &phone.jwt).await;
    assert_eq!(devices.len(), 2, "{devices:?}");
    assert_eq!((&devices[0]["device"], &devices[0]["current"]), (&json!("android"), &json!(false)));
    assert_eq!(devices[1]["device"], "ios");
    assert_eq!(devices[1]["current"], true);
    assert_eq!(devices[1]["method"], "init_data");
    assert_eq!((&devices[1]["created_at"], &devices[1]["last_used_at"]), (&json!(at), &json!(at)));
    server.clock.advance_ms(60_000);
    assert_eq!(refresh(&server, &phone.refresh_token).await, StatusCode::OK);
    let devices = list(&server, &tablet.jwt).await;
    assert_eq!(devices[0]["device"], "ios", "the one used last stands first");
    assert_eq!(devices[0]["last_used_at"], json!(server.services.now()));
}

#[tokio::test]
async fn one_device_is_ended_and_its_own_tokens_end_nothing_more() {
    let server = server().await;
    let own = server.sign_in_on(42, "Ada", IPHONE).await;
    let lost = server.sign_in_on(42, "Ada", PIXEL).await;
    let devices = list(&server, &own.jwt).await;
    let id_of = |device: &str| {
        let found = devices.iter().find(|listed| listed["device"] == device).unwrap();
        format!("/v1/tg/sessions/{}", found["id"].as_str().unwrap())
    };
    let (lost_path, own_path) = (id_of("android"), id_of("ios"));
    for _ in 0..2 {
        let status = server.request(delete_as(&lost_path, &own.jwt)).await.status();
        assert_eq!(status, StatusCode::NO_CONTENT, "twice is fine");
    }
    assert_eq!(refresh(&server, &lost.refresh_token).await, StatusCode::UNAUTHORIZED);
    // Its access token is good for some minutes more, but not for throwing others out.
    for request in [
        delete_as(&own_path, &lost.jwt),
        delete_as("/v1/tg/sessions", &lost.jwt),
        get_as("/v1/tg/sessions", &lost.jwt),
    ] {
        let (status, body) = server.json(request).await;
        assert_eq!(problem_code(status, &body), "unauthorized");
    }
    assert_eq!(list(&server, &own.jwt).await.len(), 1);
}

#[tokio::test]
async fn somebody_elses_and_a_made_up_session_are_unknown() {
    let server = server().await;
    let own = server.sign_in(42, "Ada").await;
    let other = server.sign_in(43, "Bo").await;
    let foreign = list(&server, &other.jwt).await[0]["id"].as_str().unwrap().to_owned();
    for id in [foreign.as_str(), "s_00000000000000000000000000000000", "nonsense", "u_1"] {
        let (status, body) = server.json(delete_as(&format!("/v1/tg/sessions/{id}"), &own.jwt)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(problem_code(status, &body), "session_unknown", "{id}");
    }
    assert_eq!(refresh(&server, &other.refresh_token).await, StatusCode::OK);
}

#[tokio::test]
async fn all_other_devices_are_ended_at_once() {
    let server = server().await;
    let own = server.sign_in(42, "Ada").await;
    let (second, third) = (server.sign_in(42, "Ada").await, server.sign_in(42, "Ada").await);
    let other = server.sign_in(43, "Bo").await;
    assert_eq!(server.request(delete_as("/v1/tg/sessions", &own.jwt)).await.status(), StatusCode::NO_CONTENT);
    for lost in [second, third] {
        assert_eq!(refresh(&server, &lost.refresh_token).await, StatusCode::UNAUTHORIZED);
    }
    for kept in [own, other] {
        assert_eq!(refresh(&server, &kept.refresh_token).await, StatusCode::OK);
    }
}

/// The texts of required notices that wait for the chat; they are sent by this.
async fn notices(server: &TestServer) -> Vec<String> {
    let mut texts = Vec::new();
    for row in server.take_outgoing().await {
        if row.class == OutgoingClass::Notice {
            assert!(row.repeatable, "a security notice is sent again rather than lost");
            let payload: Value = serde_json::from_str(&row.payload).unwrap();
            assert_eq!(payload["chat_id"], 42);
            texts.push(payload["text"].as_str().unwrap().to_owned());
        }
    }
    texts
}

#[tokio::test]
async fn a_sign_in_on_a_new_kind_of_device_is_told_in_the_chat_once() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    server.sign_in_on(42, "Ada", IPHONE).await;
    assert_eq!(notices(&server).await.len(), 0, "there is no chat to tell");
    server.write_to_bot(1, 42, "/stop").await;
    for _ in 0..3 {
        server.sign_in_on(42, "Ada", IPHONE).await;
        server.clock.advance_ms(60_000);
    }
    assert_eq!(notices(&server).await.len(), 0, "the app is opened as ever");
    server.sign_in_on(42, "Ada", PIXEL).await;
    let told = notices(&server).await;
    assert_eq!(told.len(), 1, "also to somebody who stopped everything that can be stopped");
    assert!(told[0].contains("Android") && !told[0].contains("Ada") && !told[0].contains("42"), "{told:?}");
    server.sign_in_on(42, "Ada", PIXEL).await;
    assert_eq!(notices(&server).await.len(), 0, "it is known now");
}

#[tokio::test]
async fn the_first_launch_of_all_is_no_news() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    server.write_to_bot(1, 42, "/start").await;
    server.sign_in_on(42, "Ada", IPHONE).await;
    assert_eq!(notices(&server).await.len(), 0);
}

#[tokio::test]
async fn a_device_that_was_thrown_out_is_news_when_it_comes_back_and_one_that_left_is_not() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    server.write_to_bot(1, 42, "/start").await;
    let own = server.sign_in_on(42, "Ada", IPHONE).await;
    let other = server.sign_in_on(42, "Ada", PIXEL).await;
    assert_eq!(notices(&server).await.len(), 1);
    server.request(post_json("/v1/tg/logout", &json!({"refresh_token": other.refresh_token}))).await;
    server.sign_in_on(42, "Ada", PIXEL).await;
    assert_eq!(notices(&server).await.len(), 0);
    server.request(delete_as("/v1/tg/sessions", &own.jwt)).await;
    server.clock.advance_ms(8 * 24 * 3_600_000);
    services::maintenance::clean::Cleaner::default().clean(&server.services).await.unwrap();
    server.sign_in_on(42, "Ada", PIXEL).await;
    assert_eq!(notices(&server).await.len(), 1);
}

#[tokio::test]
async fn a_way_that_was_not_used_for_long_is_news_again() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    server.write_to_bot(1, 42, "/start").await;
    server.sign_in_on(42, "Ada", PIXEL).await;
    for days in [20, 20] {
        server.clock.advance_ms(days * 24 * 3_600_000);
        server.sign_in_on(42, "Ada", IPHONE).await;
        services::maintenance::clean::Cleaner::default().clean(&server.services).await.unwrap();
    }
    notices(&server).await;
    server.sign_in_on(42, "Ada", PIXEL).await;
    assert_eq!(notices(&server).await.len(), 1);
}
