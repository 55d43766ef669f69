//! Events out: signed, sent until they are taken, never without the change that they tell of.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use services::{
    events_out::{replay_dead, retry, sender},
    maintenance::clean::Cleaner,
    platform::signature::{PlatformSecret, SignatureHeaders, verify},
    privacy::erase::erase_due,
};
use storage::outgoing_event::OutgoingEventBacklog;
use tokio_util::sync::CancellationToken;

use crate::support::{PLATFORM_KEY, TestServer, post_as, server, server_with_platform};

const DAY_MS: i64 = 24 * 3_600_000;

/// A call that the platform got.
#[derive(Debug, Clone)]
struct Call {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A platform that takes events, after it has answered with the statuses that a test gave it.
#[derive(Debug, Clone, Default)]
struct Platform(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    calls: Vec<Call>,
    statuses: VecDeque<u16>,
    address: String,
}

impl Platform {
    async fn start(statuses: &[u16]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/events", listener.local_addr().unwrap());
        let statuses = statuses.iter().copied().collect();
        let platform = Self(Arc::new(Mutex::new(Inner { calls: Vec::new(), statuses, address })));
        let router = Router::new()
            .route("/events", post(take))
            .route("/elsewhere", post(take).get(take))
            .with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        platform
    }

    fn address(&self) -> String {
        self.0.lock().unwrap().address.clone()
    }

    fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap().calls.clone()
    }
}

async fn take(State(platform): State<Platform>, headers: HeaderMap, body: Bytes) -> Response {
    let mut inner = platform.0.lock().unwrap();
    inner.calls.push(Call { headers, body: body.to_vec() });
    let status = StatusCode::from_u16(inner.statuses.pop_front().unwrap_or(204)).unwrap();
    (status, [(header::LOCATION, "/elsewhere")]).into_response()
}

/// Lets the sender look once, after its longest wait when `wait_ms` is that.
async fn send_after(server: &TestServer, wait_ms: i64) -> usize {
    server.clock.advance_ms(wait_ms);
    let webhook = server.services.platform_webhook().unwrap();
    sender::send_due(&server.services, &*webhook).await.unwrap()
}

async fn backlog(server: &TestServer) -> OutgoingEventBacklog {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.outgoing_events().backlog().await.unwrap()
}

async fn link(server: &TestServer) {
    server.sign_in(42, "Ada").await;
    let answer = server.events(&json!([server.user("p-1", "Silver Fox", Some(42))])).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
}

#[tokio::test]
async fn a_link_is_told_until_the_platform_takes_it() {
    let platform = Platform::start(&[500, 302]).await;
    let server = server_with_platform(&platform.address()).await;
    let user = server.sign_in(42, "Ada").await.user;
    let linked_at = server.services.now();
    link(&server).await;

    assert_eq!(send_after(&server, 0).await, 1);
    assert_eq!(send_after(&server, 0).await, 0, "it waits for its next try");
    assert_eq!(send_after(&server, 5_500).await, 1);
    assert_eq!(send_after(&server, 33_000).await, 1);
    assert_eq!(send_after(&server, DAY_MS).await, 0, "it was taken");
    assert_eq!(backlog(&server).await, OutgoingEventBacklog::default());

    let calls = platform.calls();
    assert_eq!(calls.len(), 3, "the redirect was not followed");
    let key = [PlatformSecret::parse(PLATFORM_KEY).unwrap()];
    for (call, sent_ms) in calls.iter().zip([0, 5_500, 38_500]) {
        let headers = SignatureHeaders {
            id: call.header("webhook-id"),
            timestamp: call.header("webhook-timestamp"),
            signature: call.header("webhook-signature"),
        };
        // Within the second of its own try, or it is refused.
        let now = linked_at.plus_ms(sent_ms);
        assert_eq!(headers.timestamp, now.as_secs().to_string());
        assert!(verify(&key, headers, &call.body, now).is_ok());
        assert_eq!(call.header("content-type"), "application/cloudevents+json");
        assert_eq!(call.header("webhook-id"), calls[0].header("webhook-id"));
        assert_eq!(call.body, calls[0].body);
    }
    let event = calls[0].json();
    assert_eq!(
        event,
        json!({
            "specversion": "1.0",
            "id": calls[0].header("webhook-id"),
            "source": "/podium",
            "type": "podium.link.created",
            "subject": event["data"]["user_id"],
            "time": linked_at,
            "datacontenttype": "application/json",
            "data": {"user_id": event["data"]["user_id"], "platform_user_id": "p-1", "linked_at": linked_at},
        })
    );
    assert_eq!(event["data"]["user_id"], json!(user.user_id));
    let text = String::from_utf8(calls[0].body.clone()).unwrap();
    assert!(!text.contains("Ada") && !text.contains("telegram"), "{text}");
}

