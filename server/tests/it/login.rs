//! Signing in outside Telegram, by the Login Widget: `POST /v1/tg/login`, and the page `/login`.

use axum::http::{StatusCode, header};
use domain::Clock;
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};
use telegram::{init_data, login_widget, token::BotToken};

use crate::support::{
    TOKEN, TestServer, get, get_as, limited_server, post_json, problem_code, server, server_with,
};

/// What the widget hands over of somebody who confirms now.
fn fields(server: &TestServer, id: i64, first_name: &str) -> Value {
    let (id_text, date) = (id.to_string(), server.clock.now().as_secs().to_string());
    let token: BotToken = TOKEN.parse().unwrap();
    let signed = login_widget::sign(
        &[("id", &id_text), ("first_name", first_name), ("username", "ada_l"), ("auth_date", &date)],
        &token,
    );
    let fields: Map<String, Value> =
        signed.iter().map(|(key, value)| (key.to_owned(), json!(value))).collect();
    let mut fields = Value::Object(fields);
    fields["id"] = json!(id);
    fields
}

async fn login(server: &TestServer, fields: &Value) -> (StatusCode, Value) {
    server.json(post_json("/v1/tg/login", fields)).await
}

/// The code with which a login is refused.
async fn refusal(server: &TestServer, fields: &Value) -> String {
    let (status, body) = login(server, fields).await;
    problem_code(status, &body)
}

