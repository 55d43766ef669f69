//! What the platform orders: tokens, notifications, campaigns, confirmed contacts.

use axum::http::StatusCode;
use serde_json::{Value, json};
use storage::outbox::OutgoingClass;

use crate::{
    links_support::{link, link_token, me, named_server, notify, order, start, start_chat, waiting},
    support::{post_json, problem_code, server},
};

#[tokio::test]
async fn a_notification_is_queued_once_and_for_a_linked_chat_that_can_be_reached_alone() {
    let server = named_server().await;
    let text = |id: &str, who: &str, text: &str| json!({"id": id, "platform_user_id": who, "text": text});
    let refused = async |body: Value| {
        let (status, body) = notify(&server, &body).await;
        problem_code(status, &body)
    };
    assert_eq!(refused(text("n", "a", "hello")).await, "player_unknown");
    server.events(&json!([server.user("a", "Ann", None)])).await;
    assert_eq!(refused(text("n", "a", "hello")).await, "not_linked");
    let ada = server.sign_in(42, "Ada").await;
    link(&server, &ada, &link_token(&server, "a").await).await.unwrap();
    assert_eq!(refused(text("n", "a", "hello")).await, "player_unreachable", "Start was never pressed");
    start_chat(&server, 42).await;
    for bad in ["", "  ", &"x".repeat(4097)] {
        assert_eq!(refused(text("n", "a", bad)).await, "bad_request");
    }
    for is_duplicate in [false, true] {
        let (status, body) = notify(&server, &text("n", "a", "hello")).await;
        assert_eq!((status, &body["is_duplicate"]), (StatusCode::ACCEPTED, &json!(is_duplicate)));
    }
    assert_eq!(waiting(&server).await, 1);
    let unsigned = post_json("/v1/platform/notifications", &text("n", "a", "hello"));
    let (status, body) = server.json(unsigned).await;
    assert_eq!(problem_code(status, &body), "signature_invalid");
    let now = server.services.now();
    let mut tx = server.services.store().begin_write().await.unwrap();
    let (class, lease) = (OutgoingClass::Notice, uuid::Uuid::from_u128(1));
    let bot = domain::BotId(1_234_567_890);
    let row = tx.outbox().claim(bot, class, now, lease, now.plus_ms(1), 1).await.unwrap().remove(0);
    assert_eq!(serde_json::from_str::<Value>(&row.payload).unwrap(), json!({"chat_id": 42, "text": "hello"}));
}

#[tokio::test]
async fn a_campaign_s_code_is_used_by_many_and_never_a_reuse() {
    let server = named_server().await;
    server.events(&json!([server.tournament("cup", "best", "desc")])).await;
    let put = async |body: Value| {
        server.json(server.signed("POST", "/v1/platform/campaigns", &body.to_string())).await
    };
    assert_eq!(put(json!({"code": "spring", "tournament_id": "cup"})).await.0, StatusCode::NO_CONTENT);
    for id in [42, 43] {
        let who = server.sign_in(id, "Ada").await;
        for _ in 0..2 {
            let opened = start(&server, &who, Some("spring")).await.unwrap();
            assert_eq!(opened, json!({"kind": "open", "path": "/app/t/cup"}));
        }
    }
    let mut tx = server.services.store().begin_read().await.unwrap();
    assert_eq!(tx.campaigns().arrivals(&"spring".parse().unwrap()).await.unwrap(), 2, "each counts once");
    drop(tx);
    for bad in ["t_cup", &"A".repeat(22), "with space", ""] {
        let (status, body) = put(json!({"code": bad})).await;
        assert_eq!(problem_code(status, &body), "bad_request", "{bad}");
    }
    let ends = server.services.now().plus_ms(1_000);
    put(json!({"code": "spring", "expires_at": ends})).await;
    server.clock.advance_ms(1_000);
    let ada = server.sign_in(42, "Ada").await;
    assert_eq!(start(&server, &ada, Some("spring")).await.unwrap(), json!({"kind": "nothing"}));
}

#[tokio::test]
async fn the_same_call_gets_the_same_token_until_it_is_spent() {
    let server = named_server().await;
    let body = json!({"action": "link", "platform_user_id": "a", "platform_account": "a***n"}).to_string();
    let call = async |id: &str, body: &str| {
        server.json(server.signed_as(id, "POST", "/v1/platform/tokens", body)).await
    };
    let (_, first) = call("one", &body).await;
    assert_eq!(call("one", &body).await.1, first);
    assert_ne!(call("two", &body).await.1["token"], first["token"]);
    let (status, other) = call("one", &body.replace("a***n", "b***n")).await;
    assert_eq!((status.as_u16(), problem_code(status, &other).as_str()), (422, "idempotency_key_reused"));
    let ada = server.sign_in(42, "Ada").await;
    link(&server, &ada, &first).await.unwrap();
    let (status, again) = call("one", &body).await;
    assert_eq!(problem_code(status, &again), "one_time_token_used");
}

#[tokio::test]
async fn an_order_that_does_not_fit_makes_nothing() {
    let server = named_server().await;
    for bad in [
        json!({"action": "link"}),
        json!({"action": "link", "platform_user_id": "a"}),
        json!({"action": "link", "platform_user_id": "a", "platform_account": "ann@example.com"}),
        json!({"action": "open_tournament"}),
        json!({"action": "open_mission"}),
        json!({"action": "console_invitation"}),
        json!({"action": "fly"}),
        json!({"action": "open_kyc", "telegram_user_id": -5}),
        json!({"action": "open_kyc", "more": 1}),
        json!([]),
    ] {
        let (status, body) = order(&server, &bad).await;
        assert_eq!(problem_code(status, &body), "bad_request", "{bad}");
    }
    let (status, body) = server.json(post_json("/v1/platform/tokens", &json!({"action": "open_kyc"}))).await;
    assert_eq!(problem_code(status, &body), "signature_invalid");
    for id in ["tok_00000000000000000000000000000000", "nonsense"] {
        let (status, body) =
            server.json(server.signed("GET", &format!("/v1/platform/tokens/{id}"), "")).await;
        assert_eq!(problem_code(status, &body), "one_time_token_unknown");
    }
}

#[tokio::test]
async fn without_the_bot_s_name_there_is_no_link_to_hand_out() {
    let server = server().await;
    let (status, body) = order(&server, &json!({"action": "open_kyc"})).await;
    assert_eq!(problem_code(status, &body), "unavailable");
}

#[tokio::test]
async fn the_platform_confirms_a_contact_and_the_player_reads_it() {
    let server = named_server().await;
    let ada = server.sign_in(42, "Ada").await;
    assert_eq!(me(&server, &ada).await["contact_confirmed"], false);
    let mut event = server.user("a", "Ann", Some(42));
    event["data"]["contact_confirmed"] = json!(true);
    server.events(&json!([event])).await;
    assert_eq!(me(&server, &ada).await["contact_confirmed"], true);
}
