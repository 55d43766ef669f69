//! Missions: from the platform's activities to a claimed reward, told once.

use serde_json::{Value, json};
use services::maintenance::clean::Cleaner;

use crate::{
    missions_support::{DAY_MS, Game, HOUR_MS, NOWHERE, stand},
    support::{post_as, problem_code, server_with_platform},
};

#[tokio::test]
async fn a_batch_of_activities_leads_to_a_reward_that_is_claimed_once() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    // The mission and what counts for it in one batch.
    let batch = [
        game.mission(
            "dice",
            "one_off",
            &json!({"rule": {"event": "bet", "where": {"game": "dice"}, "target": 2}}),
        ),
        game.act("bet", &json!({"game": "dice"})),
        game.act("bet", &json!({"game": "slots"})),
        game.act("login", &json!({"game": "dice"})),
    ];
    game.send(&batch).await;
    assert_eq!(game.stand("dice").await, stand("in_progress", "1", "2"));
    assert_eq!(game.card("dice").await["permille"], 500);
    assert_eq!(game.refused("dice").await, "mission_not_done");

    game.send(&[game.act("bet", &json!({"game": "dice"})), game.act("bet", &json!({"game": "dice"}))]).await;
    assert_eq!(game.stand("dice").await, stand("done", "2", "2"));
    assert_eq!(game.told().await, Vec::<String>::new(), "nothing is booked before it is claimed");

    let first = game.claimed("dice").await;
    assert_eq!(first["mission"]["state"], "claimed");
    assert_eq!(first["rewards"][0]["state"], "granted");
    assert_eq!(first["rewards"][0]["what"], json!({"code": "free_spins", "amount": "20"}));
    assert_eq!(game.claimed("dice").await, first, "claimed again, the same is answered");
    assert_eq!(game.told().await, ["dice"]);
    game.bet(5).await;
    assert_eq!(game.state("dice").await, "claimed");
    assert_eq!(game.refused("unknown").await, "mission_unknown");
}

#[tokio::test]
async fn claims_at_once_grant_once() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({})).await;
    game.bet(2).await;
    let claims = futures::future::join_all((0..8).map(|_| game.claimed("m"))).await;
    assert!(claims.iter().all(|claim| *claim == claims[0]));
    assert_eq!(game.told().await, ["m"]);
}

#[tokio::test]
async fn repeated_late_and_foreign_activities_count_as_they_should() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has(
        "once",
        "one_off",
        &json!({"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-05T00:00:00Z"}),
    )
    .await;
    game.go_to("2026-01-04T12:00:00Z").await;
    let bet = game.act("bet", &json!({}));
    game.send(std::slice::from_ref(&bet)).await;
    let again = server.events(&json!([bet, bet])).await;
    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(2)));
    assert_eq!(game.stand("once").await, stand("in_progress", "1", "2"));

    // Before the start, and at the end: not within.
    for time in ["2026-01-01T23:59:59Z", "2026-01-05T00:00:00Z"] {
        game.go_to("2026-01-05T00:00:00Z").await;
        let mut outside = game.act("bet", &json!({}));
        outside["time"] = json!(time);
        game.send(&[outside]).await;
    }
    assert_eq!(game.stand("once").await, stand("expired", "1", "2"));
    // What happened before the end and comes after it counts.
    let mut late = game.act("bet", &json!({}));
    late["time"] = json!("2026-01-04T23:59:59Z");
    game.send(&[late]).await;
    assert_eq!(game.stand("once").await, stand("done", "2", "2"));
    game.claimed("once").await;

    let now = server.services.now();
    let mut stranger = game.act("bet", &json!({}));
    stranger["data"]["platform_user_id"] = json!("p-43");
    let mut ancient = game.act("bet", &json!({}));
    ancient["time"] = json!(now.plus_ms(-31 * DAY_MS));
    let mut future = game.act("bet", &json!({}));
    future["time"] = json!(now.plus_ms(HOUR_MS));
    let mut broken = game.act("bet", &json!({}));
    broken["data"]["fields"] = json!({"list": []});
    let answer = server.events(&json!([stranger, ancient, future, broken])).await;
    assert_eq!(answer["accepted"], 0);
    let codes: Vec<&str> =
        answer["rejected"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["player_unknown", "event_data_invalid", "event_data_invalid", "event_data_invalid"]);
}

