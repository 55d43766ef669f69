//! Every route and server function, and the identity that it needs: one table, held against what is really there.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{
    console_support::answer,
    support::{TestServer, get, server},
};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nobody in particular.
    Nothing,
    /// A player's access token.
    Player,
    /// A secret in the body or the address is the identity: init data, a login, a refresh token, a download's token.
    Body,
    /// A browser that has begun a sign-in, where a provider is set.
    Attempt,
    /// The platform's signature.
    ServiceKey,
    /// The secret that Telegram was told.
    WebhookSecret,
    /// The cookie of an operator's session.
    Operator,
}

const TABLE: [(&str, &str, Needs); 99] = [
    ("get", "/.well-known/jwks.json", Needs::Nothing),
    ("get", "/health/live", Needs::Nothing),
    ("get", "/health/ready", Needs::Nothing),
    ("get", "/v1/tournaments", Needs::Nothing),
    ("get", "/v1/tournaments/{id}", Needs::Nothing),
    ("get", "/v1/tournaments/{id}/board", Needs::Nothing),
    ("post", "/v1/tournaments/{id}/share", Needs::Player),
    ("get", "/v1/tournaments/{id}/live", Needs::Nothing),
    ("get", "/v1/tournaments/{id}/details", Needs::Nothing),
    ("get", "/v1/tournaments/{id}/periods", Needs::Nothing),
    ("get", "/v1/tournaments/{id}/results", Needs::Nothing),
    ("get", "/v1/tournaments/{id}/me", Needs::Player),
    ("get", "/v1/tournaments/{id}/scores", Needs::Player),
    ("post", "/v1/tournaments/{id}/join", Needs::Player),
    ("post", "/v1/tournaments/{id}/reminder", Needs::Player),
    ("delete", "/v1/tournaments/{id}/reminder", Needs::Player),
    ("get", "/v1/live", Needs::Nothing),
    ("get", "/v1/tg/history", Needs::Player),
    ("get", "/v1/tg/entries", Needs::Player),
    ("get", "/v1/tg/me", Needs::Player),
    ("get", "/v1/tg/privacy", Needs::Player),
    ("post", "/v1/tg/privacy/erasure", Needs::Player),
    ("delete", "/v1/tg/privacy/erasure", Needs::Player),
    ("post", "/v1/tg/privacy/export", Needs::Player),
    // The token in the address is the identity: `downloadFile` sends nothing else.
    ("get", "/v1/tg/privacy/export/{token}", Needs::Body),
    ("get", "/v1/tg/consents", Needs::Player),
    ("post", "/v1/tg/consents", Needs::Player),
    ("get", "/v1/tg/alias", Needs::Player),
    ("post", "/v1/tg/alias", Needs::Player),
    ("get", "/v1/tg/sessions", Needs::Player),
    ("delete", "/v1/tg/sessions", Needs::Player),
    ("delete", "/v1/tg/sessions/{id}", Needs::Player),
    ("get", "/v1/missions", Needs::Player),
    ("get", "/v1/missions/{id}", Needs::Player),
    ("post", "/v1/missions/{id}/claim", Needs::Player),
    ("get", "/v1/rewards", Needs::Player),
    ("post", "/v1/rewards/{id}/claim", Needs::Player),
    ("post", "/v1/tg/link", Needs::Player),
    ("post", "/v1/tg/link/preview", Needs::Player),
    ("post", "/v1/tg/start", Needs::Player),
    ("post", "/v1/tg/unlink", Needs::Player),
    ("post", "/v1/tg/handoff", Needs::Player),
    ("post", "/v1/platform/handoffs", Needs::ServiceKey),
    ("post", "/v1/platform/campaigns", Needs::ServiceKey),
    ("post", "/v1/platform/events", Needs::ServiceKey),
    ("post", "/v1/platform/notifications", Needs::ServiceKey),
    ("post", "/v1/platform/tokens", Needs::ServiceKey),
    ("get", "/v1/platform/tokens/{id}", Needs::ServiceKey),
    ("post", "/v1/telemetry", Needs::Nothing),
    ("post", "/v1/tg/exchange", Needs::Body),
    ("post", "/v1/tg/login", Needs::Body),
    ("post", "/v1/tg/logout", Needs::Body),
    ("get", "/v1/tg/oidc/start", Needs::Attempt),
    ("get", "/v1/tg/oidc/callback", Needs::Attempt),
    ("post", "/v1/tg/refresh", Needs::Body),
    ("post", "/telegram/webhook", Needs::WebhookSecret),
    // Server functions. A page asks for its own place with `around_me`, which needs a player; the board itself does not.
    ("post", "/fn/boards/page", Needs::Nothing),
    ("post", "/fn/tournaments/lobby", Needs::Nothing),
    ("post", "/fn/tournaments/page", Needs::Nothing),
    ("get", "/console", Needs::Operator),
    ("get", "/console/", Needs::Operator),
    // The door: whoever comes, and the style and scripts of the pages.
    ("get", "/console/enter", Needs::Nothing),
    ("get", "/console/files/{file}", Needs::Nothing),
    ("post", "/console/session", Needs::Player),
    ("post", "/console/sign-out", Needs::Operator),
    ("get", "/console/second-factor", Needs::Operator),
    ("post", "/console/second-factor", Needs::Operator),
    ("post", "/console/second-factor/replace", Needs::Operator),
    ("get", "/console/players", Needs::Operator),
    ("post", "/console/players", Needs::Operator),
    ("get", "/console/players/{player}", Needs::Operator),
    ("post", "/console/players/{player}/sessions/end", Needs::Operator),
    ("get", "/console/alive", Needs::Operator),
    ("get", "/console/tournaments", Needs::Operator),
    ("get", "/console/tournaments/new", Needs::Operator),
    ("post", "/console/tournaments/new", Needs::Operator),
    ("get", "/console/tournaments/{id}", Needs::Operator),
    ("get", "/console/tournaments/{id}/edit", Needs::Operator),
    ("post", "/console/tournaments/{id}/edit", Needs::Operator),
    ("get", "/console/tournaments/{id}/pulse", Needs::Operator),
    ("post", "/console/tournaments/{id}/{command}", Needs::Operator),
    ("get", "/console/tournaments/{id}/player", Needs::Operator),
    ("get", "/console/tournaments/{id}/players/{player}", Needs::Operator),
    ("post", "/console/tournaments/{id}/players/{player}/exclude", Needs::Operator),
    ("post", "/console/tournaments/{id}/players/{player}/reinstate", Needs::Operator),
    ("get", "/console/missions", Needs::Operator),
    ("get", "/console/missions/new", Needs::Operator),
    ("post", "/console/missions/new", Needs::Operator),
    ("get", "/console/missions/{id}", Needs::Operator),
    ("get", "/console/missions/{id}/edit", Needs::Operator),
    ("post", "/console/missions/{id}/edit", Needs::Operator),
    ("post", "/console/missions/{id}/stop", Needs::Operator),
    ("post", "/console/missions/{id}/resume", Needs::Operator),
    ("get", "/console/audit", Needs::Operator),
    ("get", "/console/operators", Needs::Operator),
    ("post", "/console/operators/invite", Needs::Operator),
    ("post", "/console/operators/{operator}/role", Needs::Operator),
    ("post", "/console/operators/{operator}/end", Needs::Operator),
    ("post", "/console/operators/{operator}/second-factor/reset", Needs::Operator),
];

