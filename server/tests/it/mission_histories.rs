//! What is told of missions and kept of them, whatever comes in whatever order.

use axum::http::StatusCode;
use bus::signals::Signal;
use domain::{Rng, SeededRng, Timestamp, mission::Day};
use serde_json::{Value, json};
use services::{missions::live, privacy::erase::erase_due};

use crate::{
    missions_support::{DAY_MS, Game, NOWHERE, stand},
    support::{get_as, post_as, problem_code, server, server_with_platform},
};

#[tokio::test]
async fn an_open_page_hears_of_its_player_s_progress() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({})).await;
    let user_id = game.player.user.user_id;
    let mut hints = server.services.signals().subscribe();
    let heard = async |hints: &mut tokio::sync::broadcast::Receiver<Signal>| {
        let wait = async {
            loop {
                if let Signal::Missions { players } = hints.recv().await.unwrap() {
                    return players;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(5), wait).await.unwrap()
    };
    assert_eq!(live::changes(&server.services, user_id, 0).await.unwrap(), None);
    game.bet(1).await;
    assert_eq!(heard(&mut hints).await, [user_id]);
    let changed = live::changes(&server.services, user_id, 0).await.unwrap().unwrap();
    assert_eq!(changed.missions[0].value, "1");
    assert_eq!(live::changes(&server.services, user_id, changed.version).await.unwrap(), None);
    game.send(&[game.act("login", &json!({}))]).await;
    assert_eq!(live::changes(&server.services, user_id, changed.version).await.unwrap(), None);
    game.bet(1).await;
    game.claimed("m").await;
    let changed = live::changes(&server.services, user_id, changed.version).await.unwrap().unwrap();
    assert_eq!(changed.missions[0].state, domain::mission::MissionState::Claimed);
    assert_eq!(heard(&mut hints).await, [user_id]);
    assert_eq!(heard(&mut hints).await, [user_id]);
}

#[tokio::test]
async fn a_page_that_asks_for_what_is_newer_is_answered_as_soon_as_there_is_something() {
    let server = server().await;
    let game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({})).await;
    game.bet(1).await;
    let since = async |version: &Value| {
        let path = format!("/v1/missions?since={version}");
        server.json(get_as(&path, &game.player.jwt)).await
    };
    // What is newer already is answered at once.
    let (status, first) = since(&json!(0)).await;
    assert_eq!((status, &first), (StatusCode::OK, &game.list().await));
    // Else the answer comes with the activity, long before its patience is at its end.
    let answer = async { since(&first["version"]).await };
    let (answer, ()) =
        tokio::time::timeout(std::time::Duration::from_secs(5), async { tokio::join!(answer, game.bet(1)) })
            .await
            .unwrap();
    assert_eq!((answer.0, &answer.1["missions"][0]["state"]), (StatusCode::OK, &json!("done")));
    // What somebody else does is no news.
    server.events(&json!([server.user("p-43", "Red Panda", None)])).await;
    let session = services::identity::authenticate(&server.services, &game.player.jwt).await.unwrap();
    let version = answer.1["version"].as_u64().unwrap();
    let patience = std::time::Duration::from_millis(200);
    let of_others = async {
        let data = json!({"platform_user_id": "p-43", "activity": "bet"});
        game.send(&[server.event("other", "platform.activity", &data)]).await;
    };
    let (nothing, ()) = tokio::join!(live::next(&server.services, &session, version, patience), of_others);
    assert_eq!(nothing.unwrap(), None);
    let (status, body) = server.json(get_as("/v1/missions?since=x", &game.player.jwt)).await;
    assert_eq!(problem_code(status, &body), "bad_request");
}

