//! How tournaments come to their end: at their time, late, early, frozen; final ranks, their hash, prizes and notices.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    cup::{
        DAY_MS, HOUR_MS, MINUTE_MS, NOWHERE, about, consents, definition, later, pass, players, reachable,
        refused, row, run_jobs, send, state, texts, time, told,
    },
    support::{TestServer, get_as, server, server_with_bot, server_with_platform},
};

pub fn prizes() -> Value {
    json!([
        {"from": 1, "to": 1, "what": {"code": "cash", "amount": "100", "currency": "EUR"}},
        {"from": 2, "to": 3, "what": {"code": "spins", "amount": "20"}},
    ])
}

/// The cup with five players, of whom 1 is the best; 3 and 4 have reached the same, 3 earlier.
pub async fn played(server: &TestServer, rules: &Value) {
    players(server, 5).await;
    send(server, &[definition(server, "cup-1", rules)]).await;
    for (player, score) in [(1, 50), (2, 40), (3, 30), (4, 30), (5, 10)] {
        server.clock.advance_ms(1000);
        send(server, &[server.score(&format!("s{player}"), "cup", &format!("p-{player}"), score)]).await;
    }
}

/// The hash as an auditor computes it from what the API shows.
pub fn audited(results: &Value) -> String {
    let mut text = String::new();
    for one in results["results"].as_array().unwrap() {
        let ties: Vec<String> = one["ties"]
            .as_array()
            .map(|ties| ties.iter().map(ToString::to_string).collect())
            .unwrap_or_default();
        let at = time(one["achieved_at"].as_str().unwrap()).as_millis();
        let player = one["player"].as_str().unwrap();
        let fields = [one["rank"].to_string(), player.to_owned(), one["score"].to_string(), ties.join(",")];
        text.push_str(&fields.join("\t"));
        text.push('\t');
        text.push_str(&at.to_string());
        text.push('\n');
    }
    hex::encode(Sha256::digest(text))
}

/// A tournament whose server was down at its end is finished right after the start, with its ranks, its hash and its
/// prizes, once: whatever timer a process had is gone with it.
#[tokio::test]
async fn peers_1_3_4_a_tournament_that_ended_while_the_server_was_down_is_finished_after_the_start() {
    let server = server_with_platform(NOWHERE).await;
    played(&server, &json!({"prizes": prizes()})).await;
    assert_eq!(state(&server).await, "running");
    server.clock.advance_ms(3 * DAY_MS);
    // Nobody has worked meanwhile. Another process starts on the same file.
    let started = server.with_personal_keys(&[]).await;
    for _ in 0..20 {
        services::jobs::worker::work_once(&started, &services::jobs::house()).await.unwrap();
    }
    assert_eq!(state(&server).await, "finished");
    let (status, results) = about(&server, "/results", None).await;
    assert_eq!((status, &results["players"]), (StatusCode::OK, &json!(5)), "{results}");
    // The process that was down comes back, and finds nothing left to do.
    run_jobs(&server).await;
    let finished = told(&server, "podium.tournament.finished").await;
    assert_eq!(finished.len(), 0, "the other process knew no address of the platform");
    let (_, again) = about(&server, "/results", None).await;
    assert_eq!(again, results);
}

#[tokio::test]
async fn peers_1_3_4_a_start_that_passed_while_the_server_was_down_happens_at_once() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[later(&server, "cup-1", HOUR_MS, &json!({}))]).await;
    assert_eq!(state(&server).await, "scheduled");
    server.clock.advance_ms(HOUR_MS + 10 * MINUTE_MS);
    // No job has run, and it takes scores and shows itself as running all the same.
    send(&server, &[server.score("s1", "cup", "p-1", 5)]).await;
    let (_, card) = about(&server, "", None).await;
    assert_eq!(card["card"]["phase"], "running");
    run_jobs(&server).await;
    assert_eq!(state(&server).await, "running");
}

