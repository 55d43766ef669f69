//! Taking part: joining, places, conditions, attempts, cohorts, periods; being overtaken.

use axum::http::StatusCode;
use domain::session::SignedIn;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    cup::{
        HOUR_MS, MINUTE_MS, NOWHERE, about, consents, definition, join, joins, joins_not, later, pass,
        players, reachable, refused, run_jobs, send, state, texts, time, told, wants_reminder,
    },
    support::{TestServer, get, post_as, problem_code, server, server_with_bot, server_with_platform},
};

fn join_rules(more: &Value) -> Value {
    let mut rules = json!({"join": {"required": true}});
    for (field, value) in more.as_object().unwrap() {
        rules["join"][field] = value.clone();
    }
    rules
}

async fn sign_in(server: &TestServer, numbers: std::ops::RangeInclusive<i64>) -> Vec<SignedIn> {
    let mut players = Vec::new();
    for number in numbers {
        players.push(server.sign_in(number, "Ada").await);
    }
    players
}

/// Nakama answers 200 and keeps the old record; here the sender sees it.
#[tokio::test]
async fn peers_1_3_3_a_score_of_somebody_who_has_not_joined_is_an_error_that_the_sender_sees() {
    let server = server().await;
    players(&server, 2).await;
    send(&server, &[definition(&server, "cup-1", &join_rules(&json!({})))]).await;
    let player = server.sign_in(1, "Ada").await;
    assert_eq!(refused(&server, &server.score("s1", "cup", "p-1", 5)).await, "not_joined");
    joins(&server, &player).await;
    // It may be sent again, under the same id, and counts now.
    send(&server, &[server.score("s1", "cup", "p-1", 5)]).await;
    assert_eq!(refused(&server, &server.score("s2", "cup", "p-2", 9)).await, "not_joined");
    assert_eq!(server.standings("cup").await, [("Player 1".to_owned(), 5)]);
}

#[tokio::test]
async fn joining_twice_is_the_same_entry_and_told_once() {
    let server = server_with_platform(NOWHERE).await;
    players(&server, 1).await;
    send(&server, &[later(&server, "cup-1", HOUR_MS, &join_rules(&json!({})))]).await;
    let player = server.sign_in(1, "Ada").await;
    let (_, before) = about(&server, "/me", Some(&player)).await;
    assert_eq!((&before["can_join"], &before["entry"]), (&json!(true), &Value::Null));
    let first = joins(&server, &player).await;
    server.clock.advance_ms(5000);
    assert_eq!(joins(&server, &player).await, first);
    let (_, mine) = about(&server, "/me", Some(&player)).await;
    assert_eq!((&mine["can_join"], &mine["entry"]), (&json!(false), &first));
    let told = told(&server, "podium.tournament.joined").await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["platform_user_id"], &told[0]["entry"]), (&json!("p-1"), &json!(1)));
}

#[tokio::test]
async fn peers_1_2_08_max_size_holds_for_many_who_come_at_once() {
    let server = server().await;
    players(&server, 8).await;
    send(&server, &[definition(&server, "cup-1", &join_rules(&json!({"size_max": 5})))]).await;
    let people = sign_in(&server, 1..=8).await;
    // Each asks twice at once.
    let answers = join_all(people.iter().chain(&people).map(|player| join(&server, player))).await;
    let joined = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
    assert_eq!(joined, 10, "five players, told twice each: {answers:?}");
    for (status, body) in answers.iter().filter(|(status, _)| *status != StatusCode::OK) {
        assert_eq!(problem_code(*status, body), "tournament_full");
    }
    let (_, details) = about(&server, "/details", None).await;
    assert_eq!((&details["entries"], &details["join"]["size_max"]), (&json!(5), &json!(5)));
}

