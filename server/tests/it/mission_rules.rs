//! Whom missions are open to, whose they are, and what is refused.

use domain::{Owner, Timestamp, mission::Day};
use serde_json::json;
use services::missions::{self, MissionError, dry_run::dry_run, explain::explain};

use crate::{
    missions_support::{DAY_MS, Game, NOWHERE, stand},
    support::{get_as, server_with_platform},
};

#[tokio::test]
async fn a_mission_is_open_to_whom_its_condition_admits() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    game.has("known", "one_off", &json!({"condition": {"kyc_at_least": "basic"}})).await;
    game.has("german", "one_off", &json!({"condition": {"regions": ["DE"]}})).await;
    game.bet(2).await;
    let card = game.card("known").await;
    assert_eq!(
        (&card["state"], &card["unmet"], &card["value"]),
        (&json!("locked"), &json!("kyc"), &json!("0"))
    );
    assert_eq!(game.refused("known").await, "mission_locked");
    assert_eq!(game.card("german").await["unmet"], "region");
    let names = async || {
        let list = game.list().await;
        let missions = list["missions"].as_array().unwrap().clone();
        missions.iter().map(|card| card["mission_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["known"], "what is for elsewhere is not shown");

    let version = game.list().await["version"].as_u64().unwrap();
    let kyc =
        server.event("kyc-1", "platform.kyc.changed", &json!({"platform_user_id": "p-42", "level": "basic"}));
    let mut moved = server.user("p-42", "Silver Fox", None);
    moved["id"] = json!("moved");
    moved["data"]["region"] = json!("DE-BY");
    game.send(&[kyc, moved]).await;
    assert!(game.list().await["version"].as_u64().unwrap() > version);
    assert_eq!(game.state("known").await, "available");
    assert_eq!(names().await, ["german", "known"]);
    game.bet(1).await;
    assert_eq!(game.stand("known").await, stand("in_progress", "1", "2"));
    let (_, me) = server.json(get_as("/v1/tg/me", &game.player.jwt)).await;
    assert_eq!(me["kyc"]["level"], "basic");
}

#[tokio::test]
async fn only_its_owner_changes_a_mission_and_what_was_begun_adds_up_as_before() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    let of_console =
        missions::read(&game.mission("console", "one_off", &json!({}))["data"].to_string()).unwrap();
    let save = async |owner, mission: &domain::mission::Mission| {
        let mut tx = server.services.store().begin_write().await.unwrap();
        let saved = missions::save(&server.services, &mut *tx, owner, mission, None).await;
        tx.save().await.unwrap();
        saved
    };
    save(Owner::Console, &of_console).await.unwrap();
    let answer = server.events(&json!([game.mission("console", "one_off", &json!({}))])).await;
    assert_eq!(answer["rejected"][0]["code"], "owned_elsewhere");
    game.has("platform", "one_off", &json!({})).await;
    let of_platform =
        missions::read(&game.mission("platform", "daily", &json!({}))["data"].to_string()).unwrap();
    assert!(matches!(save(Owner::Console, &of_platform).await, Err(MissionError::OwnedElsewhere)));

    // Nobody has begun, so all can change; then only what does not touch what was counted.
    game.has("platform", "one_off", &json!({"rule": {"event": "bet", "count": {}, "target": 3}})).await;
    game.bet(2).await;
    assert_eq!(game.stand("platform").await, stand("in_progress", "2", "3"));
    for replaced in [
        json!({"rule": {"event": "login", "target": 3}}),
        json!({"rule": {"event": "bet", "sum": {"field": "amount"}, "target": 3}}),
        json!({"time_zone": "Europe/Rome"}),
    ] {
        let answer = server.events(&json!([game.mission("platform", "one_off", &replaced)])).await;
        assert_eq!(answer["rejected"][0]["code"], "event_data_invalid", "{replaced}");
    }
    game.has(
        "platform",
        "one_off",
        &json!({"title": {"en": "Renamed"}, "rule": {"event": "bet", "target": 4}}),
    )
    .await;
    assert_eq!(game.stand("platform").await, stand("in_progress", "2", "4"));

    // Operators stop and resume whatever it is.
    let stop = async |is_stopped| {
        let mut tx = server.services.store().begin_write().await.unwrap();
        let id = "platform".parse().unwrap();
        assert!(missions::set_stopped(&server.services, &mut *tx, &id, is_stopped).await.unwrap());
        tx.save().await.unwrap();
    };
    stop(true).await;
    game.bet(1).await;
    assert_eq!(game.stand("platform").await, stand("expired", "2", "4"));
    stop(false).await;
    game.bet(1).await;
    assert_eq!(game.stand("platform").await, stand("in_progress", "3", "4"));
}

#[tokio::test]
async fn a_mission_that_makes_no_sense_is_refused_by_the_field() {
    let server = server_with_platform(NOWHERE).await;
    let game = Game::begin(&server).await;
    for (replaced, detail) in [
        (
            json!({"rule": {"event": "bet", "target": 2, "wher": {}}}),
            "wher is not a field that is known here",
        ),
        (json!({"rule": {"event": "bet", "target": 0}}), "rule.target must be above 0"),
        (
            json!({"rule": {"event": "bet", "where": {"game": {"like": "d"}}, "target": 1}}),
            "rule.where.game is not of the right type, or beyond its limits",
        ),
        (json!({"reward": null}), "reward is missing"),
        (json!({"title": null}), "title is missing"),
        (json!({"time_zone": "Europe/Nowhere"}), "time_zone is not a zone of the IANA database"),
        (
            json!({"condition": {"regions": ["Germany"]}}),
            "condition.regions names what is no code of ISO 3166, or more than 300",
        ),
    ] {
        let answer = server.events(&json!([game.mission("bad", "one_off", &replaced)])).await;
        assert_eq!(answer["rejected"][0]["code"], "event_data_invalid", "{replaced}");
        assert_eq!(answer["rejected"][0]["detail"], detail, "{replaced}");
    }
    assert_eq!(game.list().await["missions"], json!([]));
}

#[tokio::test]
async fn a_mission_can_be_tried_on_what_has_happened_and_progress_is_explained() {
    let server = server_with_platform(NOWHERE).await;
    let mut game = Game::begin(&server).await;
    server.events(&json!([server.user("p-43", "Red Panda", None)])).await;
    game.has("m", "daily", &json!({})).await;
    game.bet(3).await;
    let mut other = game.act("bet", &json!({}));
    other["data"]["platform_user_id"] = json!("p-43");
    game.send(&[other, game.act("login", &json!({}))]).await;
    game.later(DAY_MS).await;
    game.bet(2).await;

    let tried = missions::read(&game.mission("tried", "daily", &json!({}))["data"].to_string()).unwrap();
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let run = dry_run(&server.services, &tried, begin).await.unwrap();
    assert_eq!((run.counted, run.begun, run.done, run.rewarded.as_slice()), (6, 2, 1, [2].as_slice()));
    let run = dry_run(&server.services, &tried, begin.plus_ms(DAY_MS)).await.unwrap();
    assert_eq!((run.counted, run.begun, run.done), (2, 1, 1));

    let mut tx = server.services.store().begin_read().await.unwrap();
    let id = "m".parse().unwrap();
    let user_id = game.player.user.user_id;
    let first_day = Day(20_454);
    let counted = explain(&server.services, &mut *tx, user_id, &id, first_day).await.unwrap();
    assert_eq!(counted.len(), 3);
    assert!(counted.iter().all(|row| row.activity.as_str() == "bet"));
    assert_eq!(explain(&server.services, &mut *tx, user_id, &id, first_day.plus(1)).await.unwrap().len(), 2);
}