#[tokio::test]
async fn final_ranks_stand_with_a_hash_that_an_auditor_computes_again() {
    let server = server_with_platform(NOWHERE).await;
    played(&server, &json!({"prizes": prizes()})).await;
    let (status, body) = about(&server, "/results", None).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::CONFLICT, Some("tournament_closed")));
    pass(&server, HOUR_MS).await;
    // The last scores are still taken for a minute.
    assert_eq!(state(&server).await, "finalizing");
    pass(&server, MINUTE_MS).await;
    assert_eq!(state(&server).await, "finished");
    let (_, results) = about(&server, "/results", None).await;
    let ranked: Vec<(u64, &str, i64)> = results["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["rank"].as_u64().unwrap(), one["alias"].as_str().unwrap(), one["score"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(
        ranked,
        [
            (1, "Player 1", 50),
            (2, "Player 2", 40),
            (3, "Player 3", 30),
            (4, "Player 4", 30),
            (5, "Player 5", 10)
        ]
    );
    assert_eq!(results["results"][0]["prize"]["code"], "cash");
    assert_eq!(results["results"][2]["prize"]["code"], "spins");
    assert!(results["results"][3]["prize"].is_null());
    assert_eq!(results["result_hash"], audited(&results));
    let finished = told(&server, "podium.tournament.finished").await;
    assert_eq!(finished.len(), 1);
    assert_eq!((&finished[0]["result_hash"], &finished[0]["players"]), (&results["result_hash"], &json!(5)));
    let (_, page) = about(&server, "/results?limit=2&cursor=2", None).await;
    assert_eq!((&page["results"][0]["rank"], &page["next_cursor"]), (&json!(3), &json!("4")));
    // Nothing changes a final rank any more.
    let late = json!({"tournament_id": "cup", "platform_user_id": "p-5", "score": 99});
    let mut late = server.event("late", "platform.score.posted", &late);
    late["time"] = json!(server.services.now().plus_ms(-2 * MINUTE_MS));
    assert_eq!(refused(&server, &late).await, "tournament_not_running");
    let longer = definition(
        &server,
        "cup-2",
        &json!({"ends_at": server.services.now().plus_ms(HOUR_MS),
        "starts_at": server.services.now().plus_ms(-2 * HOUR_MS)}),
    );
    assert_eq!(refused(&server, &longer).await, "tournament_closed");
}

#[tokio::test]
async fn peers_1_2_14_each_winner_is_given_one_reward_and_the_platform_is_told_once() {
    let server = server_with_platform(NOWHERE).await;
    played(&server, &json!({"prizes": prizes()})).await;
    pass(&server, HOUR_MS + MINUTE_MS).await;
    let mut granted: Vec<(String, String)> = told(&server, "podium.reward.granted")
        .await
        .iter()
        .map(|one| {
            (one["platform_user_id"].as_str().unwrap().to_owned(), one["code"].as_str().unwrap().to_owned())
        })
        .collect();
    granted.sort();
    let expected = [("p-1", "cash"), ("p-2", "spins"), ("p-3", "spins")];
    assert_eq!(granted, expected.map(|(player, code)| (player.to_owned(), code.to_owned())));
    // Done again, as after a crash behind the commit, it gives nobody anything.
    let mut tx = server.services.store().begin_write().await.unwrap();
    let payload = json!({"after": 0, "until": 3});
    let kind = storage::job::JobKind::BoardPrizes;
    let now = server.services.now();
    services::jobs::plan(&server.services, &mut *tx, kind, "cup", now, &payload).await.unwrap();
    tx.save().await.unwrap();
    run_jobs(&server).await;
    assert!(told(&server, "podium.reward.granted").await.is_empty());
}

#[tokio::test]
async fn a_prize_that_is_to_be_claimed_is_offered_until_its_time() {
    let server = server_with_platform(NOWHERE).await;
    played(&server, &json!({"prizes": prizes(), "rewards": "claim", "claim_days": 7})).await;
    pass(&server, HOUR_MS + MINUTE_MS).await;
    assert!(told(&server, "podium.reward.granted").await.is_empty());
    let winner = server.sign_in(1, "Ada").await;
    let (_, mine) = about(&server, "/me", Some(&winner)).await;
    assert_eq!((&mine["result"]["rank"], &mine["reward"]["state"]), (&json!(1), &json!("offered")), "{mine}");
    let (_, rewards) = server.json(get_as("/v1/rewards", &winner.jwt)).await;
    assert_eq!(rewards["rewards"].as_array().map(Vec::len), Some(1));
}

/// What Nakama's users have asked for since 2021.
#[tokio::test]
async fn peers_1_2_19_stop_a_running_tournament() {
    let server = server().await;
    played(&server, &json!({})).await;
    let id = "cup".parse().unwrap();
    let operator = storage::audit::Actor { kind: domain::ActorKind::Operator, id: Some("op_1".to_owned()) };
    let mut tx = server.services.store().begin_write().await.unwrap();
    services::tournaments::command::stop(&server.services, &mut *tx, operator.clone(), &id).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(state(&server).await, "finalizing");
    server.clock.advance_ms(1000);
    assert_eq!(refused(&server, &server.score("after", "cup", "p-5", 99)).await, "tournament_not_running");
    pass(&server, MINUTE_MS).await;
    assert_eq!(state(&server).await, "finished");
    let mut tx = server.services.store().begin_write().await.unwrap();
    let again = services::tournaments::command::stop(&server.services, &mut *tx, operator, &id).await;
    assert!(again.is_err(), "what is over can't be stopped");
}