#[tokio::test]
async fn peers_1_2_07_joining_is_open_from_its_first_to_its_last_moment() {
    let server = server().await;
    players(&server, 3).await;
    let now = server.services.now();
    let window = json!({"opens_at": now.plus_ms(10 * MINUTE_MS), "closes_at": now.plus_ms(90 * MINUTE_MS)});
    send(&server, &[later(&server, "cup-1", HOUR_MS, &join_rules(&window))]).await;
    let people = sign_in(&server, 1..=2).await;
    assert_eq!(joins_not(&server, &people[0]).await, "tournament_closed");
    assert_eq!(state(&server).await, "scheduled");
    pass(&server, 10 * MINUTE_MS).await;
    assert_eq!(state(&server).await, "open");
    joins(&server, &people[0]).await;
    pass(&server, 80 * MINUTE_MS).await;
    let late = server.sign_in(3, "Ada").await;
    assert_eq!(joins_not(&server, &late).await, "tournament_closed");
    let again = server.sign_in(1, "Ada").await;
    joins(&server, &again).await;
}

#[tokio::test]
async fn a_condition_is_asked_once_and_said_to_who_does_not_fulfill_it() {
    let server = server().await;
    let mut inside = server.user("p-1", "Ann", Some(1));
    inside["data"]["region"] = json!("DE-BY");
    send(&server, &[inside, server.user("p-2", "Bob", Some(2)), server.user("p-3", "Cid", None)]).await;
    let rules = json!({"join": {"required": true}, "condition": {"linked": true, "regions": ["DE"]}});
    send(&server, &[definition(&server, "cup-1", &rules)]).await;
    let people = sign_in(&server, 1..=2).await;
    let stranger = server.sign_in(99, "Eve").await;
    joins(&server, &people[0]).await;
    for (player, detail) in [(&people[1], "region"), (&stranger, "linked")] {
        let (status, body) = join(&server, player).await;
        assert_eq!((status, problem_code(status, &body).as_str()), (StatusCode::FORBIDDEN, "not_eligible"));
        assert!(body["detail"].as_str().unwrap().contains(detail), "{body}");
    }
    // Where nobody has to join, the first score asks.
    let free = json!({"condition": {"regions": ["DE"]}, "tournament_id": "free"});
    send(&server, &[definition(&server, "free-1", &free), server.score("s1", "free", "p-1", 5)]).await;
    assert_eq!(refused(&server, &server.score("s2", "free", "p-2", 5)).await, "not_eligible");
}

#[tokio::test]
async fn peers_1_2_08_entering_again_and_granted_attempts_end_at_the_limit() {
    let server = server().await;
    players(&server, 1).await;
    let rules = json!({"join": {"required": true, "entries_max": 2}, "attempts_max": 3});
    send(&server, &[definition(&server, "cup-1", &rules)]).await;
    let player = server.sign_in(1, "Ada").await;
    joins(&server, &player).await;
    let enter = async |number: u32| {
        server.json(post_as("/v1/tournaments/cup/join", &player.jwt, &json!({"entry": number}))).await
    };
    let (status, body) = enter(2).await;
    assert_eq!((status, &body["entries"]), (StatusCode::OK, &json!(2)));
    let (status, body) = enter(2).await;
    assert_eq!((status, &body["entries"]), (StatusCode::OK, &json!(2)), "asked again, nothing changes");
    let (status, body) = enter(3).await;
    assert_eq!(problem_code(status, &body), "attempts_used");
    let (_, mine) = about(&server, "/me", Some(&player)).await;
    assert_eq!(mine["attempts_allowed"], json!(6));
    for number in 1..=6 {
        send(&server, &[server.score(&format!("s{number}"), "cup", "p-1", number)]).await;
    }
    // The sender sees that no attempt is left, and may send it again when there is one.
    let seventh = server.score("s7", "cup", "p-1", 70);
    assert_eq!(refused(&server, &seventh).await, "attempts_used");
    let granted = json!({"tournament_id": "cup", "platform_user_id": "p-1", "attempts": 4});
    send(&server, &[server.event("grant", "platform.tournament.attempts_granted", &granted)]).await;
    let (_, mine) = about(&server, "/me", Some(&player)).await;
    assert_eq!(mine["attempts_allowed"], json!(10));
    send(&server, &[seventh]).await;
    assert_eq!(server.standings("cup").await, [("Player 1".to_owned(), 70)]);
}

