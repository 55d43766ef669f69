//! One-time tokens and the link with an account of the platform, through the API.

use axum::http::StatusCode;
use domain::{TokenAction, audit::AuditAction, session::SignedIn};
use serde_json::{Value, json};
use storage::outbox::OutgoingClass;
use telegram::{init_data, token::BotToken};

use crate::support::{TOKEN, TestServer, get_as, limited_server, post_json, problem_code, server};

/// A server that knows its bot's name.
async fn named_server() -> TestServer {
    let server = server().await;
    name_bot(&server).await;
    server
}

async fn name_bot(server: &TestServer) {
    let mut tx = server.services.store().begin_write().await.unwrap();
    tx.settings().set("bot.username", b"PodiumBot").await.unwrap();
    tx.save().await.unwrap();
}

async fn order(server: &TestServer, order: &Value) -> (StatusCode, Value) {
    server.json(server.signed("POST", "/v1/platform/tokens", &order.to_string())).await
}

/// A token that links the account.
async fn link_token(server: &TestServer, account: &str) -> Value {
    token(server, &json!({"action": "link", "platform_user_id": account, "platform_account": "a•••n"})).await
}

async fn token(server: &TestServer, what: &Value) -> Value {
    let (status, issued) = order(server, what).await;
    assert_eq!(status, StatusCode::CREATED, "{issued}");
    issued
}