#[tokio::test]
async fn an_extended_tournament_goes_on_while_its_ranks_are_not_final() {
    let server = server().await;
    played(&server, &json!({})).await;
    pass(&server, HOUR_MS).await;
    assert_eq!(state(&server).await, "finalizing");
    let id = "cup".parse().unwrap();
    let ends_at = server.services.now().plus_ms(HOUR_MS);
    let mut tx = server.services.store().begin_write().await.unwrap();
    let actor = storage::audit::Actor::system();
    services::tournaments::command::extend(&server.services, &mut *tx, actor, &id, ends_at).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(state(&server).await, "running");
    send(&server, &[server.score("more", "cup", "p-5", 99)]).await;
    pass(&server, HOUR_MS + MINUTE_MS).await;
    let (_, results) = about(&server, "/results", None).await;
    assert_eq!(results["results"][0]["alias"], "Player 5");
}

#[tokio::test]
async fn a_frozen_tournament_takes_no_scores_and_becomes_final_when_it_is_thawed() {
    let server = server().await;
    played(&server, &json!({})).await;
    let id: domain::TournamentId = "cup".parse().unwrap();
    let actor = storage::audit::Actor::system;
    let mut tx = server.services.store().begin_write().await.unwrap();
    services::tournaments::command::freeze(&server.services, &mut *tx, actor(), &id).await.unwrap();
    tx.save().await.unwrap();
    let score = server.score("frozen", "cup", "p-5", 99);
    assert_eq!(refused(&server, &score).await, "tournament_frozen");
    pass(&server, DAY_MS).await;
    assert_eq!(state(&server).await, "finalizing", "nothing becomes final while somebody looks at it");
    let mut tx = server.services.store().begin_write().await.unwrap();
    services::tournaments::command::thaw(&server.services, &mut *tx, actor(), &id).await.unwrap();
    tx.save().await.unwrap();
    // Its sender was told to send it again when it goes on, and has a minute for that.
    pass(&server, MINUTE_MS - 1).await;
    assert_eq!(state(&server).await, "finalizing");
    send(&server, &[score]).await;
    pass(&server, 1).await;
    assert_eq!(state(&server).await, "finished");
    let (_, results) = about(&server, "/results", None).await;
    assert_eq!(
        (&results["results"][0]["alias"], &results["results"][0]["score"]),
        (&json!("Player 5"), &json!(99))
    );
}

/// The lock of the job that computes the cup anew, as a worker holds it that has much to do.
async fn computed_anew(server: &TestServer, until_ms: i64) {
    let now = server.services.now();
    let mut tx = server.services.store().begin_write().await.unwrap();
    let actor = storage::audit::Actor::system();
    let id = "cup".parse().unwrap();
    services::tournaments::command::recompute(&server.services, &mut *tx, actor, &id).await.unwrap();
    let kinds = [storage::job::JobKind::BoardRecompute];
    let claimed =
        tx.jobs().claim(&kinds, now, uuid::Uuid::from_u128(1), now.plus_ms(until_ms), 8).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(claimed.len(), 1);
}

#[tokio::test]
async fn a_board_that_is_computed_anew_gets_its_final_ranks_behind_that() {
    let server = server().await;
    played(&server, &json!({})).await;
    pass(&server, HOUR_MS).await;
    computed_anew(&server, 2 * MINUTE_MS).await;
    pass(&server, MINUTE_MS + MINUTE_MS / 2).await;
    assert_eq!(state(&server).await, "finalizing", "the ranks may still be wrong");
    // The worker is gone; another one does it, and the end of the board comes right behind.
    pass(&server, MINUTE_MS / 2).await;
    assert_eq!(state(&server).await, "finished");
}

#[tokio::test]
async fn a_canceled_tournament_takes_nothing_and_gives_nothing() {
    let server = server_with_platform(NOWHERE).await;
    played(&server, &json!({"prizes": prizes()})).await;
    let canceled = server.event("cancel", "platform.tournament.canceled", &json!({"tournament_id": "cup"}));
    send(&server, &[canceled]).await;
    assert_eq!(refused(&server, &server.score("more", "cup", "p-5", 99)).await, "tournament_closed");
    let (_, card) = about(&server, "", None).await;
    assert_eq!(card["card"]["phase"], "canceled");
    pass(&server, DAY_MS).await;
    assert_eq!(state(&server).await, "canceled");
    assert!(told(&server, "podium.reward.granted").await.is_empty());
}

