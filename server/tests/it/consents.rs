//! What a player wants to be told: off until they say so, kept as proof, switched in the app and in the chat.

use axum::http::StatusCode;
use domain::{ConsentChannel, ConsentKind, TelegramUserId};
use serde_json::{Value, json};
use storage::consent::ConsentProof;

use crate::support::{TestServer, delete_as, get_as, limited_server, post_as, problem_code, server};

async fn proofs(server: &TestServer, telegram_user_id: i64) -> Vec<ConsentProof> {
    let mut tx = server.services.store().begin_read().await.unwrap();
    let user = tx.users().by_telegram_id(TelegramUserId(telegram_user_id)).await.unwrap().unwrap();
    tx.consents().proofs(user.user_id, 100).await.unwrap()
}

async fn state(server: &TestServer, jwt: &str) -> Value {
    let (status, body) = server.json(get_as("/v1/tg/consents", jwt)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

fn all(promotions: bool, tournaments: bool, payouts: bool) -> Value {
    json!({"promotions": promotions, "tournaments": tournaments, "payouts": payouts, "text_version": "1"})
}

#[tokio::test]
async fn everything_is_off_until_the_player_says_yes_and_what_is_left_out_stays() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    assert_eq!(state(&server, &jwt).await, all(false, false, false));
    let (status, body) =
        server.json(post_as("/v1/tg/consents", &jwt, &json!({"tournaments": true, "payouts": true}))).await;
    assert_eq!((status, body), (StatusCode::OK, all(false, true, true)));
    let (_, body) = server.json(post_as("/v1/tg/consents", &jwt, &json!({"payouts": false}))).await;
    assert_eq!(body, all(false, true, false));
    assert_eq!(state(&server, &jwt).await, all(false, true, false));
    let stranger = server.sign_in(43, "Bo").await.jwt;
    assert_eq!(state(&server, &stranger).await, all(false, false, false), "a yes is one person's own");
}

#[tokio::test]
async fn each_answer_leaves_a_proof_of_when_where_and_which_text() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    server.clock.advance_ms(5_000);
    let said_at = server.services.now();
    for _ in 0..2 {
        server.json(post_as("/v1/tg/consents", &jwt, &json!({"promotions": true}))).await;
        server.clock.advance_ms(1_000);
    }
    let proofs = proofs(&server, 42).await;
    assert_eq!(proofs.len(), 1, "a repeated answer is no second one");
    let proof = proofs[0];
    assert_eq!(
        (proof.kind, proof.is_given, proof.channel, proof.text_version, proof.recorded_at),
        (ConsentKind::Promotions, true, ConsentChannel::MiniApp, 1, said_at)
    );
}

#[tokio::test]
async fn what_is_no_consent_is_refused_and_changes_nothing() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    for body in [
        json!({"security": false}),
        json!({"payouts": "yes"}),
        json!({"payouts": true, "x": 1}),
        json!("all"),
    ] {
        let (status, answer) = server.json(post_as("/v1/tg/consents", &jwt, &body)).await;
        assert_eq!(problem_code(status, &answer), "bad_request", "{body}");
    }
    assert_eq!(state(&server, &jwt).await, all(false, false, false));
}

#[tokio::test]
async fn a_session_that_was_ended_says_nothing_more() {
    let server = server().await;
    let (lost, own) = (server.sign_in(42, "Ada").await.jwt, server.sign_in(42, "Ada").await.jwt);
    assert_eq!(server.request(delete_as("/v1/tg/sessions", &own)).await.status(), StatusCode::NO_CONTENT);
    let (status, body) = server.json(post_as("/v1/tg/consents", &lost, &json!({"payouts": true}))).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    let (status, body) = server.json(get_as("/v1/tg/consents", &lost)).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    assert_eq!(state(&server, &own).await, all(false, false, false));
}

#[tokio::test]
async fn changes_are_limited_by_person() {
    let server = limited_server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    let mut codes = Vec::new();
    for number in 0..31 {
        let body = json!({"payouts": number % 2 == 0});
        codes.push(server.request(post_as("/v1/tg/consents", &jwt, &body)).await.status());
    }
    assert_eq!(codes.pop(), Some(StatusCode::TOO_MANY_REQUESTS));
    assert!(codes.iter().all(|code| *code == StatusCode::OK));
}

/// A tap on a button below the settings.
fn tap(update_id: i64, person: i64, chat: &Value, data: &str) -> Value {
    json!({"update_id": update_id, "callback_query": {"id": "1", "data": data, "chat_instance": "1",
        "from": {"id": person, "is_bot": false, "first_name": "Ada", "language_code": "fr"},
        "message": {"message_id": 7, "date": 1, "chat": chat}}})
}

/// What waits to be sent, in the order in which it leaves: method and parameters.
async fn calls(server: &TestServer) -> Vec<(String, Value)> {
    let taken = server.take_outgoing().await;
    taken.into_iter().map(|row| (row.method, serde_json::from_str(&row.payload).unwrap())).collect()
}

