//! Staying signed in: rotation, a lost answer, a replay.

use axum::http::StatusCode;
use domain::session::SignedIn;
use serde_json::json;

use crate::support::{TestServer, get_as, post_json, problem_code, server};

async fn refresh(server: &TestServer, token: &str) -> Result<SignedIn, String> {
    let (status, body) = server.json(post_json("/v1/tg/refresh", &json!({"refresh_token": token}))).await;
    if status == StatusCode::OK {
        return Ok(serde_json::from_value(body).unwrap());
    }
    Err(problem_code(status, &body))
}

#[tokio::test]
async fn each_refresh_yields_the_next_token() {
    let server = server().await;
    let mut signed_in = server.sign_in(42, "Ada").await;
    for _ in 0..5 {
        server.clock.advance_ms(900_000);
        let next = refresh(&server, &signed_in.refresh_token).await.unwrap();
        assert_ne!(next.refresh_token, signed_in.refresh_token);
        assert_eq!(server.json(get_as("/v1/tg/me", &next.jwt)).await.0, StatusCode::OK);
        signed_in = next;
    }
}

#[tokio::test]
async fn a_lost_answer_is_forgiven_while_its_successor_is_unused() {
    let server = server().await;
    let first = server.sign_in(42, "Ada").await.refresh_token;
    let lost = refresh(&server, &first).await.unwrap().refresh_token;
    let again = refresh(&server, &first).await.unwrap().refresh_token;
    assert!(refresh(&server, &again).await.is_ok());
    // The answer that was lost, should it turn up, is a replay.
    assert_eq!(refresh(&server, &lost).await.unwrap_err(), "refresh_invalid");
}

#[tokio::test]
async fn a_replay_ends_the_family() {
    let server = server().await;
    let first = server.sign_in(42, "Ada").await.refresh_token;
    let second = refresh(&server, &first).await.unwrap().refresh_token;
    let third = refresh(&server, &second).await.unwrap().refresh_token;
    assert_eq!(refresh(&server, &first).await.unwrap_err(), "refresh_invalid");
    assert_eq!(refresh(&server, &third).await.unwrap_err(), "refresh_invalid", "the whole family is over");
}

#[tokio::test]
async fn a_stolen_token_that_is_used_first_ends_the_family_too() {
    let server = server().await;
    let token = server.sign_in(42, "Ada").await.refresh_token;
    let thief = refresh(&server, &token).await.unwrap().refresh_token;
    let thief = refresh(&server, &thief).await.unwrap().refresh_token;
    assert!(refresh(&server, &token).await.is_err(), "the owner is refused");
    assert!(refresh(&server, &thief).await.is_err(), "and so is the thief");
}

#[tokio::test]
async fn two_refreshes_at_once_leave_one_good_token() {
    let server = server().await;
    let token = server.sign_in(42, "Ada").await.refresh_token;
    let (left, right) = tokio::join!(refresh(&server, &token), refresh(&server, &token));
    let (left, right) = (left.unwrap().refresh_token, right.unwrap().refresh_token);
    assert_ne!(left, right);
    let good = [refresh(&server, &left).await.is_ok(), refresh(&server, &right).await.is_ok()];
    assert_ne!(good, [true, true], "two successors of one token are both good");
}

#[tokio::test]
async fn a_session_that_was_not_refreshed_in_time_is_over() {
    let server = server().await;
    let token = server.sign_in(42, "Ada").await.refresh_token;
    server.clock.advance_ms(30 * 24 * 3_600_000);
    assert_eq!(refresh(&server, &token).await.unwrap_err(), "refresh_invalid");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let server = server().await;
    let token = server.sign_in(42, "Ada").await.refresh_token;
    let sign_out = || post_json("/v1/tg/logout", &json!({"refresh_token": token}));
    assert_eq!(server.request(sign_out()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(refresh(&server, &token).await.unwrap_err(), "refresh_invalid");
    assert_eq!(server.request(sign_out()).await.status(), StatusCode::NO_CONTENT, "twice is fine");
}

#[tokio::test]
async fn made_up_tokens_are_refused() {
    let server = server().await;
    let real = server.sign_in(42, "Ada").await.refresh_token;
    let mut changed = real.clone().into_bytes();
    changed[5] = if changed[5] == b'A' { b'B' } else { b'A' };
    for token in ["", "nonsense", &"A".repeat(75), &String::from_utf8(changed).unwrap()] {
        assert_eq!(refresh(&server, token).await.unwrap_err(), "refresh_invalid");
    }
    assert!(refresh(&server, &real).await.is_ok(), "a made-up token must not end a real session");
}
