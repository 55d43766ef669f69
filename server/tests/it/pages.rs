//! Pages, the site's files, and what fences them in.

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::json;

use crate::support::{TestServer, get, server};

async fn page(server: &TestServer, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = server.request(request).await;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn server_with_a_cup() -> TestServer {
    let server = server().await;
    server
        .events(&json!([
            server.tournament("cup", "best", "desc"),
            server.user("1", "NovaFox", Some(42)),
            server.score("s1", "cup", "1", 1200),
        ]))
        .await;
    server
}

fn policy(headers: &HeaderMap) -> &str {
    headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap()
}

#[tokio::test]
async fn the_app_shows_the_board_before_any_script_runs() {
    let server = server_with_a_cup().await;
    for path in ["/app", "/app/", "/app/t/cup", "/app?tgWebAppStartParam=t_cup"] {
        let (status, headers, html) = page(&server, get(path)).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert!(html.contains("NovaFox") && html.contains("1,200"), "{path}: {html}");
    }
    let (_, _, shared) = page(&server, get("/app?tgWebAppStartParam=t_cup")).await;
    assert!(shared.contains(r#""path":"/app/t/cup""#), "the link's tournament is not what was rendered");
}

#[tokio::test]
async fn the_app_may_be_framed_by_telegram_and_other_pages_by_nobody() {
    let server = server_with_a_cup().await;
    for path in ["/app", "/app/t/cup", "/app/t/unknown", "/app/profile"] {
        let (_, headers, _) = page(&server, get(path)).await;
        let policy = policy(&headers);
        assert!(policy.contains("frame-ancestors https://web.telegram.org "), "{path}: {policy}");
        assert!(policy.contains("'wasm-unsafe-eval' https://telegram.org"), "{path}: {policy}");
        assert!(headers.get(header::X_FRAME_OPTIONS).is_none(), "{path}");
    }
    for path in ["/", "/kit", "/nothing-here", "/app/bonus"] {
        let (_, headers, _) = page(&server, get(path)).await;
        assert!(policy(&headers).ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY", "{path}");
        assert!(!policy(&headers).contains("script-src"), "{path}");
    }
}

#[tokio::test]
async fn every_page_has_the_common_headers_and_a_nonce_of_its_own() {
    let server = server().await;
    let mut policies = Vec::new();
    for path in ["/", "/", "/app", "/kit"] {
        let (_, headers, html) = page(&server, get(path)).await;
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        assert!(headers.contains_key("permissions-policy"), "{path}");
        assert!(headers.get(header::STRICT_TRANSPORT_SECURITY).is_none(), "{path} is not https here");
        let policy = policy(&headers).to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert!(html.contains(&format!("nonce=\"{nonce}\"")), "{path}");
        policies.push(policy);
    }
    assert_ne!(policies[0], policies[1]);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people() {
    let server = server().await;
    for path in ["/nothing-here", "/app/nothing", "/app/t/a/b", "/i18n/de.json", "/pkg/none.js"] {
        let (status, headers, html) = page(&server, get(path)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        assert!(html.contains("<h1"), "{path}");
    }
    let (status, _, html) = page(&server, get("/app/t/unknown")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("There is no such tournament"), "{html}");
}

#[tokio::test]
async fn a_page_is_in_the_language_that_the_browser_asks_for() {
    let server = server_with_a_cup().await;
    let request = Request::get("/app").header(header::ACCEPT_LANGUAGE, "ru-RU,ru;q=0.9,en;q=0.8");
    let (_, headers, html) = page(&server, request.body(Body::empty()).unwrap()).await;
    assert!(html.contains("<html lang=\"ru\">") && html.contains("Зимний кубок"), "{html}");
    let varies = headers.get_all(header::VARY).iter().any(|value| value == "accept-language");
    assert!(varies, "{headers:?}");
}

#[tokio::test]
async fn texts_of_every_language_can_be_had_alone() {
    let server = server().await;
    for locale in domain::Locale::ALL {
        let (status, headers, json) = page(&server, get(&format!("/i18n/{}.json", locale.tag()))).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(i18n::Catalog::from_json(&json).unwrap().locale(), locale);
    }
}

#[tokio::test]
async fn code_is_kept_for_ever_and_called_by_its_type() {
    let server = server().await;
    let (status, headers, _) = page(&server, get("/pkg/podium.0.wasm")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "application/wasm");
    assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    let (status, ..) = page(&server, get("/pkg/../assets.json")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn html_is_compressed() {
    let server = server_with_a_cup().await;
    let request = Request::get("/app").header(header::ACCEPT_ENCODING, "br").body(Body::empty()).unwrap();
    let response = server.request(request).await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
}
