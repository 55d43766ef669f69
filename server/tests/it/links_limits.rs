//! How often tokens may be shown, and how what becomes of them is counted.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::{TokenAction, session::SignedIn};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};

use crate::{
    links_support::{link, link_token, named_server, post_as, start, token},
    support::{self, limited_server, problem_code},
};

#[tokio::test]
async fn who_guesses_tokens_must_wait() {
    let server = limited_server().await;
    let ada = server.sign_in(42, "Ada").await;
    let mut codes = Vec::new();
    for _ in 0..21 {
        let (status, body) =
            post_as(&server, &ada, "/v1/tg/link/preview", &json!({"token": "A".repeat(22)})).await;
        codes.push(problem_code(status, &body));
    }
    assert_eq!(codes.pop().unwrap(), "rate_limited");
    let again = server.sign_in(42, "Ada").await;
    let (status, body) =
        post_as(&server, &again, "/v1/tg/link/preview", &json!({"token": "A".repeat(22)})).await;
    assert_eq!(problem_code(status, &body), "rate_limited", "another session has no more tries");
    for path in ["start", "unlink"] {
        let body = json!({"init_data": server.init_data(42, "Ada")});
        let (status, body) = post_as(&server, &again, &format!("/v1/tg/{path}"), &body).await;
        assert_eq!(problem_code(status, &body), "rate_limited", "{path}");
    }
    assert!(codes.iter().all(|code| code == "one_time_token_unknown"), "{codes:?}");
}

#[tokio::test]
async fn an_address_shows_so_many_tokens_whoever_is_signed_in_there() {
    let server = limited_server().await;
    let guess = |who: &SignedIn| -> Request<Body> {
        support::post_as("/v1/tg/link/preview", &who.jwt, &json!({"token": "A".repeat(22)}))
    };
    for person in 1..=3 {
        let who = server.sign_in(person, "Ada").await;
        for _ in 0..20 {
            let (status, body) = server.json(guess(&who)).await;
            assert_eq!(problem_code(status, &body), "one_time_token_unknown");
        }
    }
    let next = server.sign_in(4, "Ada").await;
    let (status, body) = server.json(guess(&next)).await;
    assert_eq!(problem_code(status, &body), "rate_limited");
    // The person has shown nothing yet: it is the address that waits.
    let elsewhere = server.request_from("198.51.100.9:5000", guess(&next)).await;
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    let bytes = elsewhere.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body["code"], "one_time_token_unknown");
}

#[tokio::test]
async fn what_becomes_of_tokens_is_counted_by_action_and_result() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counted = metrics::set_default_local_recorder(&recorder);
    let server = named_server().await;
    let (ada, eve) = (server.sign_in(42, "Ada").await, server.sign_in(43, "Eve").await);
    let spent = link_token(&server, "a").await;
    link(&server, &ada, &spent).await.unwrap();
    link(&server, &eve, &spent).await.unwrap_err();
    let shown = json!({"token": link_token(&server, "b").await["token"]});
    assert!(post_as(&server, &ada, "/v1/tg/link/preview", &shown).await.0.is_success());
    link(&server, &eve, &shown).await.unwrap_err();
    let open = token(&server, &json!({"action": "open_tournament", "tournament_id": "cup"})).await;
    start(&server, &ada, open["token"].as_str()).await.unwrap();
    for _ in 0..2 {
        start(&server, &ada, open["token"].as_str()).await.unwrap_err();
    }
    link(&server, &eve, &json!({"token": "A".repeat(22)})).await.unwrap_err();
    // Many use a campaign's code: none of it is a token's reuse.
    let campaign = json!({"code": "spring"}).to_string();
    server.json(server.signed("POST", "/v1/platform/campaigns", &campaign)).await;
    for who in [&ada, &eve] {
        start(&server, who, Some("spring")).await.unwrap();
    }
    let late = link_token(&server, "c").await;
    server.clock.advance_ms(TokenAction::Link.lifetime_ms());
    let eve = server.sign_in(43, "Eve").await;
    link(&server, &eve, &late).await.unwrap_err();

    let rendered = recorder.handle().render();
    let mut counts: Vec<&str> =
        rendered.lines().filter_map(|line| line.strip_prefix("one_time_tokens_total")).collect();
    counts.sort_unstable();
    assert_eq!(
        counts,
        [
            r#"{action="link",result="expired"} 1"#,
            r#"{action="link",result="foreign"} 1"#,
            r#"{action="link",result="issued"} 3"#,
            r#"{action="link",result="reused"} 1"#,
            r#"{action="link",result="spent"} 1"#,
            r#"{action="open_tournament",result="issued"} 1"#,
            r#"{action="open_tournament",result="reused"} 2"#,
            r#"{action="open_tournament",result="spent"} 1"#,
            r#"{action="unknown",result="unknown"} 1"#,
        ]
    );
}