#[test]
fn the_table_lists_what_is_there_and_nothing_else() {
    let document: Value = serde_json::from_str(&server::http::openapi::document_json().unwrap()).unwrap();
    let mut there: Vec<(String, String)> = vec![("post".to_owned(), "/telegram/webhook".to_owned())];
    for (path, methods) in document["paths"].as_object().unwrap() {
        there.extend(methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    let functions = leptos::server_fn::axum::server_fn_paths();
    there.extend(functions.map(|(path, method)| (method.as_str().to_ascii_lowercase(), path.to_owned())));
    let console = server::console::ROUTES.iter();
    there.extend(console.map(|(method, path)| ((*method).to_owned(), (*path).to_owned())));
    there.sort();
    let mut listed: Vec<(String, String)> =
        TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    listed.sort();
    assert_eq!(there, listed);
}

#[tokio::test]
async fn a_caller_without_the_needed_identity_is_refused_and_the_public_is_not() {
    let server = server().await;
    server.events(&json!([server.tournament("cup", "best", "desc")])).await;
    let bodies = BTreeMap::from([
        ("/v1/telemetry", json!({})),
        ("/v1/tg/exchange", json!({"init_data": "hash=0"})),
        ("/v1/tg/login", json!({"id": 42, "first_name": "Ada", "auth_date": 1, "hash": "0"})),
        ("/v1/tg/refresh", json!({"refresh_token": "x"})),
        ("/v1/tg/logout", json!({"refresh_token": "x"})),
        ("/fn/boards/page", json!({"id": "cup", "around_me": false, "limit": 10})),
        ("/fn/tournaments/page", json!({"id": "cup"})),
    ]);
    let door = answer(&server, get("/console/enter")).await.html;
    let style = door.split("/console/files/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for (method, path, needs) in TABLE {
        let body = bodies.get(path).cloned().unwrap_or_else(|| json!({}));
        let path = path.replace("{file}", &style);
        let path = if path == "/v1/live" { "/v1/live?boards=cup".to_owned() } else { path };
        let status = call(&server, method, &path.replace("{id}", "cup"), &body).await;
        match needs {
            Needs::Nothing => {
                // There are no final ranks yet, which everybody may know.
                let is_let_in =
                    status.is_success() || path.ends_with("/results") && status == StatusCode::CONFLICT;
                assert!(is_let_in, "{method} {path} refused the public: {status}");
            }
            Needs::Body | Needs::Attempt => {
                assert!(status.is_client_error(), "{method} {path} let nonsense in: {status}");
            }
            Needs::Player | Needs::ServiceKey | Needs::WebhookSecret | Needs::Operator => {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} let a stranger in");
            }
        }
    }
    let around_me = json!({"id": "cup", "around_me": true, "limit": 10});
    assert_eq!(call(&server, "post", "/fn/boards/page", &around_me).await, StatusCode::UNAUTHORIZED);
}

async fn call(server: &TestServer, method: &str, path: &str, body: &Value) -> StatusCode {
    let request = Request::builder()
        .method(method.to_ascii_uppercase().as_str())
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(if method == "get" { Body::empty() } else { Body::from(body.to_string()) })
        .unwrap();
    server.request(request).await.status()
}
