//! Missions: from the platform's activities to a claimed reward, told once.

use axum::http::StatusCode;
use bus::signals::Signal;
use domain::{Rng, SeededRng, Timestamp, mission::Day, session::SignedIn};
use serde_json::{Value, json};
use services::{
    maintenance::clean::Cleaner,
    missions::{self, MissionError, dry_run::dry_run, explain::explain, live},
    privacy::erase::erase_due,
};
use storage::{mission::Owner, outgoing_event::Ending};

use crate::support::{TestServer, get_as, post_as, problem_code, server, server_with_platform};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const NOWHERE: &str = "http://127.0.0.1:1/events";

/// A player, and the number of the next event.
struct Game<'server> {
    server: &'server TestServer,
    player: SignedIn,
    events: std::cell::Cell<u32>,
}

impl<'server> Game<'server> {
    async fn begin(server: &'server TestServer) -> Self {
        server.events(&json!([server.user("p-42", "Silver Fox", Some(42))])).await;
        Self { server, player: server.sign_in(42, "Ada").await, events: std::cell::Cell::new(0) }
    }

    fn next_id(&self, kind: &str) -> String {
        self.events.set(self.events.get() + 1);
        format!("{kind}-{}", self.events.get())
    }

    /// What the player does now.
    fn act(&self, activity: &str, fields: &Value) -> Value {
        let data = json!({"platform_user_id": "p-42", "activity": activity, "fields": fields});
        self.server.event(&self.next_id("act"), "platform.activity", &data)
    }

    /// Sends events that are all taken.
    async fn send(&self, events: &[Value]) {
        let answer = self.server.events(&json!(events)).await;
        assert_eq!(answer["accepted"], events.len(), "{answer}");
    }

    async fn bet(&self, times: usize) {
        let bets: Vec<Value> = (0..times).map(|_| self.act("bet", &json!({}))).collect();
        self.send(&bets).await;
    }

    /// A mission of the platform: to bet twice, with some fields replaced.
    fn mission(&self, id: &str, kind: &str, replaced: &Value) -> Value {
        let mut data = json!({
            "mission_id": id, "title": {"en": format!("Mission {id}")}, "kind": kind,
            "starts_at": "2026-01-01T00:00:00Z", "rule": {"event": "bet", "target": 2},
            "reward": {"code": "free_spins", "amount": "20"},
        });
        for (field, value) in replaced.as_object().unwrap() {
            data[field] = value.clone();
        }
        data.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.server.event(&self.next_id("mission"), "platform.mission.upserted", &data)
    }

    async fn has(&self, id: &str, kind: &str, replaced: &Value) {
        self.send(&[self.mission(id, kind, replaced)]).await;
    }

    /// Lets time pass, and the player come back.
    async fn later(&mut self, milliseconds: i64) {
        self.server.clock.advance_ms(milliseconds);
        self.player = self.server.sign_in(42, "Ada").await;
    }

    async fn go_to(&mut self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        self.later(time.millis_since(self.server.services.now())).await;
    }

    async fn list(&self) -> Value {
        let (status, body) = self.server.json(get_as("/v1/missions", &self.player.jwt)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    async fn card(&self, id: &str) -> Value {
        let (status, body) = self.server.json(get_as(&format!("/v1/missions/{id}"), &self.player.jwt)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// State, value and target.
    async fn stand(&self, id: &str) -> (String, String, String) {
        let card = self.card(id).await;
        let text = |field: &str| card[field].as_str().unwrap().to_owned();
        (text("state"), text("value"), text("target"))
    }

    async fn state(&self, id: &str) -> String {
        self.stand(id).await.0
    }

    async fn claim(&self, id: &str) -> (StatusCode, Value) {
        let path = format!("/v1/missions/{id}/claim");
        self.server.json(post_as(&path, &self.player.jwt, &json!({}))).await
    }

    async fn claimed(&self, id: &str) -> Value {
        let (status, body) = self.claim(id).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    async fn refused(&self, id: &str) -> String {
        let (status, body) = self.claim(id).await;
        problem_code(status, &body)
    }

    /// The `source_id`s of the rewards that the platform is told of next.
    async fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            let now = self.server.services.now();
            let mut tx = self.server.services.store().begin_write().await.unwrap();
            let lease = uuid::Uuid::from_u128(1);
            let claimed = tx.outgoing_events().claim(now, lease, now.plus_ms(1_000), 100).await.unwrap();
            for event in &claimed {
                assert!(tx.outgoing_events().finish(event, Ending::Sent, now).await.unwrap());
                if event.event.kind == "podium.reward.granted" {
                    let data: Value = serde_json::from_str(&event.event.data).unwrap();
                    told.push(data["source_id"].as_str().unwrap().to_owned());
                }
            }
            tx.save().await.unwrap();
            if claimed.is_empty() {
                // What is granted in the same millisecond has no order.
                told.sort_unstable();
                return told;
            }
        }
    }
}

fn stand(state: &str, value: &str, target: &str) -> (String, String, String) {
    (state.to_owned(), value.to_owned(), target.to_owned())
}

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
        let saved = missions::save(&server.services, &mut *tx, owner, mission).await;
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
async fn server_functions_answer_as_the_api_does() {
    let server = server().await;
    let game = Game::begin(&server).await;
    game.has("m", "one_off", &json!({})).await;
    game.bet(2).await;
    let call = async |path: &str, body: Value| server.json(post_as(path, &game.player.jwt, &body)).await;
    assert_eq!(call("/fn/missions/list", json!({})).await, (StatusCode::OK, game.list().await));
    let (status, claimed) = call("/fn/missions/claim", json!({"id": "m"})).await;
    assert_eq!((status, &claimed), (StatusCode::OK, &game.claimed("m").await));
    let (status, body) = call("/fn/missions/claim", json!({"id": "other"})).await;
    assert_eq!(problem_code(status, &body), "mission_unknown");
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
async fn random_histories_grant_each_reward_once() {
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
