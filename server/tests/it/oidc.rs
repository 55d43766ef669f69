//! Signing in outside Telegram, by OpenID Connect, against the simulator's provider.

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use domain::Clock;
use http_body_util::BodyExt;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use simulator::{Config, Handle, NewUser, OauthFaults};
use url::Url;

use crate::support::{TestServer, get, get_as, post_json, server, server_with};

const ADA: i64 = 42;

/// A server, the provider, and a browser between them.
struct House {
    server: TestServer,
    telegram: Handle,
}

/// What the provider sends a browser back with.
struct Way {
    cookie: String,
    back: Url,
}

impl House {
    async fn build() -> Self {
        let telegram = simulator::start(Config::default()).await.unwrap();
        telegram.create_user(NewUser {
            is_stranger: false,
            id: Some(ADA),
            first_name: "Ada".to_owned(),
            last_name: Some("Lovelace".to_owned()),
            username: Some("ada_l".to_owned()),
            language_code: "en".to_owned(),
        });
        let server = server_with(&[
            ("TELEGRAM_OIDC_ISSUER", &format!("{}/oauth", telegram.base_url())),
            ("TELEGRAM_OIDC_CLIENT_ID", "1234567890"),
            ("TELEGRAM_OIDC_CLIENT_SECRET", "simulated-client-secret"),
        ])
        .await;
        server.clock.advance_ms(telegram.now().millis_since(server.clock.now()));
        Self { server, telegram }
    }

    /// Begins, and lets `user` answer at the provider.
    async fn ask(&self, next: &str, user: &str) -> Way {
        let response = self.server.request(get(&format!("/v1/tg/oidc/start?next={next}"))).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let headers = response.headers();
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        let set = headers[header::SET_COOKIE].to_str().unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/v1/tg/oidc", "Max-Age=600"] {
            assert!(set.contains(part), "{set}");
        }
        let cookie = set.split(';').next().unwrap().to_owned();
        let mut url = Url::parse(headers[header::LOCATION].to_str().unwrap()).unwrap();
        url.query_pairs_mut().append_pair("user", user);
        let browser = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let answer = browser.get(url).send().await.unwrap();
        let back = answer.headers()[header::LOCATION].to_str().unwrap();
        Way { cookie, back: Url::parse(back).unwrap() }
    }

    async fn callback(&self, cookie: Option<&str>, back: &Url) -> (StatusCode, HeaderMap, String) {
        let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
        let mut request = Request::get(path);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, format!("other=1; {cookie}"));
        }
        let response = self.server.request(request.body(Body::empty()).unwrap()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The whole way of somebody who says yes.
    async fn sign_in(&self) -> (StatusCode, String) {
        let way = self.ask("/app", &ADA.to_string()).await;
        let (status, _, html) = self.callback(Some(&way.cookie), &way.back).await;
        (status, html)
    }
}