#[tokio::test]
async fn a_day_rolls_over_at_its_own_midnight_also_when_clocks_are_changed() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("daily", "daily", &json!({"time_zone": "Europe/Rome"})).await;
    game.has("weekly", "weekly", &json!({"time_zone": "Europe/Rome", "rule": {"event": "bet", "target": 5}}))
        .await;
    // Saturday evening; on Sunday the clocks are put forward, so that it has 23 hours.
    game.go_to("2026-03-28T22:59:00Z").await;
    game.bet(2).await;
    assert_eq!(game.state("daily").await, "done");
    assert_eq!(game.card("daily").await["period_ends_at"], "2026-03-28T23:00:00.000Z");
    assert_eq!(game.card("weekly").await["period_ends_at"], "2026-03-29T22:00:00.000Z");

    game.go_to("2026-03-28T23:00:00Z").await;
    let card = game.card("daily").await;
    assert_eq!(
        (&card["state"], &card["value"]),
        (&json!("done"), &json!("0")),
        "yesterday waits to be claimed"
    );
    assert_eq!(card["period_ends_at"], "2026-03-29T22:00:00.000Z");
    assert_eq!(game.claimed("daily").await["mission"]["state"], "available");
    game.go_to("2026-03-29T21:59:59Z").await;
    game.bet(2).await;
    // It became known after midnight, and counts for the day on which it happened.
    let late = game.act("bet", &json!({}));
    game.go_to("2026-03-29T22:00:00Z").await;
    game.send(&[late]).await;
    assert_eq!(game.stand("weekly").await, stand("done", "0", "5"), "a new week, the last one waits");
    assert_eq!(game.stand("daily").await, stand("done", "0", "2"));
    game.claimed("daily").await;
    game.claimed("weekly").await;
    assert_eq!(game.state("daily").await, "available");
    assert_eq!(game.told().await, ["daily:2026-03-28", "daily:2026-03-29", "weekly:2026-03-23"]);
}

#[tokio::test]
async fn a_streak_bears_a_missed_day_and_breaks_on_the_next() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    let rule = json!({"days": 4, "freezes": 1, "rule": {"event": "login", "target": 1}});
    game.has("streak", "streak", &rule).await;
    let login = async |game: &Game<'_>| game.send(&[game.act("login", &json!({}))]).await;
    let days = async |game: &Game<'_>| {
        let card = game.card("streak").await;
        let streak = &card["streak"];
        (
            streak["days"].as_u64().unwrap(),
            streak["freezes_left"].as_u64().unwrap(),
            streak["is_today_done"] == true,
        )
    };
    assert_eq!(days(&game).await, (0, 1, false));
    login(&game).await;
    login(&game).await;
    assert_eq!(days(&game).await, (1, 1, true), "a day counts once");
    game.later(DAY_MS).await;
    assert_eq!(days(&game).await, (1, 1, false), "today is not over");
    game.later(DAY_MS).await;
    assert_eq!(days(&game).await, (1, 0, false), "the freeze is used by itself");
    login(&game).await;
    assert_eq!(days(&game).await, (2, 0, true));
    game.later(2 * DAY_MS).await;
    assert_eq!(days(&game).await, (0, 1, false), "a second missed day is one too many");
    for _ in 0..3 {
        login(&game).await;
        game.later(DAY_MS).await;
    }
    assert_eq!(game.stand("streak").await, stand("in_progress", "3", "4"));
    login(&game).await;
    assert_eq!(game.stand("streak").await, stand("done", "4", "4"));
    game.later(30 * DAY_MS).await;
    game.claimed("streak").await;
    assert_eq!(game.told().await, ["streak"]);
}