#[tokio::test]
async fn winners_who_want_to_hear_of_tournaments_are_told_their_place() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    played(&server, &json!({"prizes": prizes()})).await;
    for number in [1, 2, 5] {
        let player = reachable(&server, number).await;
        if number != 2 {
            consents(&server, &player).await;
        }
    }
    server.take_outgoing().await;
    pass(&server, HOUR_MS + MINUTE_MS).await;
    let told = texts(&server).await;
    assert_eq!(told.len(), 1, "2 has not said yes, 5 has won nothing: {told:?}");
    assert_eq!(told[0].0, 1);
    assert!(told[0].1.contains("Winter cup") && told[0].1.contains('1'), "{}", told[0].1);
}

#[tokio::test]
async fn what_is_owned_by_the_console_is_not_the_platform_s_to_edit() {
    let server = server().await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let id: domain::TournamentId = "cup".parse().unwrap();
    let mut tx = server.services.store().begin_write().await.unwrap();
    let mut status = tx.tournaments().by_id(&id).await.unwrap().unwrap().status;
    status.owner = domain::Owner::Console;
    tx.tournaments().set_status(&id, &status, server.services.now()).await.unwrap();
    tx.save().await.unwrap();
    let mine = definition(&server, "cup-2", &json!({"title": {"en": "Mine now"}}));
    assert_eq!(refused(&server, &mine).await, "owned_elsewhere");
    let cancel = server.event("cancel", "platform.tournament.canceled", &json!({"tournament_id": "cup"}));
    assert_eq!(refused(&server, &cancel).await, "owned_elsewhere");
}

#[tokio::test]
async fn an_end_in_the_past_that_was_told_by_mistake_can_be_taken_back_for_a_minute() {
    let server = server().await;
    played(&server, &json!({})).await;
    let now = server.services.now();
    let over = json!({"starts_at": now.plus_ms(-2 * DAY_MS), "ends_at": now.plus_ms(-DAY_MS)});
    send(&server, &[definition(&server, "cup-2", &over)]).await;
    run_jobs(&server).await;
    assert_eq!(state(&server).await, "finalizing");
    let right = json!({"starts_at": now.plus_ms(-HOUR_MS), "ends_at": now.plus_ms(HOUR_MS)});
    send(&server, &[definition(&server, "cup-3", &right), server.score("more", "cup", "p-5", 99)]).await;
    assert_eq!(state(&server).await, "running");
    send(&server, &[definition(&server, "cup-4", &over)]).await;
    pass(&server, MINUTE_MS).await;
    assert_eq!(state(&server).await, "finished");
    let too_late = json!({"starts_at": now.plus_ms(-3 * DAY_MS), "ends_at": now.plus_ms(HOUR_MS)});
    assert_eq!(refused(&server, &definition(&server, "cup-5", &too_late)).await, "tournament_closed");
}

/// The cup as it stands, told once more with other words.
async fn retold(server: &TestServer, id: &str) -> Value {
    let tournament = row(server).await.tournament;
    definition(
        server,
        id,
        &json!({
            "title": {"en": format!("The cup of {id}")},
            "starts_at": tournament.starts_at, "ends_at": tournament.ends_at,
        }),
    )
}

/// A platform that tells of its tournaments every half minute, whether or not something has changed.
#[tokio::test]
async fn telling_the_same_again_and_again_postpones_no_ranks() {
    let server = server().await;
    played(&server, &json!({})).await;
    pass(&server, HOUR_MS).await;
    assert_eq!(state(&server).await, "finalizing");
    for half in 0..2 {
        let again = retold(&server, &format!("half-{half}")).await;
        send(&server, &[again]).await;
        pass(&server, MINUTE_MS / 2).await;
    }
    assert_eq!(state(&server).await, "finished");
}

#[tokio::test]
async fn an_end_in_the_past_leaves_its_minute_whatever_is_told_of_texts_meanwhile() {
    let server = server().await;
    played(&server, &json!({})).await;
    let now = server.services.now();
    let over = json!({"starts_at": now.plus_ms(-2 * DAY_MS), "ends_at": now.plus_ms(-DAY_MS)});
    send(&server, &[definition(&server, "over", &over)]).await;
    pass(&server, MINUTE_MS / 2).await;
    let again = retold(&server, "texts").await;
    send(&server, &[again]).await;
    run_jobs(&server).await;
    assert_eq!(state(&server).await, "finalizing", "it can still be taken back");
    pass(&server, MINUTE_MS / 2).await;
    assert_eq!(state(&server).await, "finished");
}
