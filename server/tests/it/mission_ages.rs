//! What time does to missions: what was done stays done and can be claimed, and definitions grow.

use serde_json::{Value, json};
use services::maintenance::clean::Cleaner;

use crate::{
    missions_support::{DAY_MS, Game, NOWHERE, stand},
    support::server_with_platform,
};

/// The ids of the list, in its order.
async fn listed(game: &Game<'_>) -> Vec<String> {
    let list = game.list().await;
    let cards = list["missions"].as_array().unwrap();
    cards.iter().map(|card| card["mission_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_was_done_on_a_sunday_is_claimed_in_the_week_after_next() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("weekly", "weekly", &json!({})).await;
    game.go_to("2026-01-18T10:00:00Z").await;
    game.bet(2).await;
    game.go_to("2026-01-30T10:00:00Z").await;
    let card = game.card("weekly").await;
    assert_eq!((&card["state"], &card["value"]), (&json!("done"), &json!("0")));
    assert_eq!(card["claimable"].as_array().unwrap().len(), 1);
    assert_eq!(game.list().await["missions"][0], card);

    let claim = game.claimed("weekly").await;
    assert_eq!(
        (&claim["mission"]["state"], &claim["rewards"][0]["state"]),
        (&json!("available"), &json!("granted"))
    );
    assert_eq!(game.claimed("weekly").await, claim, "whose answer was lost gets it again");
    assert_eq!(game.told().await, ["weekly:2026-01-12"]);
    game.later(DAY_MS + 1).await;
    assert_eq!(game.refused("weekly").await, "mission_not_done");
}

#[tokio::test]
async fn a_mission_that_is_long_over_still_gives_what_was_won() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("once", "one_off", &json!({"ends_at": "2026-01-05T00:00:00Z"})).await;
    game.has("daily", "daily", &json!({})).await;
    game.go_to("2026-01-04T12:00:00Z").await;
    game.bet(2).await;
    game.go_to("2026-04-20T12:00:00Z").await;
    // Missions are read anew, without those that are over; progress of days that are over is removed.
    game.has("other", "one_off", &json!({"rule": {"event": "login", "target": 1}})).await;
    Cleaner::default().clean(&server.services).await.unwrap();
    assert_eq!(game.state("once").await, "done");
    assert_eq!(listed(&game).await, ["once", "daily", "other"], "what can be claimed comes first");

    assert_eq!(game.claimed("once").await["mission"]["state"], "claimed");
    assert_eq!(game.claimed("daily").await["mission"]["state"], "available");
    assert_eq!(game.told().await, ["daily:2026-01-04", "once"]);
    assert_eq!(listed(&game).await, ["daily", "other"]);
    assert_eq!(game.state("once").await, "claimed");
}

#[tokio::test]
async fn a_tier_that_is_added_can_be_reached_by_those_who_had_all() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    let tiers = |targets: &[u32]| -> Value {
        let tiers = targets.iter().map(|target| json!({"target": target, "reward": {"code": "badge"}}));
        json!({"rule": {"event": "bet"}, "reward": null, "tiers": tiers.collect::<Vec<_>>()})
    };
    game.has("bets", "achievement", &tiers(&[1, 2])).await;
    game.has("next", "one_off", &json!({"after": ["bets"]})).await;
    game.bet(2).await;
    assert_eq!(game.claimed("bets").await["mission"]["state"], "claimed");
    server.clock.advance_ms(1);

    game.has("bets", "achievement", &tiers(&[1, 2, 4])).await;
    assert_eq!(game.stand("bets").await, stand("in_progress", "2", "4"));
    assert_eq!(game.state("next").await, "available", "what was done once stays done for what waits for it");
    game.bet(2).await;
    assert_eq!(game.stand("bets").await, stand("done", "4", "4"));
    assert_eq!(game.state("next").await, "done");
    game.claimed("bets").await;
    assert_eq!(game.told().await, ["bets:1", "bets:2", "bets:3"]);
}

#[tokio::test]
async fn a_chain_holds_when_what_comes_first_is_long_over() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("root", "one_off", &json!({})).await;
    game.has("over", "one_off", &json!({"after": ["root"], "ends_at": "2026-01-05T00:00:00Z"})).await;
    game.has("last", "one_off", &json!({"after": ["over"]})).await;
    game.go_to("2026-01-20T12:00:00Z").await;
    game.has("last", "one_off", &json!({"after": ["over"]})).await;
    game.has("late", "one_off", &json!({"after": ["over"]})).await;
    let answer = server.events(&json!([game.mission("root", "one_off", &json!({"after": ["last"]}))])).await;
    assert_eq!(answer["rejected"][0]["detail"], "after leads back to the mission itself", "{answer}");
    let answer = server.events(&json!([game.mission("late", "one_off", &json!({"after": ["none"]}))])).await;
    assert_eq!(answer["rejected"][0]["detail"], "after names a mission that is not known", "{answer}");
}

#[tokio::test]
async fn what_waits_for_a_daily_mission_stays_open_when_its_days_are_gone() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    game.has("daily", "daily", &json!({})).await;
    game.has("next", "one_off", &json!({"after": ["daily"]})).await;
    game.go_to("2026-01-04T12:00:00Z").await;
    game.bet(2).await;
    game.claimed("daily").await;
    game.later(100 * DAY_MS).await;
    Cleaner::default().clean(&server.services).await.unwrap();
    assert_eq!(game.state("next").await, "available");
    assert_eq!(game.stand("daily").await, stand("available", "0", "2"), "today is a day like any other");
    game.bet(1).await;
    assert_eq!(game.stand("next").await, stand("in_progress", "1", "2"));
}
