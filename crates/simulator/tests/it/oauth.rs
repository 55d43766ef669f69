//! The simulated log-in, as a browser and a web site see it.

use reqwest::{Client, StatusCode, Url, header, redirect::Policy};
use serde_json::Value;
use simulator::{Config, Handle, NewUser, OauthFaults};

const SECRET: &str = "simulated-client-secret";

async fn telegram() -> Handle {
    let telegram = simulator::start(Config::default()).await.unwrap();
    let ada = NewUser { id: Some(7), first_name: "Ada".to_owned(), ..NewUser::default() };
    telegram.create_user(ada).unwrap();
    telegram
}

fn browser() -> Client {
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}

/// The address at which a web site asks, with more of it replaced or added.
fn asked(telegram: &Handle, more: &[(&str, &str)]) -> Url {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "1234567890"),
        ("redirect_uri", "http://127.0.0.1:1/back"),
        ("scope", "openid profile"),
        ("state", "s"),
        ("nonce", "n"),
        // The digest of "verifier".
        ("code_challenge", "iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"),
        ("code_challenge_method", "S256"),
        ("user", "7"),
    ];
    pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    pairs.extend(more);
    Url::parse_with_params(&format!("{}/oauth/auth", telegram.base_url()), pairs).unwrap()
}

async fn code(telegram: &Handle) -> String {
    let answer = browser().get(asked(telegram, &[])).send().await.unwrap();
    let back = Url::parse(answer.headers()[header::LOCATION].to_str().unwrap()).unwrap();
    back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
}

async fn exchange(
    telegram: &Handle,
    code: &str,
    verifier: &str,
    back: &str,
    secret: &str,
) -> (StatusCode, Value) {
    let form = Url::parse_with_params(
        "http://form.invalid/",
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("client_id", "1234567890"),
            ("code_verifier", verifier),
        ],
    )
    .unwrap();
    let answer = browser()
        .post(format!("{}/oauth/token", telegram.base_url()))
        .basic_auth("1234567890", Some(secret))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.query().unwrap().to_owned())
        .send()
        .await
        .unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_code_is_good_once_for_whom_it_was_made() {
    let telegram = telegram().await;
    let back = "http://127.0.0.1:1/back";
    let wrong = [
        ("another verifier", back, SECRET, StatusCode::BAD_REQUEST),
        ("verifier", "http://127.0.0.1:1/elsewhere", SECRET, StatusCode::BAD_REQUEST),
        ("verifier", back, "another secret", StatusCode::UNAUTHORIZED),
    ];
    for (verifier, back, secret, status) in wrong {
        let code = code(&telegram).await;
        assert_eq!(exchange(&telegram, &code, verifier, back, secret).await.0, status, "{verifier} {back}");
    }
    let code = code(&telegram).await;
    let (status, answer) = exchange(&telegram, &code, "verifier", back, SECRET).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["id_token"].as_str().unwrap().split('.').count(), 3);
    let (status, answer) = exchange(&telegram, &code, "verifier", back, SECRET).await;
    assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &Value::from("invalid_grant")));
}

#[tokio::test]
async fn an_address_that_makes_no_sense_leads_nowhere() {
    let telegram = telegram().await;
    for more in [
        ("client_id", "5"),
        ("redirect_uri", "nonsense"),
        ("response_type", "token"),
        ("scope", "profile"),
        ("code_challenge_method", "plain"),
    ] {
        let answer = browser().get(asked(&telegram, &[more])).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{more:?}");
    }
    let nobody = browser().get(asked(&telegram, &[("user", "8")])).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_posts_who_it_is_so_that_no_address_has_it() {
    let telegram = telegram().await;
    let mut url = asked(&telegram, &[]);
    let query = url.query().unwrap().replace("&user=7", "");
    url.set_query(Some(&query));
    let page = browser().get(url.clone()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("value=\"7\"") && page.contains("method=\"post\""), "{page}");
    let post = browser().post(url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = post.body("user=7").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(answer.headers()[header::LOCATION].to_str().unwrap().contains("code="));
}

#[tokio::test]
async fn keys_change_and_go_away_when_a_test_wants_it() {
    let telegram = telegram().await;
    let url = format!("{}/oauth/.well-known/jwks.json", telegram.base_url());
    let kid = async || {
        let keys: Value = browser().get(&url).send().await.unwrap().json().await.unwrap();
        keys["keys"][1]["kid"].clone()
    };
    let before = kid().await;
    telegram.rotate_login_key();
    assert_ne!(kid().await, before);
    assert_eq!(telegram.login_keys_asked(), 2);
    telegram.set_oauth_faults(OauthFaults { down: true, ..OauthFaults::default() });
    assert_eq!(browser().get(&url).send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
}