async fn text(server: &TestServer, path: &str) -> (StatusCode, String) {
    let response = server.request(get(path)).await;
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_confirmed_person_is_signed_in_and_is_the_one_of_the_app() {
    let server = server().await;
    let in_telegram = server.sign_in(42, "Ada").await;
    let response = server.request(post_json("/v1/tg/login", &fields(&server, 42, "Other"))).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let outside: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(outside["user"]["user_id"], in_telegram.user.user_id.to_string());
    assert_eq!(outside["user"]["first_name"], "Ada", "what Telegram says inside stays");
    let jwt = outside["jwt"].as_str().unwrap();
    assert_eq!(server.json(get_as("/v1/tg/me", jwt)).await.0, StatusCode::OK);
    let refreshed = json!({"refresh_token": outside["refresh_token"]});
    assert_eq!(server.json(post_json("/v1/tg/refresh", &refreshed)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn somebody_new_becomes_a_light_profile() {
    let server = server().await;
    let (status, body) = login(&server, &fields(&server, 43, "Bea")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!((&body["user"]["first_name"], &body["user"]["telegram_user_id"]), (&json!("Bea"), &json!(43)));
    assert!(body["user"].get("platform_user_id").is_none());
}

#[tokio::test]
async fn the_language_that_a_person_has_in_telegram_stays() {
    let server = server().await;
    let user = json!({"id": 42, "first_name": "Ada", "language_code": "it"}).to_string();
    let date = server.clock.now().as_secs().to_string();
    let raw =
        init_data::sign(&[("user", user.as_str()), ("auth_date", date.as_str())], &TOKEN.parse().unwrap());
    server.json(post_json("/v1/tg/exchange", &json!({"init_data": raw}))).await;
    let (_, body) = login(&server, &fields(&server, 42, "Ada")).await;
    assert_eq!(body["user"]["locale"], "it");
}

#[tokio::test]
async fn each_kind_of_bad_login_has_its_code() {
    let server = server().await;
    let good = fields(&server, 42, "Ada");
    let changed = |name: &str, value: Value| {
        let mut fields = good.clone();
        fields[name] = value;
        fields
    };
    assert_eq!(refusal(&server, &json!({})).await, "login_malformed");
    assert_eq!(refusal(&server, &changed("hash", json!("x"))).await, "login_malformed");
    assert_eq!(refusal(&server, &changed("first_name", json!("A\nid=7"))).await, "login_malformed");
    assert_eq!(refusal(&server, &changed("id", json!(7))).await, "login_invalid");
    assert_eq!(refusal(&server, &changed("is_admin", json!("true"))).await, "login_invalid");
    let of_another_bot = {
        let token: BotToken = "1234567890:another-token-of-the-very-same-bot".parse().unwrap();
        let date = server.clock.now().as_secs().to_string();
        let signed = login_widget::sign(&[("id", "42"), ("first_name", "A"), ("auth_date", &date)], &token);
        json!(signed.iter().collect::<std::collections::BTreeMap<_, _>>())
    };
    assert_eq!(refusal(&server, &of_another_bot).await, "login_invalid");
    assert_eq!(refusal(&server, &json!("nonsense")).await, "bad_request");
    assert_eq!(refusal(&server, &changed("id", json!({}))).await, "bad_request");

    server.clock.advance_ms(600_001);
    assert_eq!(refusal(&server, &good).await, "login_stale");
    server.clock.advance_ms(3_600_000);
    let future = fields(&server, 42, "Ada");
    server.clock.advance_ms(-3_600_000);
    assert_eq!(refusal(&server, &future).await, "login_invalid");
}

#[tokio::test]
async fn a_key_that_stands_twice_is_malformed() {
    let server = server().await;
    let good = fields(&server, 42, "Ada").to_string();
    let twice = good.replacen('{', r#"{"id":7,"#, 1);
    let request = axum::http::Request::post("/v1/tg/login")
        .header(header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(twice))
        .unwrap();
    let (status, body) = server.json(request).await;
    assert_eq!(problem_code(status, &body), "login_malformed");
}

#[tokio::test]
async fn a_login_is_good_once_and_the_next_one_is_too() {
    let server = server().await;
    let first = fields(&server, 42, "Ada");
    assert_eq!(login(&server, &first).await.0, StatusCode::OK);
    assert_eq!(refusal(&server, &first).await, "login_used");
    server.clock.advance_ms(599_000);
    assert_eq!(refusal(&server, &first).await, "login_used");
    assert_eq!(login(&server, &fields(&server, 42, "Ada")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn init_data_signs_in_nowhere_but_at_exchange_and_a_login_not_there() {
    let server = server().await;
    let raw = server.init_data(42, "Ada");
    let as_fields: Map<String, Value> = raw
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| {
            let value = percent_decode(value);
            (key.to_owned(), json!(value))
        })
        .collect();
    assert_eq!(refusal(&server, &Value::Object(as_fields)).await, "login_invalid");

    let fields = fields(&server, 42, "Ada");
    let mut as_init_data: Vec<String> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| {
            format!("{key}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();
    as_init_data.push("user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Ada%22%7D".to_owned());
    let body = json!({"init_data": as_init_data.join("&")});
    let (status, body) = server.json(post_json("/v1/tg/exchange", &body)).await;
    assert_eq!(problem_code(status, &body), "init_data_invalid");
}

fn percent_decode(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={text}").as_bytes()).next().unwrap().1.into_owned()
}

#[tokio::test]
async fn a_person_has_one_limit_for_all_ways_in() {
    let server = limited_server().await;
    for _ in 0..20 {
        let request = post_json("/v1/tg/exchange", &json!({"init_data": server.init_data(42, "Ada")}));
        assert_eq!(server.request(request).await.status(), StatusCode::OK);
    }
    let response = server.request(post_json("/v1/tg/login", &fields(&server, 42, "Ada"))).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
    // Refused is not used: the same login is good after the wait.
    server.clock.advance_ms(3_000);
    assert_eq!(login(&server, &fields(&server, 43, "Bea")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_page_offers_what_is_set_up_and_nothing_can_frame_it() {
    let server = server().await;
    let response = server.request(get("/login?next=/console")).await;
    let headers = response.headers().clone();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    let (_, html) = text(&server, "/login?next=/console").await;
    assert!(html.contains("https://oauth.telegram.org/auth?bot_id=1234567890&amp;origin="), "{html}");
    assert!(html.contains("login%3Fnext%3D%252Fconsole"), "{html}");
    assert!(html.contains("data-next=\"/console\""), "{html}");
    assert!(!html.contains("login-oidc"), "{html}");

    let oidc = [("TELEGRAM_OIDC_CLIENT_ID", "1"), ("TELEGRAM_OIDC_CLIENT_SECRET", "hunter2")];
    let (_, html) = text(&server_with(&oidc).await, "/login?next=/console").await;
    assert!(html.contains("href=\"/v1/tg/oidc/start?next=/console\"") && !html.contains("hunter2"), "{html}");
}

#[tokio::test]
async fn the_page_sends_nobody_elsewhere() {
    let server = server().await;
    for next in [
        "https://evil.example/",
        "//evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
    ] {
        let (status, html) = text(&server, &format!("/login?next={next}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.contains("data-next=\"/app\"") && !html.contains("evil"), "{next}");
    }
}