#[tokio::test]
async fn an_erased_person_leaves_no_progress_and_a_copy_holds_it_before() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({})).await;
    game.bet(2).await;
    game.claimed("m").await;
    let init_data = server.init_data(42, "Ada");
    let jwt = game.player.jwt.clone();
    let ask = async |path: &str| server.json(post_as(path, &jwt, &json!({"init_data": init_data}))).await;
    let (_, address) = ask("/v1/tg/privacy/export").await;
    let path = address["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:3000").unwrap().to_owned();
    let (_, copy) = server.json(crate::support::get(&path)).await;
    assert_eq!(copy["missions"][0]["mission_id"], "m");
    assert_eq!(copy["activities"].as_array().unwrap().len(), 2);
    assert_eq!(copy["rewards"][0]["source_id"], "m");

    let user_id = game.player.user.user_id;
    let (status, _) = ask("/v1/tg/privacy/erasure").await;
    assert_eq!(status, StatusCode::OK);
    server.clock.advance_ms(14 * DAY_MS);
    assert_eq!(erase_due(&server.services).await.unwrap(), 1);
    let mut tx = server.services.store().begin_read().await.unwrap();
    assert_eq!(tx.mission_progress().of_player(user_id, Day(0), 10).await.unwrap(), []);
    assert_eq!(tx.mission_progress().version(user_id).await.unwrap(), 0);
    let (from, until) = (Timestamp::from_millis(0), server.services.now());
    assert_eq!(tx.activities().of_player(user_id, from, until, 10).await.unwrap(), []);
    assert_eq!(tx.rewards().of_user(user_id, None, 10).await.unwrap(), []);
    drop(tx);
    // Who comes back under the same ids is somebody new, and may do it again.
    server.events(&json!([{"specversion": "1.0", "id": "again", "source": "/test", "type": "platform.user.upserted",
        "time": server.services.now(), "data": {"platform_user_id": "p-42", "alias": "Fox", "telegram_user_id": 42}}]))
        .await;
    game.later(0).await;
    assert_eq!(game.state("m").await, "available");
}

#[tokio::test]
async fn batches_at_once_lose_nothing() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({"rule": {"event": "bet", "target": 100}})).await;
    futures::future::join_all((0..20).map(|_| game.bet(5))).await;
    assert_eq!(game.stand("m").await, stand("done", "100", "100"));
}

/// Random histories against a model that keeps all: activities of five days in any order and batch, sent again at random,
/// with claims in between. Each thing that was reached is granted once, and nothing else is.
#[tokio::test]
async fn peers_1_2_15_random_histories_grant_each_reward_once() {
    for seed in 0..12 {
        let rng = SeededRng::new(seed);
        let below = |limit: u64| rng.next_u64() % limit;
        let server = server_with_platform(NOWHERE).await;
        let mut game = Game::begin(&server).await;
        let tiers = json!([
            {"target": 3, "reward": {"code": "bronze"}}, {"target": 9, "reward": {"code": "silver"}},
            {"target": 1000, "reward": {"code": "gold"}},
        ]);
        game.has("daily", "daily", &json!({})).await;
        game.has("tiers", "achievement", &json!({"tiers": tiers, "rule": {"event": "bet"}, "reward": null}))
            .await;
        let streak = json!({"days": 3, "rule": {"event": "bet", "target": 1}});
        game.has("streak", "streak", &streak).await;
        game.go_to("2026-01-05T12:00:00Z").await;

        let mut days = [0_u64; 5];
        let mut sent: Vec<Value> = Vec::new();
        for _ in 0..below(25) {
            let mut batch: Vec<Value> = Vec::new();
            for _ in 0..=below(2) {
                if !sent.is_empty() && below(4) == 0 {
                    batch.push(sent[usize::try_from(below(sent.len() as u64)).unwrap()].clone());
                    continue;
                }
                let day = below(5);
                let mut bet = game.act("bet", &json!({}));
                bet["time"] = json!(format!("2026-01-0{}T{:02}:00:00Z", day + 1, below(12)));
                days[usize::try_from(day).unwrap()] += 1;
                sent.push(bet.clone());
                batch.push(bet);
            }
            let answer = server.events(&json!(batch)).await;
            assert_eq!(answer["rejected"], json!([]), "{answer}");
            for mission in ["daily", "tiers", "streak"] {
                if below(3) == 0 {
                    let (status, body) = game.claim(mission).await;
                    assert!(status == StatusCode::OK || body["code"] == "mission_not_done", "{body}");
                }
            }
        }
        for mission in ["daily", "tiers", "streak"] {
            game.claim(mission).await;
        }

        let total: u64 = days.iter().sum();
        let mut expected: Vec<String> = (1..)
            .zip(days)
            .filter(|(_, bets)| *bets >= 2)
            .map(|(day, _)| format!("daily:2026-01-0{day}"))
            .collect();
        if days.windows(3).any(|days| days.iter().all(|bets| *bets > 0)) {
            expected.push("streak".to_owned());
        }
        expected.extend(
            [(3, "tiers:1"), (9, "tiers:2")]
                .iter()
                .filter(|(target, _)| total >= *target)
                .map(|(_, id)| (*id).to_owned()),
        );
        assert_eq!(game.told().await, expected, "seed {seed}, bets {days:?}");
    }
}