#[tokio::test]
async fn each_way_to_link_is_told_once_and_nothing_else_is() {
    let platform = Platform::start(&[]).await;
    let server = server_with_platform(&platform.address()).await;
    // Linked from the first event on; known to the platform before; a light profile that becomes a platform user.
    server.sign_in(43, "Bea").await;
    server.sign_in(44, "Cem").await;
    server
        .events(&json!([
            server.user("p-2", "Two", None),
            server.user("p-1", "One", Some(42)),
            server.user("p-2", "Two", Some(43)),
            server.user("p-3", "Three", Some(44)),
        ]))
        .await;
    // A new name of a linked user, a repeated link, and links that are refused.
    let answer = server
        .events(&json!([
            server.user("p-1", "Uno", Some(42)),
            server.user("p-1", "One", Some(42)),
            server.user("p-4", "Four", Some(42)),
            server.user("p-1", "One", Some(45)),
        ]))
        .await;
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 2, "{answer}");
    send_after(&server, 0).await;
    let mut linked: Vec<String> = platform
        .calls()
        .iter()
        .map(|call| call.json()["data"]["platform_user_id"].as_str().unwrap().to_owned())
        .collect();
    linked.sort();
    assert_eq!(linked, ["p-1", "p-2", "p-3"]);
}

#[tokio::test]
async fn without_an_address_nothing_is_written() {
    let server = server().await;
    link(&server).await;
    assert_eq!(backlog(&server).await, OutgoingEventBacklog::default());
}

#[tokio::test]
async fn an_event_that_is_never_taken_is_given_up_and_can_be_replayed() {
    let refusals = [503; retry::DELAYS_S.len() + 1];
    let platform = Platform::start(&refusals).await;
    let server = server_with_platform(&platform.address()).await;
    link(&server).await;
    assert_eq!(send_after(&server, 0).await, 1);
    for delay_s in retry::DELAYS_S {
        assert_eq!(backlog(&server).await.waiting, 1);
        assert_eq!(send_after(&server, i64::from(delay_s) * 1_100).await, 1, "{delay_s}");
    }
    assert_eq!(send_after(&server, DAY_MS).await, 0);
    assert_eq!(backlog(&server).await, OutgoingEventBacklog { dead: 1, ..Default::default() });

    assert_eq!(replay_dead(&server.services).await.unwrap(), 1);
    assert_eq!(send_after(&server, 0).await, 1);
    assert_eq!(backlog(&server).await, OutgoingEventBacklog::default());
    let calls = platform.calls();
    assert_eq!(calls.len(), retry::DELAYS_S.len() + 2);
    assert!(calls.iter().all(|call| call.header("webhook-id") == calls[0].header("webhook-id")));
}

#[tokio::test]
async fn a_platform_that_is_away_loses_nothing() {
    // Nobody listens at port 1.
    let server = server_with_platform("http://127.0.0.1:1/").await;
    link(&server).await;
    assert_eq!(send_after(&server, 0).await, 1);
    let backlog = backlog(&server).await;
    assert_eq!((backlog.waiting, backlog.sending, backlog.dead), (1, 0, 0));
}

