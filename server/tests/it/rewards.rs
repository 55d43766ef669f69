//! Rewards: given once, claimed once, told to the platform once.

use axum::http::StatusCode;
use domain::{Prize, RewardSource, RewardState, Timestamp, UserId, session::SignedIn};
use serde_json::{Value, json};
use services::rewards::{self, NewReward};
use storage::{audit::Actor, outgoing_event::ClaimedOutgoingEvent, reward::RewardRow};

use crate::support::{TestServer, get_as, post_as, problem_code, server_with_platform};

const NOWHERE: &str = "http://127.0.0.1:1/events";

fn spins(user_id: UserId, source_id: &str) -> NewReward {
    NewReward {
        user_id,
        source: RewardSource::Mission,
        source_id: source_id.to_owned(),
        what: Prize {
            code: "free_spins".parse().unwrap(),
            amount: Some("20".parse().unwrap()),
            currency: None,
            title: None,
        },
        expires_at: None,
    }
}

async fn offer(server: &TestServer, reward: NewReward) -> RewardRow {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let mut rows = rewards::offer(&server.services, &mut *tx, &[reward]).await.unwrap();
    tx.save().await.unwrap();
    rows.remove(0)
}

async fn grant(server: &TestServer, given: &[NewReward]) -> Vec<RewardRow> {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let rows = rewards::grant(&server.services, &mut *tx, given).await.unwrap();
    tx.save().await.unwrap();
    rows
}

/// What the platform would be told next, but for links.
async fn told(server: &TestServer) -> Vec<ClaimedOutgoingEvent> {
    let mut told = Vec::new();
    loop {
        let now = server.services.now();
        let mut tx = server.services.store().begin_write().await.unwrap();
        let lease = uuid::Uuid::from_u128(1);
        let claimed = tx.outgoing_events().claim(now, lease, now.plus_ms(1_000), 100).await.unwrap();
        for event in &claimed {
            let sent = storage::outgoing_event::Ending::Sent;
            assert!(tx.outgoing_events().finish(event, sent, now).await.unwrap());
        }
        tx.save().await.unwrap();
        if claimed.is_empty() {
            return told;
        }
        told.extend(claimed.into_iter().filter(|event| !event.event.kind.starts_with("podium.link")));
    }
}

async fn player(server: &TestServer, number: i64) -> SignedIn {
    let who = server.sign_in(number, "Ada").await;
    let event = server.user(&format!("p-{number}"), &format!("Fox {number}"), Some(number));
    assert_eq!(server.events(&json!([event])).await["accepted"], 1);
    who
}

async fn claim(server: &TestServer, who: &SignedIn, reward: &RewardRow) -> (StatusCode, Value) {
    let path = format!("/v1/rewards/{}/claim", reward.reward_id);
    server.json(post_as(&path, &who.jwt, &json!({}))).await
}

async fn refused(server: &TestServer, who: &SignedIn, reward: &RewardRow) -> String {
    let (status, body) = claim(server, who, reward).await;
    problem_code(status, &body)
}

#[tokio::test]
async fn a_reward_is_claimed_once_and_told_once() {
    let server = server_with_platform(NOWHERE).await;
    let ada = player(&server, 42).await;
    let reward = offer(&server, spins(ada.user.user_id, "daily")).await;
    let again = offer(&server, spins(ada.user.user_id, "daily")).await;
    assert_eq!(again, reward, "one thing is rewarded once");
    assert_eq!(told(&server).await, [], "an offer is nothing to book");

    server.clock.advance_ms(1_000);
    let granted_at = server.services.now();
    let (status, first) = claim(&server, &ada, &reward).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    assert_eq!(first["state"], "granted");
    assert_eq!(first["granted_at"], json!(granted_at));
    server.clock.advance_ms(1_000);
    let (status, second) = claim(&server, &ada, &reward).await;
    assert_eq!((status, second), (StatusCode::OK, first.clone()), "the same answer");

    let told = told(&server).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].event.kind, "podium.reward.granted");
    assert_eq!(told[0].event.subject, ada.user.user_id.to_string());
    assert_eq!(told[0].event.created_at, granted_at);
    let data: Value = serde_json::from_str(&told[0].event.data).unwrap();
    assert_eq!(
        data,
        json!({
            "reward_id": reward.reward_id,
            "user_id": ada.user.user_id,
            "platform_user_id": "p-42",
            "source": "mission",
            "source_id": "daily",
            "code": "free_spins",
            "amount": "20",
            "granted_at": granted_at,
        })
    );
}

#[tokio::test]
async fn peers_1_2_14_claims_at_once_grant_once() {
    let server = server_with_platform(NOWHERE).await;
    let ada = player(&server, 42).await;
    let reward = offer(&server, spins(ada.user.user_id, "daily")).await;
    let claims = futures::future::join_all((0..8).map(|_| claim(&server, &ada, &reward))).await;
    assert!(claims.iter().all(|(status, body)| *status == StatusCode::OK && *body == claims[0].1));
    assert_eq!(told(&server).await.len(), 1);
}

