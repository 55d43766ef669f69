//! How the Mini App is opened.

use std::collections::BTreeMap;

use domain::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use simulator::{Kind, Launch};
use telegram::{
    BotToken,
    init_data::{self, InitDataError, third_party},
};

use crate::bot::{Bot, USER, quick};

/// The launch parameters in the fragment of an address.
fn parameters(url: &str) -> BTreeMap<String, String> {
    let (_, fragment) = url.split_once('#').unwrap();
    fragment
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), percent_decode_str(value).decode_utf8().unwrap().into_owned()))
        .collect()
}

async fn launched(launch: Launch) -> (Bot, BTreeMap<String, String>) {
    let bot = Bot::new(quick()).await;
    let url = bot.telegram.launch(USER, &launch).unwrap();
    let parameters = parameters(&url);
    (bot, parameters)
}

#[tokio::test]
async fn a_keyboard_button_brings_no_init_data() {
    let (_bot, parameters) = launched(Launch { kind: Kind::Keyboard, ..Launch::default() }).await;
    assert!(!parameters.contains_key("tgWebAppData"));
    assert_eq!(parameters["tgWebAppVersion"], "9.6");
    assert_eq!(parameters["tgWebAppPlatform"], "weba");
    let theme: Value = serde_json::from_str(&parameters["tgWebAppThemeParams"]).unwrap();
    assert_eq!(theme.as_object().unwrap().len(), 15);
}

#[tokio::test]
async fn a_link_carries_its_start_parameter_and_no_query_id() {
    let launch = Launch { kind: Kind::Direct, start_param: Some("t_cup".to_owned()), ..Launch::default() };
    let bot = Bot::new(quick()).await;
    let url = bot.telegram.launch(USER, &launch).unwrap();
    assert!(url.starts_with("http://127.0.0.1:3000/app?tgWebAppStartParam=t_cup#"), "{url}");
    let data = &parameters(&url)["tgWebAppData"];
    assert!(data.contains("start_param=t%5Fcup&") && data.contains("chat_type=sender&"), "{data}");
    assert!(!data.contains("query_id"));
}

#[tokio::test]
async fn a_query_id_answers_into_the_chat_once() {
    let (bot, parameters) = launched(Launch::default()).await;
    let data = &parameters["tgWebAppData"];
    let id = data.split('&').find_map(|pair| pair.strip_prefix("query_id=")).unwrap();
    let result = serde_json::json!({"type": "article", "id": "1", "title": "t",
        "input_message_content": {"message_text": "from the app"}});
    let params = serde_json::json!({"web_app_query_id": id, "result": result});
    bot.call("answerWebAppQuery", params.clone()).await.result();
    assert_eq!(bot.telegram.chat(USER).unwrap()["messages"][0]["text"], "from the app");
    assert_eq!(bot.call("answerWebAppQuery", params).await.description(), "Bad Request: QUERY_ID_INVALID");
}

#[tokio::test]
async fn bad_addresses_and_start_parameters_are_refused() {
    let bot = Bot::new(quick()).await;
    for launch in [
        Launch { url: Some("javascript:alert(1)".to_owned()), ..Launch::default() },
        Launch { start_param: Some("a b".to_owned()), ..Launch::default() },
        Launch { start_param: Some("a".repeat(513)), ..Launch::default() },
    ] {
        assert!(bot.telegram.launch(USER, &launch).is_err());
    }
}

const MAX_AGE_MS: i64 = 600_000;

fn tokens(bot: &Bot) -> [BotToken; 1] {
    [bot.telegram.token().parse().unwrap()]
}

#[expect(clippy::disallowed_methods, reason = "the simulator signs by the machine's clock")]
fn now() -> Timestamp {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since_1970.as_millis()).unwrap())
}

#[tokio::test]
async fn podium_takes_what_is_signed_here() {
    let (bot, parameters) = launched(Launch::default()).await;
    let verified = init_data::verify(&parameters["tgWebAppData"], &tokens(&bot), now(), MAX_AGE_MS).unwrap();
    assert_eq!(verified.user.id.0, USER);
    assert_eq!(verified.user.first_name, "Ada");
    assert!(verified.query_id.is_some());
}

#[tokio::test]
async fn third_parties_can_check_it_without_the_token() {
    let (bot, parameters) = launched(Launch::default()).await;
    let bot_id = tokens(&bot)[0].bot_id();
    let key = third_party::PublicKey::from_bytes(simulator::third_party_public_key());
    let data = &parameters["tgWebAppData"];
    assert!(third_party::verify(data, bot_id, key, now(), MAX_AGE_MS).is_ok());
}

#[tokio::test]
async fn tampered_stale_and_future_data_are_refused() {
    for (launch, expected) in [
        (Launch { tamper: 1, ..Launch::default() }, "invalid"),
        (Launch { auth_date_offset_s: -601, ..Launch::default() }, "stale"),
        (Launch { auth_date_offset_s: 400, ..Launch::default() }, "invalid"),
    ] {
        let (bot, parameters) = launched(launch).await;
        let error =
            init_data::verify(&parameters["tgWebAppData"], &tokens(&bot), now(), MAX_AGE_MS).unwrap_err();
        let kind = match error {
            InitDataError::Malformed { .. } => "malformed",
            InitDataError::Invalid { .. } => "invalid",
            InitDataError::Stale => "stale",
        };
        assert_eq!(kind, expected);
    }
}