#[tokio::test]
async fn senders_at_once_post_an_event_once() {
    let platform = Platform::start(&[]).await;
    let server = server_with_platform(&platform.address()).await;
    link(&server).await;
    let stop = CancellationToken::new();
    let webhook = server.services.platform_webhook().unwrap();
    let senders: Vec<_> = (0..4)
        .map(|_| tokio::spawn(sender::run(server.services.clone(), Arc::clone(&webhook), stop.clone())))
        .collect();
    let taken = async {
        while backlog(&server).await != OutgoingEventBacklog::default() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), taken).await.unwrap();
    stop.cancel();
    for sender in senders {
        tokio::time::timeout(Duration::from_secs(10), sender).await.unwrap().unwrap();
    }
    assert_eq!(platform.calls().len(), 1);
}

#[tokio::test]
async fn dead_events_are_kept_for_a_month() {
    let server = server_with_platform("http://127.0.0.1:1/").await;
    link(&server).await;
    send_after(&server, 0).await;
    for _ in retry::DELAYS_S {
        send_after(&server, DAY_MS).await;
    }
    for (days, dead) in [(29, 1), (2, 0)] {
        server.clock.advance_ms(days * DAY_MS);
        Cleaner::default().clean(&server.services).await.unwrap();
        assert_eq!(backlog(&server).await.dead, dead);
    }
}

#[tokio::test]
async fn an_unlink_is_told_with_the_account_that_was_left() {
    let platform = Platform::start(&[]).await;
    let server = server_with_platform(&platform.address()).await;
    link(&server).await;
    server.clock.advance_ms(1);
    let ada = server.sign_in(42, "Ada").await;
    let unlinked_at = server.services.now();
    let body = json!({"init_data": server.init_data(42, "Ada")});
    let (status, answer) = server.json(post_as("/v1/tg/unlink", &ada.jwt, &body)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    send_after(&server, 0).await;
    send_after(&server, 0).await;
    let events: Vec<Value> = platform.calls().iter().map(Call::json).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["podium.link.created", "podium.link.ended"], "in their order");
    let account = ada.user.user_id;
    assert_eq!(events[1]["subject"], json!(account));
    assert_eq!(
        events[1]["data"],
        json!({"user_id": account, "platform_user_id": "p-1", "unlinked_at": unlinked_at})
    );
}

#[tokio::test]
async fn an_erasure_is_told_once_it_is_done_and_nothing_of_the_person_after_it() {
    let platform = Platform::start(&[]).await;
    let server = server_with_platform(&platform.address()).await;
    link(&server).await;
    let mut persons = Vec::new();
    for (id, name) in [(42, "Ada"), (43, "Bea")] {
        let person = server.sign_in(id, name).await;
        let body = json!({"init_data": server.init_data(id, name)});
        let request = post_as("/v1/tg/privacy/erasure", &person.jwt, &body);
        assert_eq!(server.json(request).await.0, StatusCode::OK);
        persons.push(person.user.user_id);
    }
    server.clock.advance_ms(14 * DAY_MS);
    assert_eq!(
        backlog(&server).await.waiting,
        1,
        "the link, which has not been told yet; a plan is not told"
    );
    assert_eq!(erase_due(&server.services).await.unwrap(), 2);
    let erased_at = server.services.now();
    assert_eq!(send_after(&server, 0).await, 2);
    let mut events: Vec<Value> = platform.calls().iter().map(Call::json).collect();
    events.sort_by_key(|event| event["data"]["platform_user_id"].is_null());
    assert!(events.iter().all(|event| event["type"] == "podium.user.erased"), "{events:?}");
    assert_eq!(
        events[0]["data"],
        json!({"user_id": persons[0], "platform_user_id": "p-1", "erased_at": erased_at})
    );
    assert_eq!(events[1]["data"], json!({"user_id": persons[1], "erased_at": erased_at}));
    assert_eq!(events[1]["subject"], json!(persons[1]));
}
