//! Launches that look stolen: each rule catches what it is for and lets an honest player pass.

use axum::http::StatusCode;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::support::{TestServer, limited_server, post_json, problem_code, server};

const HOME: &str = "203.0.113.7:5000";
const PHONE: &str = "198.51.100.7:5000";
const FAR: &str = "[2001:db8::1]:5000";
const FARTHER: &str = "192.0.2.1:5000";

/// Exchanges init data from somewhere; "ok", or the code of the refusal.
async fn exchange(server: &TestServer, init_data: &str, from: &str) -> String {
    let response =
        server.request_from(from, post_json("/v1/tg/exchange", &json!({"init_data": init_data}))).await;
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    if status == StatusCode::OK { "ok".to_owned() } else { problem_code(status, &body) }
}

/// Init data whose `auth_date` lies ahead.
fn ahead(server: &TestServer, ms: i64) -> String {
    server.clock.advance_ms(ms);
    let init_data = server.init_data(42, "Ada");
    server.clock.advance_ms(-ms);
    init_data
}

#[tokio::test]
async fn one_launch_on_four_networks_is_burnt_everywhere() {
    let server = limited_server().await;
    let init_data = server.init_data(42, "Ada");
    for from in [HOME, PHONE, FAR] {
        assert_eq!(exchange(&server, &init_data, from).await, "ok", "{from}");
    }
    for from in [FARTHER, FARTHER, HOME] {
        assert_eq!(exchange(&server, &init_data, from).await, "init_data_stale", "{from}");
    }
    // The player opens the app afresh.
    server.clock.advance_ms(1_000);
    assert_eq!(exchange(&server, &server.init_data(42, "Ada"), HOME).await, "ok");
}

#[tokio::test]
async fn a_player_who_goes_from_home_to_the_street_and_back_passes() {
    let server = limited_server().await;
    let init_data = server.init_data(42, "Ada");
    for from in [HOME, PHONE, HOME, PHONE, "203.0.200.9:1", HOME] {
        assert_eq!(exchange(&server, &init_data, from).await, "ok", "{from}");
    }
}

#[tokio::test]
async fn a_launch_from_the_future_on_a_second_network_is_refused() {
    let server = limited_server().await;
    let init_data = ahead(&server, 200_000);
    assert_eq!(exchange(&server, &init_data, HOME).await, "ok");
    for from in [PHONE, PHONE, HOME] {
        assert_eq!(exchange(&server, &init_data, from).await, "init_data_stale", "{from}");
    }
}

#[tokio::test]
async fn a_player_whose_clock_is_a_little_ahead_passes_everywhere() {
    let server = limited_server().await;
    let init_data = ahead(&server, 30_000);
    for from in [HOME, PHONE, FAR] {
        assert_eq!(exchange(&server, &init_data, from).await, "ok", "{from}");
    }
}

#[tokio::test]
async fn a_late_launch_on_another_network_is_refused_however_often_it_is_tried() {
    let server = limited_server().await;
    let init_data = server.init_data(42, "Ada");
    assert_eq!(exchange(&server, &init_data, HOME).await, "ok");
    server.clock.advance_ms(400_000);
    for from in [PHONE, PHONE, FAR, HOME] {
        assert_eq!(exchange(&server, &init_data, from).await, "init_data_stale", "{from}");
    }
    assert_eq!(exchange(&server, &server.init_data(42, "Ada"), PHONE).await, "ok");
}

#[tokio::test]
async fn a_player_who_reloads_late_passes() {
    let server = limited_server().await;
    let init_data = server.init_data(42, "Ada");
    assert_eq!(exchange(&server, &init_data, HOME).await, "ok");
    // On the way before it is late: a network that is known already.
    assert_eq!(exchange(&server, &init_data, PHONE).await, "ok");
    server.clock.advance_ms(580_000);
    for from in [HOME, PHONE] {
        assert_eq!(exchange(&server, &init_data, from).await, "ok", "{from}");
    }
}

#[tokio::test]
async fn without_limits_nothing_is_suspicious() {
    let server = server().await;
    let init_data = server.init_data(42, "Ada");
    for from in [HOME, PHONE, FAR, FARTHER] {
        assert_eq!(exchange(&server, &init_data, from).await, "ok", "{from}");
    }
}