#[tokio::test]
async fn a_chain_unlocks_step_by_step_also_within_a_batch() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    game.has("first", "one_off", &json!({})).await;
    game.has("second", "one_off", &json!({"after": ["first"]})).await;
    game.has("third", "one_off", &json!({"after": ["first", "second"]})).await;
    game.bet(1).await;
    let card = game.card("second").await;
    assert_eq!((&card["state"], &card["after"]), (&json!("locked"), &json!(["first"])));
    assert_eq!(game.refused("second").await, "mission_locked");
    // The second bet ends the first mission, the next two the second one, and the last begins the third.
    let bets: Vec<Value> = (0..4)
        .map(|_| {
            server.clock.advance_ms(1);
            game.act("bet", &json!({}))
        })
        .collect();
    let shuffled = [bets[2].clone(), bets[0].clone(), bets[3].clone(), bets[1].clone()];
    game.send(&shuffled).await;
    assert_eq!(game.state("first").await, "done");
    assert_eq!(game.state("second").await, "done");
    assert_eq!(game.stand("third").await, stand("in_progress", "1", "2"));

    for (mission, reason) in [
        (
            game.mission("first", "one_off", &json!({"after": ["third"]})),
            "after leads back to the mission itself",
        ),
        (
            game.mission("fourth", "one_off", &json!({"after": ["fifth"]})),
            "after names a mission that is not known",
        ),
    ] {
        let answer = server.events(&json!([mission])).await;
        assert_eq!(answer["rejected"][0]["code"], "event_data_invalid");
        assert_eq!(answer["rejected"][0]["detail"], reason);
    }
}

#[tokio::test]
async fn tiers_are_rewarded_one_by_one_and_claimed_together() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    let tiers = json!([
        {"target": 1, "reward": {"code": "bronze"}}, {"target": "2.5", "reward": {"code": "silver"}},
        {"target": 100, "reward": {"code": "gold"}},
    ]);
    let rule = json!({"event": "bet", "sum": {"field": "amount"}});
    game.has("high-roller", "achievement", &json!({"tiers": tiers, "rule": rule, "reward": null})).await;
    let bet = async |amount: Value| {
        let mut bet = game.act("bet", &json!({}));
        bet["data"]["amount"] = amount;
        game.send(&[bet]).await;
    };
    let states = async || {
        let card = game.card("high-roller").await;
        let tiers = card["tiers"].as_array().unwrap().clone();
        tiers.iter().map(|tier| tier["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states().await, ["in_progress", "available", "available"]);
    bet(json!(-5)).await;
    bet(json!("0.1")).await;
    bet(json!(0.2)).await;
    assert_eq!(game.stand("high-roller").await, stand("in_progress", "0.3", "1"));
    bet(json!("2.20")).await;
    assert_eq!(states().await, ["done", "done", "in_progress"]);
    assert_eq!(game.stand("high-roller").await, stand("done", "2.5", "100"));
    let claim = game.claimed("high-roller").await;
    assert_eq!(claim["rewards"].as_array().unwrap().len(), 2);
    assert_eq!(claim["mission"]["state"], "in_progress");
    assert_eq!(states().await, ["claimed", "claimed", "in_progress"]);
    assert_eq!(game.told().await, ["high-roller:1", "high-roller:2"]);
}

#[tokio::test]
async fn what_is_not_claimed_in_time_is_lost() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({"claim_within_hours": 24})).await;
    game.bet(2).await;
    let claimable = game.card("m").await["claimable"].clone();
    assert_eq!(claimable[0]["expires_at"], json!(server.services.now().plus_ms(DAY_MS)));
    game.later(DAY_MS).await;
    assert_eq!(game.state("m").await, "expired");
    assert_eq!(game.refused("m").await, "mission_over");
    let path = format!("/v1/rewards/{}/claim", claimable[0]["reward_id"].as_str().unwrap());
    let (status, body) = server.json(post_as(&path, &game.player.jwt, &json!({}))).await;
    assert_eq!(problem_code(status, &body), "reward_expired");
    // A job writes down what everybody sees already.
    Cleaner::default().clean(&server.services).await.unwrap();
    assert_eq!(game.state("m").await, "expired");
    assert_eq!(game.refused("m").await, "mission_over");
    assert_eq!(game.told().await, Vec::<String>::new());
}