async fn status_of(server: &TestServer, issued: &Value) -> Value {
    let path = format!("/v1/platform/tokens/{}", issued["token_id"].as_str().unwrap());
    let (status, body) = server.json(server.signed("GET", &path, "")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

async fn post_as(server: &TestServer, who: &SignedIn, path: &str, body: &Value) -> (StatusCode, Value) {
    let mut request = post_json(path, body);
    request.headers_mut().insert("authorization", format!("Bearer {}", who.jwt).parse().unwrap());
    server.json(request).await
}

async fn link(server: &TestServer, who: &SignedIn, token: &Value) -> Result<Value, String> {
    link_with(server, who, token, json!({"init_data": server.init_data(who.user.telegram_user_id.0, "Ada")}))
        .await
}

async fn link_with(
    server: &TestServer,
    who: &SignedIn,
    token: &Value,
    mut body: Value,
) -> Result<Value, String> {
    body["token"] = token["token"].clone();
    let (status, answer) = post_as(server, who, "/v1/tg/link", &body).await;
    if status.is_success() { Ok(answer) } else { Err(problem_code(status, &answer)) }
}

async fn unlink(server: &TestServer, who: &SignedIn) -> Result<Value, String> {
    let init_data = server.init_data(who.user.telegram_user_id.0, "Ada");
    let (status, answer) = post_as(server, who, "/v1/tg/unlink", &json!({"init_data": init_data})).await;
    if status.is_success() { Ok(answer) } else { Err(problem_code(status, &answer)) }
}

/// What a launch with this start parameter was about.
async fn start(server: &TestServer, who: &SignedIn, parameter: Option<&str>) -> Result<Value, String> {
    let user =
        json!({"id": who.user.telegram_user_id, "first_name": "Ada", "language_code": "en"}).to_string();
    let auth_date = server.services.now().as_secs().to_string();
    let mut pairs = vec![("user", user.as_str()), ("auth_date", auth_date.as_str())];
    pairs.extend(parameter.map(|parameter| ("start_param", parameter)));
    let bot: BotToken = TOKEN.parse().unwrap();
    let init_data = init_data::sign(&pairs, &bot);
    let (status, answer) = post_as(server, who, "/v1/tg/start", &json!({"init_data": init_data})).await;
    if status.is_success() { Ok(answer) } else { Err(problem_code(status, &answer)) }
}

async fn me(server: &TestServer, who: &SignedIn) -> Value {
    let (status, body) = server.json(get_as("/v1/tg/me", &who.jwt)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// What the audit log tells of a user, the newest first.
async fn audit_of(server: &TestServer, user_id: &Value) -> Vec<(AuditAction, Value)> {
    let user_id = user_id.as_str().unwrap().parse().unwrap();
    let mut tx = server.services.store().begin_read().await.unwrap();
    let lines = tx.audit().by_subject(user_id, None, 100).await.unwrap();
    lines.into_iter().map(|line| (line.action, serde_json::from_str(&line.detail).unwrap())).collect()
}

#[tokio::test]
async fn an_account_is_shown_masked_and_linked_by_a_yes() {
    let server = named_server().await;
    server.events(&json!([server.tournament("cup", "sum", "desc"), server.user("a", "Ann", None)])).await;
    server.events(&json!([server.score("s", "cup", "a", 5)])).await;
    let ada = server.sign_in(42, "Ada").await;
    assert_eq!(me(&server, &ada).await["linked"], false);
    let token = link_token(&server, "a").await;
    assert_eq!(
        token["url_start"],
        format!("https://t.me/PodiumBot?start={}", token["token"].as_str().unwrap())
    );
    assert_eq!(status_of(&server, &token).await["state"], "pending");

    let (status, shown) =
        post_as(&server, &ada, "/v1/tg/link/preview", &json!({"token": token["url_startapp"]})).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    assert_eq!((&shown["platform_account"], &shown["is_linked_elsewhere"]), (&json!("a•••n"), &json!(false)));
    assert_eq!(me(&server, &ada).await["linked"], false, "nothing is linked before the yes");

    let linked = link(&server, &ada, &token).await.unwrap();
    assert_eq!((&linked["linked"], &linked["platform_user_id"]), (&json!(true), &json!("a")));
    assert_eq!(linked["alias"], "Ann");
    // The session goes on under the user who took over, with the token of before and with the next one.
    assert_eq!(me(&server, &ada).await["user_id"], linked["user_id"]);
    let refresh = json!({"refresh_token": ada.refresh_token});
    let (_, next) = server.json(post_json("/v1/tg/refresh", &refresh)).await;
    assert_eq!(next["user"]["user_id"], linked["user_id"]);
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 5)], "nothing counts twice");

    let spent = status_of(&server, &token).await;
    assert_eq!((&spent["state"], &spent["platform_user_id"]), (&json!("spent"), &json!("a")));
    assert_eq!(spent["user_id"], linked["user_id"]);
    let actions: Vec<AuditAction> =
        audit_of(&server, &linked["user_id"]).await.into_iter().map(|(action, _)| action).collect();
    for action in [AuditAction::LinkCreated, AuditAction::ProfileMerged, AuditAction::TokenSpent] {
        assert_eq!(actions.iter().filter(|one| **one == action).count(), 1, "{actions:?}");
    }
}

#[tokio::test]
async fn an_account_that_podium_has_not_met_becomes_the_person_s() {
    let server = named_server().await;
    let ada = server.sign_in(42, "Ada").await;
    let linked = link(&server, &ada, &link_token(&server, "new").await).await.unwrap();
    assert_eq!(linked["user_id"], json!(ada.user.user_id), "the light profile goes on");
    assert_eq!(linked["platform_user_id"], "new");
    // What the platform tells of it later reaches the same user.
    server.events(&json!([server.user("new", "Ann", None)])).await;
    assert_eq!(me(&server, &ada).await["alias"], "Ann");
}

#[tokio::test]
async fn a_used_an_expired_a_foreign_and_an_unknown_token_have_answers_of_their_own() {
    let server = named_server().await;
    let (ada, eve) = (server.sign_in(42, "Ada").await, server.sign_in(43, "Eve").await);
    let used = link_token(&server, "a").await;
    link(&server, &ada, &used).await.unwrap();
    for who in [&ada, &eve] {
        assert_eq!(link(&server, who, &used).await.unwrap_err(), "one_time_token_used");
    }
    // Whoever shows it first has it.
    let shown = link_token(&server, "b").await;
    let body = json!({"token": shown["token"]});
    assert_eq!(post_as(&server, &ada, "/v1/tg/link/preview", &body).await.0, StatusCode::OK);
    let (status, refused) = post_as(&server, &eve, "/v1/tg/link/preview", &body).await;
    assert_eq!((status.as_u16(), problem_code(status, &refused).as_str()), (403, "one_time_token_foreign"));
    assert_eq!(link(&server, &eve, &shown).await.unwrap_err(), "one_time_token_foreign");
    // One that was made for somebody.
    let bound = token(
        &server,
        &json!({"action": "link", "platform_user_id": "c", "platform_account": "c***c", "telegram_user_id": 42}),
    )
    .await;
    assert_eq!(link(&server, &eve, &bound).await.unwrap_err(), "one_time_token_foreign");
    // What opens a page links nothing, and says no more than an unknown one.
    let other = token(&server, &json!({"action": "open_tournament", "tournament_id": "cup"})).await;
    for unknown in
        [other, json!({"token": "A".repeat(22)}), json!({"token": "nonsense"}), json!({"token": ""})]
    {
        assert_eq!(link(&server, &eve, &unknown).await.unwrap_err(), "one_time_token_unknown");
    }
    let late = link_token(&server, "d").await;
    server.clock.advance_ms(TokenAction::Link.lifetime_ms());
    let eve = server.sign_in(43, "Eve").await;
    assert_eq!(link(&server, &eve, &late).await.unwrap_err(), "one_time_token_expired");
    assert_eq!(status_of(&server, &late).await["state"], "expired");

    let mut refused: Vec<String> = audit_of(&server, &json!(eve.user.user_id))
        .await
        .into_iter()
        .filter(|(action, _)| *action == AuditAction::TokenRefused)
        .map(|(_, detail)| detail["why"].as_str().unwrap().to_owned())
        .collect();
    refused.sort();
    assert_eq!(refused, ["expired", "foreign", "foreign", "foreign", "reused"]);
}

#[tokio::test]
async fn of_two_uses_at_once_one_links() {
    let server = named_server().await;
    let (ada, eve) = (server.sign_in(42, "Ada").await, server.sign_in(43, "Eve").await);
    let token = link_token(&server, "a").await;
    let (left, right) = tokio::join!(link(&server, &ada, &token), link(&server, &eve, &token));
    assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
    let refused = left.err().or(right.err()).unwrap();
    assert_eq!(refused, "one_time_token_used");
}

#[tokio::test]
async fn linking_needs_a_fresh_proof_of_the_same_person_and_spends_nothing_without() {
    let server = named_server().await;
    let ada = server.sign_in(42, "Ada").await;
    let token = link_token(&server, "a").await;
    let old = server.init_data(42, "Ada");
    server.clock.advance_ms(301_000);
    let refused = [
        (old, "init_data_stale"),
        (server.init_data(43, "Eve"), "init_data_foreign"),
        (server.init_data(42, "Ada").replace("Ada", "Eve"), "init_data_invalid"),
        ("nonsense".to_owned(), "init_data_malformed"),
    ];
    for (init_data, code) in refused {
        let answer = link_with(&server, &ada, &token, json!({"init_data": init_data})).await;
        assert_eq!(answer.unwrap_err(), code);
    }
    let (status, body) =
        server.json(post_json("/v1/tg/link", &json!({"token": "x", "init_data": "y"}))).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    assert!(link(&server, &ada, &token).await.is_ok());
}

#[tokio::test]
async fn an_account_has_one_person_and_a_person_is_asked_before_another_account_takes_the_place() {
    let server = named_server().await;
    let (ada, eve) = (server.sign_in(42, "Ada").await, server.sign_in(43, "Eve").await);
    link(&server, &ada, &link_token(&server, "a").await).await.unwrap();
    assert_eq!(link(&server, &eve, &link_token(&server, "a").await).await.unwrap_err(), "account_taken");

    let other = link_token(&server, "b").await;
    assert_eq!(link(&server, &ada, &other).await.unwrap_err(), "telegram_id_taken");
    let (_, shown) = post_as(&server, &ada, "/v1/tg/link/preview", &json!({"token": other["token"]})).await;
    assert_eq!(shown["is_linked_elsewhere"], true);
    let body = json!({"init_data": server.init_data(42, "Ada"), "replace": true});
    let linked = link_with(&server, &ada, &other, body).await.unwrap();
    assert_eq!(linked["platform_user_id"], "b");
    assert_eq!(me(&server, &ada).await["platform_user_id"], "b");
    // The account that was left is free.
    assert!(link(&server, &eve, &link_token(&server, "a").await).await.is_ok());
}

#[tokio::test]
async fn unlinking_stops_a_message_that_waits_and_keeps_the_session() {
    let server = named_server().await;
    let ada = server.sign_in(42, "Ada").await;
    let linked = link(&server, &ada, &link_token(&server, "a").await).await.unwrap();
    start_chat(&server, 42).await;
    let text = json!({"id": "n1", "platform_user_id": "a", "text": "Your prize is there"});
    let (status, body) = notify(&server, &text).await;
    assert_eq!((status, &body["is_duplicate"]), (StatusCode::ACCEPTED, &json!(false)), "{body}");
    assert_eq!(waiting(&server).await, 1);

    let light = unlink(&server, &ada).await.unwrap();
    assert_eq!((&light["linked"], &light["telegram_user_id"]), (&json!(false), &json!(42)));
    assert_ne!(light["user_id"], linked["user_id"], "the account keeps its user");
    assert_eq!(waiting(&server).await, 0, "what belonged to the account does not leave any more");
    assert_eq!(me(&server, &ada).await["user_id"], light["user_id"], "the token of before reads no account");
    assert_eq!(unlink(&server, &ada).await.unwrap_err(), "not_linked");
    let (status, body) = notify(&server, &json!({"id": "n2", "platform_user_id": "a", "text": "x"})).await;
    assert_eq!(problem_code(status, &body), "not_linked");
    let lines = audit_of(&server, &linked["user_id"]).await;
    let (_, detail) = lines.iter().find(|(action, _)| *action == AuditAction::LinkEnded).unwrap();
    assert_eq!(detail["messages_taken_back"], 1);
    // And it may be linked again.
    assert!(link(&server, &ada, &link_token(&server, "a").await).await.is_ok());
}

async fn notify(server: &TestServer, body: &Value) -> (StatusCode, Value) {
    server.json(server.signed("POST", "/v1/platform/notifications", &body.to_string())).await
}

/// The person writes to the bot.
async fn start_chat(server: &TestServer, id: i64) {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let person = domain::TelegramUserId(id);
    let now = server.services.now();
    tx.users().set_reachability(person, domain::Reachability::Reachable, now).await.unwrap();
    tx.save().await.unwrap();
}

async fn waiting(server: &TestServer) -> u64 {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.outbox().backlog().await.unwrap().waiting
}

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
async fn a_launch_resolves_the_signed_parameter_alone() {
    let server = named_server().await;
    let ada = server.sign_in(42, "Ada").await;
    assert_eq!(start(&server, &ada, None).await.unwrap(), json!({"kind": "nothing"}));
    assert_eq!(
        start(&server, &ada, Some("t_cup")).await.unwrap(),
        json!({"kind": "open", "path": "/app/t/cup"})
    );
    assert_eq!(start(&server, &ada, Some("no-such-code")).await.unwrap(), json!({"kind": "nothing"}));

    let ask = link_token(&server, "a").await;
    let answer = start(&server, &ada, ask["token"].as_str()).await.unwrap();
    assert_eq!((&answer["kind"], &answer["question"]["platform_account"]), (&json!("ask"), &json!("a•••n")));
    assert_eq!(status_of(&server, &ask).await["state"], "pending");

    let open = token(&server, &json!({"action": "open_tournament", "tournament_id": "cup"})).await;
    let opened = start(&server, &ada, open["token"].as_str()).await.unwrap();
    assert_eq!(opened, json!({"kind": "open", "path": "/app/t/cup"}));
    assert_eq!(start(&server, &ada, open["token"].as_str()).await.unwrap_err(), "one_time_token_used");

    let of_account =
        token(&server, &json!({"action": "open_kyc", "platform_user_id": "a", "step": "passport"})).await;
    let refused = start(&server, &ada, of_account["token"].as_str()).await.unwrap_err();
    assert_eq!(refused, "one_time_token_foreign", "it goes on in the account of somebody else");
    link(&server, &ada, &ask).await.unwrap();
    let opened = start(&server, &ada, of_account["token"].as_str()).await.unwrap();
    assert_eq!(opened["path"], "/app/profile?kyc=passport");
    let no_step = token(&server, &json!({"action": "open_kyc"})).await;
    let opened = start(&server, &ada, no_step["token"].as_str()).await.unwrap();
    assert_eq!(opened["path"], "/app/profile?kyc");
}

#[tokio::test]
async fn a_site_that_has_signed_its_user_in_links_a_new_person_at_once_and_asks_one_who_is_linked_elsewhere()
{
    let server = named_server().await;
    let sign_in =
        |who: &str| json!({"action": "sign_in", "platform_user_id": who, "platform_account": "s***n"});
    let ada = server.sign_in(42, "Ada").await;
    let first = token(&server, &sign_in("a")).await;
    let answer = start(&server, &ada, first["token"].as_str()).await.unwrap();
    assert_eq!(answer, json!({"kind": "linked", "platform_account": "s***n"}));
    assert_eq!(status_of(&server, &first).await["platform_user_id"], "a");

    let again = token(&server, &sign_in("a")).await;
    assert_eq!(start(&server, &ada, again["token"].as_str()).await.unwrap()["kind"], "linked");
    let other = token(&server, &sign_in("b")).await;
    let answer = start(&server, &ada, other["token"].as_str()).await.unwrap();
    assert_eq!((&answer["kind"], &answer["question"]["is_linked_elsewhere"]), (&json!("ask"), &json!(true)));
    let eve = server.sign_in(43, "Eve").await;
    let taken = token(&server, &sign_in("a")).await;
    assert_eq!(start(&server, &eve, taken["token"].as_str()).await.unwrap_err(), "account_taken");
    assert_eq!(status_of(&server, &taken).await["state"], "pending", "what was not done spends nothing");
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
async fn who_guesses_tokens_must_wait() {
    let server = limited_server().await;
    let ada = server.sign_in(42, "Ada").await;
    let mut codes = Vec::new();
    for _ in 0..11 {
        let (status, body) =
            post_as(&server, &ada, "/v1/tg/link/preview", &json!({"token": "A".repeat(22)})).await;
        codes.push(problem_code(status, &body));
    }
    assert_eq!(codes.pop().unwrap(), "rate_limited");
    assert!(codes.iter().all(|code| code == "one_time_token_unknown"), "{codes:?}");
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
