//! The client against a listener that misbehaves in every way that the network knows.

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::Duration,
};

use frankenstein::types::{AllowedUpdate, BotCommand, BotCommandScope, MenuButton};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::api::{ApiError, BotApi as _, HttpBotApi, RejectedReason, SetWebhook, Timeouts};

const TOKEN: &str = "123456789:TEST_FAKE_BOT_TOKEN_EXAMPLE123456";
const SECRET: &str = "TEST_FAKE_BOT_TOKEN";

/// What the listener does with a request.
#[derive(Clone)]
enum Manner {
    /// Sends these bytes and closes.
    Answers(Vec<u8>),
    /// Reads the request and closes.
    Slams,
    /// Reads the request and never answers.
    Hangs,
    /// Sends a body without end.
    Floods,
}

/// A listener, and the requests that it took: path and body.
struct Listener {
    base_url: String,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Listener {
    async fn start(manner: Manner) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", socket.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let (manner, taken) = (manner.clone(), Arc::clone(&taken));
                tokio::spawn(serve(stream, manner, taken));
            }
        });
        Self { base_url, requests }
    }

    async fn json(status: u16, body: Value) -> Self {
        Self::start(Manner::Answers(answer(status, "", &body.to_string()))).await
    }

    fn api(&self) -> HttpBotApi {
        api(&self.base_url, Duration::from_secs(10))
    }

    fn only_request(&self) -> (String, Value) {
        let requests = self.requests.lock().unwrap();
        assert_eq!(requests.len(), 1);
        requests[0].clone()
    }
}

async fn serve(mut stream: TcpStream, manner: Manner, taken: Arc<Mutex<Vec<(String, Value)>>>) {
    let mut request = Vec::new();
    let (head, body) = loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap_or_default();
        if count == 0 {
            return;
        }
        request.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0_usize) {
            break (head.to_owned(), body.to_owned());
        }
    };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    taken.lock().unwrap().push((path, serde_json::from_str(&body).unwrap_or_default()));
    match manner {
        Manner::Answers(bytes) => stream.write_all(&bytes).await.unwrap_or_default(),
        Manner::Slams => {}
        Manner::Hangs => std::future::pending().await,
        Manner::Floods => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
            let mut result = stream.write_all(head).await;
            while result.is_ok() {
                result = stream.write_all(&[b' '; 4096]).await;
            }
        }
    }
}

fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn api(base_url: &str, call: Duration) -> HttpBotApi {
    let timeouts = Timeouts { connect: Duration::from_secs(2), call };
    HttpBotApi::new(base_url, TOKEN.parse().unwrap(), timeouts).unwrap()
}

