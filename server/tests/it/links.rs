//! One-time tokens and the link with an account of the platform, through the API.

use axum::http::StatusCode;
use domain::{TokenAction, audit::AuditAction};
use serde_json::json;

use crate::{
    links_support::{
        audit_of, link, link_token, link_with, me, named_server, notify, post_as, start, start_chat,
        status_of, token, unlink, waiting,
    },
    support::{post_json, problem_code},
};

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
    let open = token(&server, &json!({"action": "open_mission", "mission_id": "daily-bet"})).await;
    let opened = start(&server, &ada, open["token"].as_str()).await.unwrap();
    assert_eq!(opened, json!({"kind": "open", "path": "/app/missions/daily-bet"}));

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
