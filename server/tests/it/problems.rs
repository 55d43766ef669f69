//! Any body, any header: a problem document, never a 500, never a panic.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{Rng, SeededRng};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::support::{get, post_json, problem_code, server};

const CALLS: [&str; 13] = [
    "/v1/tg/exchange",
    "/v1/tg/refresh",
    "/v1/tg/logout",
    "/v1/telemetry",
    "/v1/tg/link",
    "/v1/tg/link/preview",
    "/v1/tg/start",
    "/v1/tg/unlink",
    "/v1/platform/campaigns",
    "/v1/platform/events",
    "/v1/platform/notifications",
    "/v1/platform/tokens",
    "/telegram/webhook",
];

#[tokio::test]
async fn nonsense_is_answered_by_a_problem_document() {
    let server = server().await;
    let rng = SeededRng::new(3);
    let mut bodies: Vec<Vec<u8>> = [
        "",
        "{}",
        "[]",
        "null",
        "1",
        "\"\"",
        "{\"init_data\":7}",
        "{\"refresh_token\":null}",
        "{\"rtt_ms\":[-1]}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    bodies.push(b"[".repeat(10_000));
    bodies.push(format!("{{\"init_data\":\"{}\"}}", "a=b&".repeat(4_000)).into_bytes());
    for length in [1, 10, 1_000] {
        let mut random = vec![0; length];
        rng.fill(&mut random);
        bodies.push(random);
    }
    for path in CALLS {
        for body in &bodies {
            for content_type in
                ["application/json", "text/plain", "application/cloudevents-batch+json", "\u{e9}"]
            {
                let request = Request::post(path)
                    .header(header::CONTENT_TYPE, content_type)
                    .header(header::AUTHORIZATION, "Bearer \u{e9}")
                    .header("webhook-timestamp", "9999999999999999999")
                    .header("traceparent", "00-zz-zz-00")
                    .header("x-forwarded-for", ",,,")
                    .body(Body::from(body.clone()))
                    .unwrap();
                let response = server.request(request).await;
                let status = response.status();
                assert!(status.as_u16() < 500, "{path} answered {status}");
                if status.is_success() {
                    continue;
                }
                assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
                let bytes = response.into_body().collect().await.unwrap().to_bytes();
                let body: Value = serde_json::from_slice(&bytes).unwrap();
                problem_code(status, &body);
            }
        }
    }
}

#[tokio::test]
async fn every_method_on_every_call_is_answered() {
    let server = server().await;
    for path in CALLS.into_iter().chain([
        "/v1/tg/me",
        "/v1/tournaments",
        "/v1/nothing",
        "/fn/nothing",
        "/openapi.json",
    ]) {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS]
        {
            let request = Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
            let status = server.request(request).await.status();
            assert!(status.as_u16() < 500, "{method} {path} answered {status}");
        }
    }
}

#[tokio::test]
async fn an_unknown_call_and_a_wrong_method_have_their_codes() {
    let server = server().await;
    let (status, body) = server.json(get("/v1/nothing")).await;
    assert_eq!((status, problem_code(status, &body).as_str()), (StatusCode::NOT_FOUND, "not_found"));
    let (status, body) = server.json(get("/v1/tg/exchange")).await;
    assert_eq!(problem_code(status, &body), "method_not_allowed");
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let server = server().await;
    let (status, body) =
        server.json(post_json("/v1/tg/exchange", &json!({"init_data": "x".repeat(70_000)}))).await;
    assert_eq!(problem_code(status, &body), "too_large");
}

#[tokio::test]
async fn a_problem_carries_the_caller_s_trace() {
    let server = server().await;
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = Request::get("/v1/tg/me")
        .header("traceparent", format!("00-{trace_id}-00f067aa0ba902b7-01"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(server.json(request).await.1["trace_id"], trace_id);
}

#[tokio::test]
async fn a_report_of_the_page_is_bounded() {
    let server = server().await;
    let report = |body: Value| post_json("/v1/telemetry", &body);
    assert_eq!(
        server.request(report(json!({"rtt_ms": [12, 40], "opened": true}))).await.status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(server.request(report(json!({}))).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        server.request(report(json!({"rtt_ms": vec![1; 17]}))).await.status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(server.request(report(json!({"user_id": "x"}))).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_server_that_drains_serves_on_and_is_not_ready() {
    let server = server().await;
    assert_eq!(server.request(get("/health/ready")).await.status(), StatusCode::OK);
    server.stop.draining.cancel();
    assert_eq!(server.request(get("/health/ready")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.request(get("/health/live")).await.status(), StatusCode::OK);
    assert_eq!(server.request(get("/v1/tournaments")).await.status(), StatusCode::OK);
}
