//! Signing in by init data.

use axum::http::{StatusCode, header};
use domain::Clock;
use serde_json::json;

use crate::support::{get, get_as, limited_server, post_json, problem_code, server};

#[tokio::test]
async fn good_init_data_signs_in_and_the_token_says_who() {
    let server = server().await;
    let init_data = server.init_data(42, "Ada");
    let response = server.request(post_json("/v1/tg/exchange", &json!({"init_data": init_data}))).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");

    let signed_in = server.sign_in(42, "Ada").await;
    assert_eq!(signed_in.expires_in, 900);
    let (status, me) = server.json(get_as("/v1/tg/me", &signed_in.jwt)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(me["telegram_user_id"], 42);
    assert_eq!(me["first_name"], "Ada");
    assert_eq!(me["user_id"], signed_in.user.user_id.to_string());
    assert_eq!(me["kyc"], json!({"level": "none"}));
    assert!(me.get("platform_user_id").is_none(), "a light profile has no platform id");
}

#[tokio::test]
async fn a_person_stays_the_same_user() {
    let server = server().await;
    let first = server.sign_in(42, "Ada").await;
    let second = server.sign_in(42, "Ada Lovelace").await;
    assert_eq!(first.user.user_id, second.user.user_id);
    assert_eq!(first.user.alias, second.user.alias);
    assert_eq!(second.user.first_name, "Ada Lovelace");
    assert!(!first.user.alias.contains("Ada"), "an alias that nobody chose holds nothing of the person");
}

#[tokio::test]
async fn many_sign_ins_at_once_each_get_their_own_session() {
    let server = server().await;
    let all = futures::future::join_all((0..50).map(|number| server.sign_in(number % 10 + 1, "Ada"))).await;
    let users: std::collections::BTreeSet<_> = all.iter().map(|signed_in| signed_in.user.user_id).collect();
    let tokens: std::collections::BTreeSet<_> =
        all.iter().map(|signed_in| &signed_in.refresh_token).collect();
    assert_eq!((users.len(), tokens.len()), (10, 50));
}

#[tokio::test]
async fn each_kind_of_bad_init_data_has_its_code() {
    let server = server().await;
    let good = server.init_data(42, "Ada");
    let forged = good.replace("Ada", "Eve");
    let twice = format!("{good}&auth_date=1");
    let mut cases = vec![
        (String::new(), "init_data_malformed"),
        ("nonsense".to_owned(), "init_data_malformed"),
        ("x".repeat(9000), "init_data_malformed"),
        (twice, "init_data_malformed"),
        (forged, "init_data_invalid"),
    ];
    server.clock.advance_ms(600_001);
    let stale = good.clone();
    cases.push((stale, "init_data_stale"));
    let from_the_future = {
        server.clock.advance_ms(3_600_000);
        let future = server.init_data(42, "Ada");
        server.clock.advance_ms(-3_600_000);
        future
    };
    cases.push((from_the_future, "init_data_invalid"));
    for (init_data, code) in cases {
        let (status, body) =
            server.json(post_json("/v1/tg/exchange", &json!({"init_data": init_data}))).await;
        assert_eq!(problem_code(status, &body), code);
        assert_eq!(status.as_u16(), if code == "init_data_malformed" { 400 } else { 401 });
    }
}

#[tokio::test]
async fn a_token_expires_after_its_time() {
    let server = server().await;
    let signed_in = server.sign_in(42, "Ada").await;
    server.clock.advance_ms(899_000);
    assert_eq!(server.json(get_as("/v1/tg/me", &signed_in.jwt)).await.0, StatusCode::OK);
    server.clock.advance_ms(1_000);
    let (status, body) = server.json(get_as("/v1/tg/me", &signed_in.jwt)).await;
    assert_eq!(problem_code(status, &body), "token_expired");
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    let (head, signature) = jwt.rsplit_once('.').unwrap();
    let (header_part, claims) = head.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIn0";
    let forged = [
        String::new(),
        "nonsense".to_owned(),
        format!("{head}."),
        format!("{head}.{}", signature.chars().rev().collect::<String>()),
        format!("{none}.{claims}."),
        format!("{header_part}.{}.{signature}", claims.chars().rev().collect::<String>()),
    ];
    for token in forged {
        let response = server.request(get_as("/v1/tg/me", &token)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token}");
        assert!(response.headers().contains_key(header::WWW_AUTHENTICATE));
    }
    let (status, body) = server.json(get("/v1/tg/me")).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
}

#[tokio::test]
async fn the_published_keys_verify_our_tokens() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    let (_, jwks) = server.json(get("/.well-known/jwks.json")).await;
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks).unwrap();
    let kid = jsonwebtoken::decode_header(&jwt).unwrap().kid.unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["podium"]);
    validation.set_issuer(&["http://127.0.0.1:3000"]);
    // The test's clock stands in the past.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<serde_json::Value>(&jwt, &key, &validation).unwrap().claims;
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert_eq!(claims["iat"], server.clock.now().as_secs());
    for claim in ["sub", "sid", "scope"] {
        assert!(claims[claim].is_string(), "{claim}");
    }
}

#[tokio::test]
async fn keys_rotate_without_a_restart_and_without_refusing_anyone() {
    let server = server().await;
    let old = server.sign_in(42, "Ada").await.jwt;
    let kid = |jwt: &str| jsonwebtoken::decode_header(jwt).unwrap().kid.unwrap();
    let new_kid = services::tokens::rotate(&server.services).await.unwrap();
    // Published at once (within a reload), not signing yet.
    server.clock.advance_ms(31_000);
    let (_, jwks) = server.json(get("/.well-known/jwks.json")).await;
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    assert_eq!(kid(&server.sign_in(42, "Ada").await.jwt), kid(&old));
    // Signing after the time that everyone had to learn of it.
    server.clock.advance_ms(120_000);
    let new = server.sign_in(42, "Ada").await.jwt;
    assert_eq!(kid(&new), new_kid);
    assert_eq!(server.json(get_as("/v1/tg/me", &old)).await.0, StatusCode::OK);
    // Gone when the last token of the old key is over.
    server.clock.advance_ms(1_100_000);
    let (_, jwks) = server.json(get("/.well-known/jwks.json")).await;
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn too_many_tries_are_told_when_to_come_back() {
    let server = limited_server().await;
    let mut refused = None;
    for _ in 0..60 {
        let request = post_json("/v1/tg/exchange", &json!({"init_data": server.init_data(42, "Ada")}));
        let response = server.request(request).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(response);
            break;
        }
        assert_eq!(response.status(), StatusCode::OK);
    }
    let refused = refused.expect("sixty sign-ins of one person in no time were all let in");
    let seconds: i64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    server.clock.advance_ms(seconds * 1000);
    let again = post_json("/v1/tg/exchange", &json!({"init_data": server.init_data(42, "Ada")}));
    assert_eq!(server.request(again).await.status(), StatusCode::OK);
}