#[tokio::test]
async fn an_excluded_player_scores_no_more_until_they_are_reinstated() {
    let server = server().await;
    players(&server, 2).await;
    send(&server, &[definition(&server, "cup-1", &json!({})), server.score("s1", "cup", "p-1", 5)]).await;
    let out = json!({"tournament_id": "cup", "platform_user_id": "p-1", "reason": "two accounts"});
    send(&server, &[server.event("out", "platform.player.disqualified", &out)]).await;
    assert_eq!(refused(&server, &server.score("s2", "cup", "p-1", 9)).await, "not_eligible");
    assert!(server.standings("cup").await.is_empty(), "what was reached does not show");
    // Others are not asked for anything they were not asked for before.
    send(&server, &[server.score("s3", "cup", "p-2", 1)]).await;
    let back = json!({"tournament_id": "cup", "platform_user_id": "p-1"});
    send(&server, &[server.event("back", "platform.player.reinstated", &back)]).await;
    let both = [("Player 1".to_owned(), 5), ("Player 2".to_owned(), 1)];
    assert_eq!(server.standings("cup").await, both);
    send(&server, &[server.score("s2", "cup", "p-1", 9)]).await;
    assert_eq!(
        refused(&server, &server.event("back2", "platform.player.reinstated", &back)).await,
        "player_unknown"
    );
}

/// Buckets, tiers, and who rises and falls.
#[tokio::test]
async fn peers_1_2_13_cohorts_fill_and_the_best_rise_to_the_next_tier() {
    let server = server().await;
    players(&server, 7).await;
    let title = |text: &str| json!({"en": text});
    let rules = json!({
        "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z",
        "reset": {"cron": "0 0 * * *"},
        "cohorts": {"size": 3, "tiers": [
            {"title": title("Bronze"), "promote": 1}, {"title": title("Silver"), "demote": 1}]},
        "prizes": [{"from": 1, "to": 1, "what": {"code": "cup"}}],
    });
    send(&server, &[definition(&server, "cup-1", &rules)]).await;
    let scores: Vec<Value> = (1..=7)
        .map(|number| server.score(&format!("s{number}"), "cup", &format!("p-{number}"), 100 - number))
        .collect();
    send(&server, &scores).await;
    let size = async |period: u32, cohort: u32| {
        let board = format!("/board?period={period}&cohort={cohort}");
        about(&server, &board, None).await.1["total"].clone()
    };
    assert_eq!([size(0, 1).await, size(0, 2).await, size(0, 3).await], [3, 3, 1]);
    let mut firsts = Vec::new();
    for cohort in 1..=3 {
        let (_, page) = about(&server, &format!("/board?cohort={cohort}"), None).await;
        firsts.push(page["entries"][0]["alias"].as_str().unwrap().to_owned());
    }
    assert_eq!(about(&server, "/board?period=0&cohort=4", None).await.0, StatusCode::NOT_FOUND);
    // The next day: who was first of a cohort of several plays in silver, everybody else in bronze.
    pass(&server, 24 * HOUR_MS + MINUTE_MS).await;
    let again: Vec<Value> = (1..=7)
        .map(|number| server.score(&format!("t{number}"), "cup", &format!("p-{number}"), number))
        .collect();
    send(&server, &again).await;
    let mut silver = Vec::new();
    for number in 1..=7 {
        let player = server.sign_in(number, "Ada").await;
        let (_, mine) = about(&server, "/me", Some(&player)).await;
        let (_, own) = about(&server, "/board", Some(&player)).await;
        let cohort = u32::try_from(mine["entry"]["cohort"].as_u64().unwrap()).unwrap();
        assert_eq!((&own["board"], &own["total"]), (&mine["entry"]["board"], &size(1, cohort).await));
        assert_eq!(own["me"]["alias"], format!("Player {number}"), "{own}");
        if mine["entry"]["tier"] == 1 {
            assert_eq!(own["total"], 2);
            silver.push(own["me"]["alias"].as_str().unwrap().to_owned());
        }
    }
    firsts.truncate(2);
    firsts.sort();
    assert_eq!(silver, firsts, "two cohorts of three had a first one; whoever plays alone does not rise");
    let (_, results) = about(&server, "/results?period=0&cohort=1", None).await;
    assert_eq!((&results["board"], &results["players"]), (&json!("cup.0.1"), &json!(3)), "{results}");
    assert_eq!(results["results"][0]["prize"]["code"], "cup");
}