#[tokio::test]
async fn each_claim_that_can_t_be_says_why() {
    let server = server_with_platform(NOWHERE).await;
    let (ada, bob) = (player(&server, 42).await, server.sign_in(43, "Bob").await);
    let reward = offer(&server, spins(ada.user.user_id, "daily")).await;
    assert_eq!(refused(&server, &bob, &reward).await, "reward_foreign");
    let unlinked = offer(&server, spins(bob.user.user_id, "daily")).await;
    assert_eq!(refused(&server, &bob, &unlinked).await, "not_linked");
    let unknown = RewardRow { reward_id: "rw_00000000000000000000000000000000".parse().unwrap(), ..reward };
    assert_eq!(refused(&server, &ada, &unknown).await, "reward_unknown");
    let (status, body) = server.json(post_as("/v1/rewards/cup/claim", &ada.jwt, &json!({}))).await;
    assert_eq!(problem_code(status, &body), "reward_unknown");

    let expires_at = Some(server.services.now().plus_ms(1_000));
    let late = offer(&server, NewReward { expires_at, ..spins(ada.user.user_id, "late") }).await;
    server.clock.advance_ms(1_000);
    assert_eq!(refused(&server, &ada, &late).await, "reward_expired");
    let given = grant(&server, &[NewReward { expires_at, ..spins(ada.user.user_id, "late") }]).await;
    assert_eq!(given[0].granted_at, None, "what has expired is not granted by the way");

    let taken_back = offer(&server, spins(ada.user.user_id, "wrong")).await;
    revoke(&server, &taken_back).await;
    assert_eq!(refused(&server, &ada, &taken_back).await, "reward_revoked");
    assert_eq!(told(&server).await, []);
}

async fn revoke(server: &TestServer, reward: &RewardRow) -> RewardRow {
    let mut tx = server.services.store().begin_write().await.unwrap();
    let revoked =
        rewards::revoke(&server.services, &mut *tx, Actor::system(), reward.reward_id).await.unwrap();
    tx.save().await.unwrap();
    revoked
}

#[tokio::test]
async fn what_is_granted_at_once_is_told_once_and_can_be_taken_back_once() {
    let server = server_with_platform(NOWHERE).await;
    let ada = player(&server, 42).await;
    let light = server.sign_in(43, "Bob").await;
    let given = [spins(ada.user.user_id, "cup"), spins(light.user.user_id, "cup")];
    let rows = grant(&server, &given).await;
    let states: Vec<RewardState> = rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [RewardState::Granted, RewardState::Offered], "who has no account can claim it later");
    assert_eq!(grant(&server, &given).await, rows);
    let granted = told(&server).await;
    assert_eq!(granted.len(), 1);

    // Linked by now: what was offered is granted, what was granted is not granted again.
    player(&server, 43).await;
    let rows = grant(&server, &given).await;
    assert!(rows.iter().all(|row| row.state == RewardState::Granted));
    assert_eq!(told(&server).await.len(), 1);

    assert_eq!(revoke(&server, &rows[0]).await.state, RewardState::Revoked);
    assert_eq!(revoke(&server, &rows[0]).await.state, RewardState::Revoked);
    let revoked = told(&server).await;
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].event.kind, "podium.reward.revoked");
    assert!(revoked[0].event.data.contains(&rows[0].reward_id.to_string()));
    assert_eq!(grant(&server, &given[..1]).await[0].state, RewardState::Revoked, "and stays so");
    assert_eq!(told(&server).await, []);
}

#[tokio::test]
async fn a_player_reads_their_rewards_page_by_page() {
    let server = server_with_platform(NOWHERE).await;
    let (ada, bob) = (player(&server, 42).await, player(&server, 43).await);
    let end: Timestamp = server.services.now().plus_ms(1_000);
    for source_id in ["one", "two", "three"] {
        let expires_at = (source_id == "two").then_some(end);
        offer(&server, NewReward { expires_at, ..spins(ada.user.user_id, source_id) }).await;
        server.clock.advance_ms(500);
    }
    let page = async |who: &SignedIn, query: &str| {
        let (status, body) = server.json(get_as(&format!("/v1/rewards{query}"), &who.jwt)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    };
    let first = page(&ada, "?limit=2").await;
    let names = |page: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let rewards = page["rewards"].as_array().unwrap();
        rewards.iter().map(|reward| (text(&reward["source_id"]), text(&reward["state"]))).collect()
    };
    let pair = |name: &str, state: &str| (name.to_owned(), state.to_owned());
    assert_eq!(names(&first), [pair("three", "offered"), pair("two", "expired")]);
    let next = page(&ada, &format!("?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!(names(&next), [pair("one", "offered")]);
    assert_eq!(next["next_cursor"], Value::Null);
    assert_eq!(names(&page(&bob, "").await), []);
    let (status, body) = server.json(get_as("/v1/rewards?cursor=elsewhere", &ada.jwt)).await;
    assert_eq!(problem_code(status, &body), "bad_request");
}
