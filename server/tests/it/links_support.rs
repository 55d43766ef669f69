//! What the tests of tokens and links have in common: what the platform orders, and what a person does with it.

use axum::http::StatusCode;
use domain::{audit::AuditAction, session::SignedIn};
use serde_json::{Value, json};
use telegram::{init_data, token::BotToken};

use crate::support::{TOKEN, TestServer, get_as, post_json, problem_code, server};

/// A server that knows its bot's name.
pub async fn named_server() -> TestServer {
    let server = server().await;
    name_bot(&server).await;
    server
}

pub async fn name_bot(server: &TestServer) {
    let mut tx = server.services.store().begin_write().await.unwrap();
    tx.settings().set("bot.username", b"PodiumBot").await.unwrap();
    tx.save().await.unwrap();
}

pub async fn order(server: &TestServer, order: &Value) -> (StatusCode, Value) {
    server.json(server.signed("POST", "/v1/platform/tokens", &order.to_string())).await
}

/// A token that links the account.
pub async fn link_token(server: &TestServer, account: &str) -> Value {
    token(server, &json!({"action": "link", "platform_user_id": account, "platform_account": "a•••n"})).await
}

pub async fn token(server: &TestServer, what: &Value) -> Value {
    let (status, issued) = order(server, what).await;
    assert_eq!(status, StatusCode::CREATED, "{issued}");
    issued
}

pub async fn status_of(server: &TestServer, issued: &Value) -> Value {
    let path = format!("/v1/platform/tokens/{}", issued["token_id"].as_str().unwrap());
    let (status, body) = server.json(server.signed("GET", &path, "")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

pub async fn post_as(server: &TestServer, who: &SignedIn, path: &str, body: &Value) -> (StatusCode, Value) {
    let mut request = post_json(path, body);
    request.headers_mut().insert("authorization", format!("Bearer {}", who.jwt).parse().unwrap());
    server.json(request).await
}

pub async fn link(server: &TestServer, who: &SignedIn, token: &Value) -> Result<Value, String> {
    link_with(server, who, token, json!({"init_data": server.init_data(who.user.telegram_user_id.0, "Ada")}))
        .await
}

pub async fn link_with(
    server: &TestServer,
    who: &SignedIn,
    token: &Value,
    mut body: Value,
) -> Result<Value, String> {
    body["token"] = token["token"].clone();
    let (status, answer) = post_as(server, who, "/v1/tg/link", &body).await;
    if status.is_success() { Ok(answer) } else { Err(problem_code(status, &answer)) }
}

pub async fn unlink(server: &TestServer, who: &SignedIn) -> Result<Value, String> {
    let init_data = server.init_data(who.user.telegram_user_id.0, "Ada");
    let (status, answer) = post_as(server, who, "/v1/tg/unlink", &json!({"init_data": init_data})).await;
    if status.is_success() { Ok(answer) } else { Err(problem_code(status, &answer)) }
}

/// What a launch with this start parameter was about.
pub async fn start(server: &TestServer, who: &SignedIn, parameter: Option<&str>) -> Result<Value, String> {
    let user =
        json!({"id": who.user.telegram_user_id, "first_name": "Ada", "language_code": "en"}).to_string();
    let auth_date = server.services.now().as_secs().to_string();
    let mut pairs = vec![("user", user.as_str()), ("auth_date", auth_date.as_str())];
    pairs.extend(parameter.map(|parameter| ("start_param", parameter)));
    let bot: BotToken = TOKEN.parse().unwrap();
    let init_data = init_data::sign(&pairs, &bot);
    let (status, answer) = post_as(server, who, "/v1/tg/start", &json!({"init_data": init_data})).await;
    if status.is_success() { Ok(answer) } else { Err(problem_code(status, &answer)) }
}

pub async fn me(server: &TestServer, who: &SignedIn) -> Value {
    let (status, body) = server.json(get_as("/v1/tg/me", &who.jwt)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// What the audit log tells of a user, the newest first.
pub async fn audit_of(server: &TestServer, user_id: &Value) -> Vec<(AuditAction, Value)> {
    let user_id = user_id.as_str().unwrap().parse().unwrap();
    let mut tx = server.services.store().begin_read().await.unwrap();
    let lines = tx.audit().by_subject(user_id, None, None, 100).await.unwrap();
    lines.into_iter().map(|line| (line.action, serde_json::from_str(&line.detail).unwrap())).collect()
}

/// The person writes to the bot.
pub async fn start_chat(server: &TestServer, id: i64) {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let person = domain::TelegramUserId(id);
    let now = server.services.now();
    tx.users().set_reachability(person, domain::Reachability::Reachable, now).await.unwrap();
    tx.save().await.unwrap();
}

pub async fn waiting(server: &TestServer) -> u64 {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.outbox().backlog().await.unwrap().waiting
}

pub async fn notify(server: &TestServer, body: &Value) -> (StatusCode, Value) {
    server.json(server.signed("POST", "/v1/platform/notifications", &body.to_string())).await
}