#[tokio::test]
async fn what_one_tap_causes_leaves_in_the_order_in_which_it_was_written() {
    let server = server().await;
    server.write_to_bot(1, 42, "/settings").await;
    calls(&server).await;
    let chat = json!({"id": 42, "type": "private"});
    // All in one millisecond, whose ids are in no order: a chance of one half each time.
    for round in 0..16 {
        let data = format!("consent:payouts:{}:1", if round % 2 == 0 { "on" } else { "off" });
        server.update_is_handled(&tap(2 + round, 42, &chat, &data)).await;
        let methods: Vec<String> = calls(&server).await.into_iter().map(|(method, _)| method).collect();
        assert_eq!(methods, ["answerCallbackQuery", "editMessageText"], "tap {round}");
    }
}

#[tokio::test]
async fn the_chat_shows_the_settings_and_switches_them() {
    let server = server().await;
    server.write_to_bot(1, 42, "/settings").await;
    let shown = calls(&server).await;
    let buttons = &shown[0].1["reply_markup"]["inline_keyboard"];
    assert_eq!(buttons[1][0]["callback_data"], "consent:tournaments:on:1", "{shown:?}");
    assert_eq!(buttons[3][0]["web_app"]["url"], "http://127.0.0.1:3000/app/settings");

    let chat = json!({"id": 42, "type": "private"});
    server.update_is_handled(&tap(2, 42, &chat, "consent:tournaments:on:1")).await;
    let answered = calls(&server).await;
    assert_eq!(
        answered.iter().map(|(method, _)| method.as_str()).collect::<Vec<_>>(),
        ["answerCallbackQuery", "editMessageText"]
    );
    let edit = &answered[1].1;
    assert_eq!((&edit["message_id"], &edit["chat_id"]), (&json!(7), &json!(42)));
    assert_eq!(edit["reply_markup"]["inline_keyboard"][1][0]["callback_data"], "consent:tournaments:off:1");
    let given = proofs(&server, 42).await;
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].channel, given[0].locale), (ConsentChannel::Chat, domain::Locale::Fr));

    // Tapped twice before the message changed: the button stops spinning, nothing else happens.
    server.update_is_handled(&tap(3, 42, &chat, "consent:tournaments:on:1")).await;
    assert_eq!(calls(&server).await.len(), 1);
    assert_eq!(proofs(&server, 42).await.len(), 1);
}

#[tokio::test]
async fn a_yes_to_texts_of_another_version_and_a_tap_from_elsewhere_do_not_count() {
    let server = server().await;
    server.write_to_bot(1, 42, "/settings").await;
    calls(&server).await;
    let own = json!({"id": 42, "type": "private"});
    server.update_is_handled(&tap(2, 42, &own, "consent:payouts:on:0")).await;
    assert_eq!(calls(&server).await[1].0, "editMessageText", "the present texts are shown");
    let taps = [
        tap(3, 42, &json!({"id": -5, "type": "group"}), "consent:payouts:on:1"),
        tap(4, 42, &json!({"id": 43, "type": "private"}), "consent:payouts:on:1"),
        tap(5, 99, &json!({"id": 99, "type": "private"}), "consent:payouts:on:1"),
        tap(6, 42, &own, "consent:security:off:1"),
        tap(7, 42, &own, "consent:payouts:on:1:1"),
    ];
    for tap in taps {
        server.update_is_handled(&tap).await;
        assert_eq!(calls(&server).await.len(), 1, "the button stops spinning and that is all: {tap}");
    }
    assert_eq!(proofs(&server, 42).await, []);
}

#[tokio::test]
async fn stop_turns_all_off_and_says_so_whatever_was_on() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    server.json(post_as("/v1/tg/consents", &jwt, &json!({"payouts": true, "promotions": true}))).await;
    server.write_to_bot(1, 42, "/stop").await;
    let first = calls(&server).await;
    assert_eq!(state(&server, &jwt).await, all(false, false, false));
    let withdrawn: Vec<_> =
        proofs(&server, 42).await.iter().filter(|proof| !proof.is_given).map(|proof| proof.channel).collect();
    assert_eq!(withdrawn, [ConsentChannel::Chat; 2], "what was off already needs no proof");
    server.write_to_bot(2, 42, "/stop").await;
    assert_eq!(calls(&server).await, first);
}

#[tokio::test]
async fn a_group_hears_nothing_of_anybodys_settings() {
    let server = server().await;
    let jwt = server.sign_in(42, "Ada").await.jwt;
    server.json(post_as("/v1/tg/consents", &jwt, &json!({"payouts": true}))).await;
    for (update_id, text) in [(1, "/settings"), (2, "/stop")] {
        let update = json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "text": text,
            "chat": {"id": -7, "type": "group"},
            "from": {"id": 42, "is_bot": false, "first_name": "Ada", "language_code": "en"}}});
        server.update_is_handled(&update).await;
        let answered = calls(&server).await;
        assert_eq!(answered.len(), 1);
        assert!(answered[0].1["text"].as_str().unwrap().contains("private chat"), "{answered:?}");
    }
    assert_eq!(state(&server, &jwt).await, all(false, false, true));
}

#[tokio::test]
async fn privacy_names_what_is_kept_and_leads_to_the_rest() {
    let server = server().await;
    server.write_to_bot(1, 42, "/privacy").await;
    let answered = calls(&server).await;
    let button = &answered[0].1["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["web_app"]["url"], "http://127.0.0.1:3000/app/privacy", "{answered:?}");
    assert!(!answered[0].1["text"].as_str().unwrap().contains("Ada"));
}