/// The refresh token that a page hands to its tab.
fn handed(html: &str) -> String {
    let data = html.split("id=\"login-data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    data["refresh_token"].as_str().unwrap().to_owned()
}

/// The code that a page shows a failure by.
fn code(html: &str) -> &str {
    html.split("data-code=\"").nth(1).map_or("none", |rest| rest.split('"').next().unwrap())
}

#[tokio::test]
async fn a_person_who_confirms_is_signed_in_and_goes_on() {
    let house = House::build().await;
    let way = house.ask("/console/players?q=a", &ADA.to_string()).await;
    let (status, headers, html) = house.callback(Some(&way.cookie), &way.back).await;
    assert_eq!(status, StatusCode::OK, "{html}");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert!(headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"), "the cookie goes");
    assert!(html.contains("data-next=\"/console/players?q=a\""), "{html}");

    let (status, body) =
        house.server.json(post_json("/v1/tg/refresh", &json!({"refresh_token": handed(&html)}))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["user"]["telegram_user_id"], ADA);
    assert_eq!(body["user"]["first_name"], "Ada");
    let (status, _) = house.server.json(get_as("/v1/tg/me", body["jwt"].as_str().unwrap())).await;
    assert_eq!(status, StatusCode::OK);
    let in_telegram = house.server.sign_in(ADA, "Ada").await;
    assert_eq!(body["user"]["user_id"], in_telegram.user.user_id.to_string(), "one person, one user");
}

#[tokio::test]
async fn an_answer_counts_in_the_browser_that_asked_alone() {
    let house = House::build().await;
    let mine = house.ask("/app", &ADA.to_string()).await;
    let other = house.ask("/app", &ADA.to_string()).await;
    // Without the cookie, with that of another attempt, and with one that was made up or changed.
    let changed = mine.cookie.replace("podium_oidc=", "podium_oidc=A");
    for cookie in [None, Some(other.cookie.as_str()), Some("podium_oidc=nonsense"), Some(&changed)] {
        let (status, _, html) = house.callback(cookie, &mine.back).await;
        assert_eq!((status, code(&html)), (StatusCode::BAD_REQUEST, "login_state_invalid"));
    }
    let (status, _, _) = house.callback(Some(&mine.cookie), &mine.back).await;
    assert_eq!(status, StatusCode::OK, "the honest one is not hurt by it");
}

#[tokio::test]
async fn an_attempt_is_good_for_ten_minutes() {
    let house = House::build().await;
    let way = house.ask("/app", &ADA.to_string()).await;
    house.server.clock.advance_ms(600_000);
    let (status, _, html) = house.callback(Some(&way.cookie), &way.back).await;
    assert_eq!((status, code(&html)), (StatusCode::BAD_REQUEST, "login_state_invalid"));
}

#[tokio::test]
async fn an_answer_is_good_once() {
    let house = House::build().await;
    let way = house.ask("/app", &ADA.to_string()).await;
    assert_eq!(house.callback(Some(&way.cookie), &way.back).await.0, StatusCode::OK);
    let (status, _, html) = house.callback(Some(&way.cookie), &way.back).await;
    assert_eq!((status, code(&html)), (StatusCode::UNAUTHORIZED, "login_used"));
}

#[tokio::test]
async fn a_code_of_another_attempt_is_refused_by_its_verifier() {
    let house = House::build().await;
    let victim = house.ask("/app", &ADA.to_string()).await;
    let thief = house.ask("/app", &ADA.to_string()).await;
    let stolen = victim.back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let state = thief.back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let mut back = thief.back.clone();
    back.query_pairs_mut().clear().append_pair("code", &stolen).append_pair("state", &state);
    let (status, _, html) = house.callback(Some(&thief.cookie), &back).await;
    assert_eq!((status, code(&html)), (StatusCode::UNAUTHORIZED, "login_invalid"));
}

#[tokio::test]
async fn whoever_says_no_is_told_so() {
    let house = House::build().await;
    let way = house.ask("/app", "none").await;
    let (status, _, html) = house.callback(Some(&way.cookie), &way.back).await;
    assert_eq!((status, code(&html)), (StatusCode::FORBIDDEN, "login_refused"));
}

#[tokio::test]
async fn id_tokens_that_are_not_for_this_are_refused() {
    let house = House::build().await;
    let past = house.telegram.now().as_secs() - 10;
    let wrong = [
        ("nonce", json!("another"), "login_invalid"),
        ("nonce", Value::Null, "login_invalid"),
        ("aud", json!("999"), "login_invalid"),
        ("iss", json!("https://oauth.telegram.org"), "login_invalid"),
        ("id", Value::Null, "login_invalid"),
        ("exp", json!(past), "login_stale"),
    ];
    for (name, value, expected) in wrong {
        let claims = [(name.to_owned(), value)].into_iter().collect();
        house.telegram.set_oauth_faults(OauthFaults { claims, ..OauthFaults::default() });
        let (status, html) = house.sign_in().await;
        assert_eq!((status, code(&html)), (StatusCode::UNAUTHORIZED, expected), "{name}");
    }
    house.telegram.set_oauth_faults(OauthFaults { forged: true, ..OauthFaults::default() });
    let (status, html) = house.sign_in().await;
    assert_eq!((status, code(&html)), (StatusCode::UNAUTHORIZED, "login_invalid"));
    house.telegram.set_oauth_faults(OauthFaults::default());
    assert_eq!(house.sign_in().await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_provider_may_change_its_key() {
    let house = House::build().await;
    for _ in 0..3 {
        assert_eq!(house.sign_in().await.0, StatusCode::OK);
    }
    assert_eq!(house.telegram.login_keys_asked(), 1, "keys are kept");
    house.telegram.rotate_login_key();
    house.server.clock.advance_ms(30_000);
    assert_eq!(house.sign_in().await.0, StatusCode::OK);
    assert_eq!(house.telegram.login_keys_asked(), 2);
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be() {
    let house = House::build().await;
    let way = house.ask("/app", &ADA.to_string()).await;
    house.telegram.set_oauth_faults(OauthFaults { down: true, ..OauthFaults::default() });
    let (status, headers, html) = house.callback(Some(&way.cookie), &way.back).await;
    assert_eq!((status, code(&html)), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert!(headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_after_signing_in() {
    let house = House::build().await;
    for next in ["https://evil.example/", "//evil.example", "%2F%2Fevil.example"] {
        let way = house.ask(next, &ADA.to_string()).await;
        let (_, _, html) = house.callback(Some(&way.cookie), &way.back).await;
        assert!(html.contains("data-next=\"/app\"") && !html.contains("evil"), "{next}");
    }
}

#[tokio::test]
async fn without_a_client_the_way_is_off() {
    let server = server().await;
    for path in ["/v1/tg/oidc/start", "/v1/tg/oidc/callback?code=a&state=b"] {
        let response = server.request(get(path)).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!((status, code(&html)), (StatusCode::NOT_FOUND, "login_off"), "{path}");
    }
}