/// The error of a call, after a look at all that it could print.
async fn failure(api: &HttpBotApi) -> ApiError {
    let error = api.call("sendMessage", r#"{"chat_id":1,"text":"Ada"}"#).await.unwrap_err();
    let mut printed = vec![format!("{api:?} {error:?} {error}")];
    let mut cause = error.source();
    while let Some(inner) = cause {
        printed.push(format!("{inner:?} {inner}"));
        cause = inner.source();
    }
    let printed = printed.join(" ");
    assert!(!printed.contains(SECRET) && !printed.contains("Ada"), "{printed}");
    error
}

async fn refusal(status: u16, body: Value) -> ApiError {
    failure(&Listener::json(status, body).await.api()).await
}

async fn described(status: u16, description: &str) -> ApiError {
    refusal(status, json!({"ok": false, "error_code": status, "description": description})).await
}

#[tokio::test]
async fn a_row_is_sent_as_it_is_and_its_result_returned() {
    let listener = Listener::json(200, json!({"ok": true, "result": {"message_id": 7}})).await;
    let result = listener.api().call("sendMessage", r#"{"chat_id":1}"#).await.unwrap();
    assert_eq!(result, json!({"message_id": 7}));
    assert_eq!(listener.only_request(), (format!("/bot{TOKEN}/sendMessage"), json!({"chat_id": 1})));
}

#[tokio::test]
async fn a_flood_wait_says_how_long() {
    let body =
        json!({"ok": false, "error_code": 429, "description": "x", "parameters": {"retry_after": 90_000}});
    assert!(matches!(refusal(429, body).await, ApiError::FloodWait { retry_after_s: 90_000 }));
    assert!(matches!(described(429, "x").await, ApiError::FloodWait { retry_after_s: 1 }));
    let proxy = Listener::start(Manner::Answers(answer(429, "retry-after: 4\r\n", "<html>"))).await;
    assert!(matches!(failure(&proxy.api()).await, ApiError::FloodWait { retry_after_s: 4 }));
}

#[tokio::test]
async fn refusals_are_told_apart_by_what_they_mean_for_the_row() {
    assert!(matches!(described(403, "Forbidden: bot was blocked by the user").await, ApiError::Blocked));
    assert!(matches!(
        described(403, "Forbidden: bot was kicked from the group chat").await,
        ApiError::Blocked
    ));
    assert!(matches!(described(403, "Forbidden: user is deactivated").await, ApiError::Deactivated));
    assert!(matches!(described(400, "Bad Request: chat not found").await, ApiError::NeedsStart));
    assert!(matches!(
        described(403, "Forbidden: bot can't initiate conversation with a user").await,
        ApiError::NeedsStart
    ));
    assert!(matches!(
        described(409, "Conflict: terminated by other getUpdates request").await,
        ApiError::Conflict
    ));
    assert!(matches!(described(401, "Unauthorized").await, ApiError::Unauthorized));
    assert!(matches!(described(404, "Not Found").await, ApiError::Unauthorized));
    assert!(matches!(described(502, "Bad Gateway").await, ApiError::Unavailable { status: 502 }));
}

#[tokio::test]
async fn a_refusal_for_good_keeps_a_reason_and_drops_the_description() {
    for (description, expected) in [
        ("Bad Request: message is not modified: of Ada", RejectedReason::MessageNotModified),
        ("Bad Request: message to edit not found", RejectedReason::MessageNotFound),
        ("Bad Request: message is too long", RejectedReason::MessageTooLong),
        ("Bad Request: query is too old and response timeout expired", RejectedReason::QueryTooOld),
        ("Bad Request: BUTTON_URL_INVALID", RejectedReason::ButtonInvalid),
        ("Bad Request: can't parse entities: Ada", RejectedReason::EntitiesInvalid),
        ("Bad Request: Ada", RejectedReason::Other),
    ] {
        let error = described(400, description).await;
        assert!(matches!(error, ApiError::Rejected { status: 400, reason } if reason == expected), "{error}");
    }
    let moved = json!({"ok": false, "description": "x", "parameters": {"migrate_to_chat_id": -100}});
    let error = refusal(400, moved).await;
    assert!(matches!(error, ApiError::Rejected { reason: RejectedReason::ChatMoved, .. }), "{error}");
    let error = described(403, "Forbidden: Ada").await;
    assert!(matches!(error, ApiError::Rejected { status: 403, reason: RejectedReason::NoRights }), "{error}");
}

#[tokio::test]
async fn a_page_of_something_in_between_blocks_nobody() {
    for status in [302, 403, 404, 500, 503] {
        let answer =
            answer(status, "location: http://127.0.0.1:1/elsewhere\r\n", "<html>bot was blocked by the user");
        let listener = Listener::start(Manner::Answers(answer)).await;
        let error = failure(&listener.api()).await;
        assert!(matches!(error, ApiError::Unavailable { status: found } if found == status), "{error}");
        assert_eq!(listener.requests.lock().unwrap().len(), 1, "{status} was followed or repeated");
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = failure(&api(&format!("http://{free}"), Duration::from_secs(5))).await;
    assert!(matches!(error, ApiError::NotSent { .. }), "{error}");
}

#[tokio::test]
async fn a_request_that_left_and_got_no_answer_is_ambiguous() {
    let slams = Listener::start(Manner::Slams).await;
    assert!(matches!(failure(&slams.api()).await, ApiError::Ambiguous { .. }));
    assert_eq!(slams.requests.lock().unwrap().len(), 1, "it was repeated");

    let hangs = Listener::start(Manner::Hangs).await;
    let error = failure(&api(&hangs.base_url, Duration::from_millis(300))).await;
    assert!(matches!(error, ApiError::Ambiguous { .. }), "{error}");
}

#[tokio::test]
async fn an_unreadable_answer_is_ambiguous() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\":true,".to_vec();
    let other = [answer(200, "", "garbage"), answer(200, "", ""), answer(200, "", "[]"), cut];
    for bytes in other {
        let error = failure(&Listener::start(Manner::Answers(bytes)).await.api()).await;
        assert!(matches!(error, ApiError::Ambiguous { .. }), "{error}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let error = failure(&Listener::start(Manner::Floods).await.api()).await;
    assert!(matches!(error, ApiError::Ambiguous { .. }), "{error}");
    assert!(error.source().unwrap().to_string().contains("too large"));
}

#[tokio::test]
async fn a_method_that_is_none_never_leaves() {
    let listener = Listener::json(200, json!({"ok": true, "result": true})).await;
    for method in ["", "../getMe", "getMe?x=1", "get me"] {
        let error = listener.api().call(method, "{}").await.unwrap_err();
        assert!(matches!(error, ApiError::Rejected { reason: RejectedReason::NotAMethod, .. }), "{error}");
    }
    assert!(listener.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn updates_stay_as_they_came() {
    let body = r#"{"ok":true,"result":[{"update_id":8,  "a_kind_of_tomorrow":{"x":1.50}},{"no_id":1},{"update_id":9}]}"#;
    let listener = Listener::start(Manner::Answers(answer(200, "", body))).await;
    let updates = listener.api().get_updates(Some(8), 500, 0).await.unwrap();
    assert_eq!(updates.iter().map(|update| update.update_id.0).collect::<Vec<_>>(), [8, 9]);
    assert_eq!(updates[0].json, r#"{"update_id":8,  "a_kind_of_tomorrow":{"x":1.50}}"#);
    assert_eq!(listener.only_request().1, json!({"offset": 8, "limit": 100, "timeout": 0}));
}

#[tokio::test]
async fn a_poll_may_take_longer_than_other_calls() {
    let listener = Listener::json(200, json!({"ok": true, "result": []})).await;
    // With a call's timeout of zero every other call fails at once.
    let impatient = api(&listener.base_url, Duration::ZERO);
    assert!(impatient.get_me().await.is_err());
    assert_eq!(impatient.get_updates(None, 10, 1).await.unwrap(), []);
}

#[tokio::test]
async fn the_webhook_is_set_with_all_that_was_asked_for() {
    let listener = Listener::json(200, json!({"ok": true, "result": true})).await;
    let webhook = SetWebhook {
        url: "https://podium.example/telegram/webhook".to_owned(),
        secret_token: "s-1".into(),
        max_connections: 100,
        allowed_updates: vec![AllowedUpdate::Message, AllowedUpdate::MyChatMember],
        drop_pending_updates: false,
    };
    assert!(!format!("{webhook:?}").contains("s-1"));
    listener.api().set_webhook(&webhook).await.unwrap();
    let (path, body) = listener.only_request();
    assert!(path.ends_with("/setWebhook"));
    assert_eq!(
        body,
        json!({
            "url": "https://podium.example/telegram/webhook",
            "secret_token": "s-1",
            "max_connections": 100,
            "allowed_updates": ["message", "my_chat_member"],
            "drop_pending_updates": false,
        })
    );
}

#[tokio::test]
async fn webhook_information_with_unknown_kinds_is_read() {
    let body = json!({"ok": true, "result": {"url": "https://x", "pending_update_count": 3, "has_custom_certificate": false,
        "last_error_date": 1_700_000_000, "last_error_message": "m", "allowed_updates": ["message", "a_kind_of_tomorrow"]}});
    let info = Listener::json(200, body).await.api().get_webhook_info().await.unwrap();
    assert_eq!((info.url.as_str(), info.pending_update_count), ("https://x", 3));
    assert_eq!(info.last_error_at(), Some(domain::Timestamp::from_secs(1_700_000_000)));
    assert_eq!(info.allowed_updates.unwrap().len(), 2);
}

#[tokio::test]
async fn the_bot_tells_who_it_is() {
    let body = json!({"ok": true, "result": {"id": 42, "is_bot": true, "first_name": "P", "username": "PodiumBot", "has_main_web_app": true}});
    let me = Listener::json(200, body).await.api().get_me().await.unwrap();
    assert_eq!((me.bot_id.0, me.username.as_str(), me.has_main_web_app), (42, "PodiumBot", true));
}

#[tokio::test]
async fn commands_and_the_menu_button_are_set_by_language_and_chat() {
    let listener = Listener::json(200, json!({"ok": true, "result": true})).await;
    let commands = [BotCommand::builder().command("start").description("d").build()];
    let api = listener.api();
    api.set_my_commands(&commands, Some("ru"), Some(BotCommandScope::AllPrivateChats)).await.unwrap();
    api.set_my_commands(&commands, None, None).await.unwrap();
    api.set_chat_menu_button(Some(domain::ChatId(5)), MenuButton::Commands).await.unwrap();
    api.delete_webhook(false).await.unwrap();
    let bodies =
        listener.requests.lock().unwrap().iter().map(|request| request.1.clone()).collect::<Vec<_>>();
    let commands = json!([{"command": "start", "description": "d"}]);
    assert_eq!(
        bodies,
        [
            json!({"commands": commands, "scope": {"type": "all_private_chats"}, "language_code": "ru"}),
            json!({"commands": commands}),
            json!({"chat_id": 5, "menu_button": {"type": "commands"}}),
            json!({"drop_pending_updates": false}),
        ]
    );
}

#[test]
fn a_base_address_must_be_one() {
    for bad in ["", "api.telegram.org", "ftp://x", "https://x/?a=b", "https://x/#a"] {
        assert!(HttpBotApi::new(bad, TOKEN.parse().unwrap(), Timeouts::default()).is_err(), "{bad}");
    }
}
