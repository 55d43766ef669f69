//! The webhook: secret, size, durable before 200.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use crate::support::{TestServer, WEBHOOK_SECRET, post_json, problem_code, server};

fn message(update_id: i64) -> String {
    json!({
        "update_id": update_id,
        "message": {"message_id": 1, "date": 1, "text": "/help",
            "chat": {"id": 42, "type": "private", "first_name": "Ada"},
            "from": {"id": 42, "is_bot": false, "first_name": "Ada"}}
    })
    .to_string()
}

async fn waiting(server: &TestServer) -> u64 {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.inbox().stats().await.unwrap().waiting
}

#[tokio::test]
async fn an_update_is_stored_before_it_is_acknowledged() {
    let server = server().await;
    let (status, body) = server.json(TestServer::update(message(1))).await;
    assert_eq!((status, body), (StatusCode::OK, serde_json::Value::Null));
    assert_eq!(waiting(&server).await, 1);
}

#[tokio::test]
async fn an_update_that_comes_again_is_stored_once() {
    let server = server().await;
    for _ in 0..3 {
        assert_eq!(server.request(TestServer::update(message(1))).await.status(), StatusCode::OK);
    }
    let all = (2..100).map(|id| server.request(TestServer::update(message(id))));
    futures::future::join_all(all).await;
    assert_eq!(waiting(&server).await, 99);
}

#[tokio::test]
async fn a_slash_at_the_end_does_not_matter() {
    let server = server().await;
    let mut request = TestServer::update(message(1));
    *request.uri_mut() = "/telegram/webhook/".parse().unwrap();
    assert_eq!(server.request(request).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_or_missing_secret_is_refused() {
    let server = server().await;
    let (status, body) = server.json(post_json("/telegram/webhook", &json!({"update_id": 1}))).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    for secret in ["", "wrong", &WEBHOOK_SECRET[1..], &format!("{WEBHOOK_SECRET}x")] {
        let mut request = TestServer::update(message(1));
        request.headers_mut().insert("x-telegram-bot-api-secret-token", secret.parse().unwrap());
        assert_eq!(server.request(request).await.status(), StatusCode::UNAUTHORIZED, "{secret:?}");
    }
    assert_eq!(waiting(&server).await, 0);
}

#[tokio::test]
async fn what_is_no_update_is_refused_and_what_is_unknown_is_not() {
    let server = server().await;
    for bad in ["", "{", "[]", "{}", r#"{"update_id":"x"}"#, "nonsense"] {
        let (status, body) = server.json(TestServer::update(bad)).await;
        assert_eq!(problem_code(status, &body), "bad_request", "{bad:?}");
    }
    let invalid_utf8 = TestServer::update(Body::from(vec![b'{', 0xff, b'}']));
    assert_eq!(server.request(invalid_utf8).await.status(), StatusCode::BAD_REQUEST);
    for strange in [
        r#"{"update_id":1}"#,
        r#"{"update_id":2,"thing_of_tomorrow":{"chat":7}}"#,
        r#"{"update_id":3,"message":7}"#,
    ] {
        assert_eq!(server.request(TestServer::update(strange)).await.status(), StatusCode::OK, "{strange}");
    }
    assert_eq!(services::inbox::worker::work_once(&server.services).await.unwrap(), 3);
    let mut tx = server.services.store().begin_read().await.unwrap();
    assert_eq!(tx.inbox().stats().await.unwrap().done, 3, "strange updates are done, not retried");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = server().await;
    let (status, body) = server.json(TestServer::update("x".repeat((1 << 20) + 1))).await;
    assert_eq!(problem_code(status, &body), "too_large");
}

#[tokio::test]
async fn a_store_that_is_away_is_a_503_with_a_time_to_come_back() {
    let server = server().await;
    server.services.store().close().await;
    let response = server.request(TestServer::update(message(1))).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn other_methods_are_refused() {
    let server = server().await;
    let response = server.request(Request::get("/telegram/webhook").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}