/// A reset by cron in a time zone; what was before stays readable.
#[tokio::test]
async fn peers_1_2_06_old_periods_stay_readable_after_a_reset() {
    let server = server().await;
    players(&server, 2).await;
    // The test begins at midnight in UTC, an hour later in Rome.
    let rules = json!({
        "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-04T00:00:00Z",
        "reset": {"cron": "0 20 * * *", "zone": "Europe/Rome"},
    });
    send(&server, &[definition(&server, "cup-1", &rules), server.score("s1", "cup", "p-1", 5)]).await;
    server.clock.advance_ms(19 * HOUR_MS);
    // The job is late, and the first score of the new period opens it.
    send(&server, &[server.score("s2", "cup", "p-2", 7)]).await;
    run_jobs(&server).await;
    pass(&server, MINUTE_MS).await;
    let (_, periods) = about(&server, "/periods", None).await;
    let listed: Vec<(u64, &str, bool)> = periods["periods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["period"].as_u64().unwrap(),
                one["ends_at"].as_str().unwrap(),
                one["is_final"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(listed, [(1, "2026-01-02T19:00:00.000Z", false), (0, "2026-01-01T19:00:00.000Z", true)]);
    let (_, first) = about(&server, "/results?period=0", None).await;
    assert_eq!((&first["players"], &first["results"][0]["alias"]), (&json!(1), &json!("Player 1")));
    let (_, board) = about(&server, "/board?period=0", None).await;
    assert_eq!((&board["total"], &board["entries"][0]["alias"]), (&json!(1), &json!("Player 1")));
    let (_, card) = about(&server, "", None).await;
    assert_eq!(card["board"]["entries"][0]["alias"], "Player 2");
    assert_eq!(card["card"]["phase"], "running");
    // Down for the last days: everything is over and final after the start.
    pass(&server, 5 * 24 * HOUR_MS).await;
    assert_eq!(state(&server).await, "finished");
    let (_, last) = about(&server, "/results", None).await;
    assert_eq!(last["players"], json!(0), "nobody has played in the last period: {last}");
}

#[tokio::test]
async fn whoever_joins_in_the_app_is_told_so_in_the_chat() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 1).await;
    send(&server, &[later(&server, "cup-1", HOUR_MS, &join_rules(&json!({})))]).await;
    let player = reachable(&server, 1).await;
    server.take_outgoing().await;
    joins(&server, &player).await;
    joins(&server, &player).await;
    let told = texts(&server).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.starts_with("You are in: Winter cup"), "{told:?}");
}

#[tokio::test]
async fn a_join_is_confirmed_to_nobody_who_has_said_no_to_notices_of_tournaments() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 1).await;
    send(&server, &[later(&server, "cup-1", HOUR_MS, &join_rules(&json!({})))]).await;
    let player = reachable(&server, 1).await;
    consents(&server, &player).await;
    let no = json!({"tournaments": false});
    server.json(post_as("/v1/tg/consents", &player.jwt, &no)).await;
    server.take_outgoing().await;
    joins(&server, &player).await;
    assert_eq!(texts(&server).await, []);
}

#[tokio::test]
async fn who_asked_for_it_hears_that_they_have_fallen_off_the_podium() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 5).await;
    let player = reachable(&server, 1).await;
    consents(&server, &player).await;
    let longer = json!({"ends_at": server.services.now().plus_ms(10 * HOUR_MS)});
    send(&server, &[definition(&server, "cup-1", &longer), server.score("s1", "cup", "p-1", 10)]).await;
    wants_reminder(&server, &player).await;
    server.take_outgoing().await;
    pass(&server, MINUTE_MS).await;
    let climb: Vec<Value> = (2..=4)
        .map(|number| server.score(&format!("s{number}"), "cup", &format!("p-{number}"), 10 * number))
        .collect();
    send(&server, &climb).await;
    pass(&server, MINUTE_MS).await;
    let told = texts(&server).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, 1);
    // Up and down again: not a second time within half an hour.
    send(&server, &[server.score("s5", "cup", "p-1", 100)]).await;
    pass(&server, MINUTE_MS).await;
    let climb: Vec<Value> = (2..=4)
        .map(|number| server.score(&format!("t{number}"), "cup", &format!("p-{number}"), 1000 * number))
        .collect();
    send(&server, &climb).await;
    pass(&server, MINUTE_MS).await;
    assert!(texts(&server).await.is_empty());
}

#[tokio::test]
async fn drafts_are_nobody_s_and_private_ones_of_whoever_is_signed_in() {
    let server = server().await;
    players(&server, 1).await;
    let player = server.sign_in(1, "Ada").await;
    send(&server, &[definition(&server, "cup-1", &json!({"draft": true, "is_private": true}))]).await;
    assert_eq!(about(&server, "", Some(&player)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(refused(&server, &server.score("s1", "cup", "p-1", 5)).await, "tournament_unknown");
    assert_eq!(joins_not(&server, &player).await, "tournament_unknown");
    send(&server, &[definition(&server, "cup-2", &json!({"is_private": true}))]).await;
    assert_eq!(about(&server, "", Some(&player)).await.0, StatusCode::OK);
    assert_eq!(about(&server, "/details", None).await.0, StatusCode::NOT_FOUND);
    let (_, listed) = server.json(get("/v1/tournaments?phase=live")).await;
    assert_eq!(listed["tournaments"], json!([]));
    let draft = definition(&server, "cup-3", &json!({"draft": true}));
    assert_eq!(refused(&server, &draft).await, "event_data_invalid");
}

#[tokio::test]
async fn a_finished_tournament_that_is_told_of_with_a_later_start_begins_its_next_period() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({})), server.score("s1", "cup", "p-1", 5)]).await;
    pass(&server, HOUR_MS + MINUTE_MS).await;
    assert_eq!(state(&server).await, "finished");
    // Its texts may change, and nothing else.
    let texts_alone = definition(
        &server,
        "cup-2",
        &json!({
            "title": {"en": "Winter cup, the first"},
            "starts_at": time("2026-01-01T00:00:00Z"), "ends_at": time("2026-01-01T01:00:00Z"),
        }),
    );
    send(&server, &[texts_alone]).await;
    send(&server, &[definition(&server, "cup-3", &json!({"operator": "sum"}))]).await;
    assert_eq!(state(&server).await, "running");
    send(&server, &[server.score("s2", "cup", "p-1", 7), server.score("s3", "cup", "p-1", 7)]).await;
    let (_, card) = about(&server, "", None).await;
    assert_eq!(card["board"]["entries"][0]["score"], json!(14));
    let (_, results) = about(&server, "/results", None).await;
    assert_eq!((&results["board"], &results["results"][0]["score"]), (&json!("cup"), &json!(5)));
}
