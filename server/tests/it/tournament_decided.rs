//! What an operator has decided about a tournament of the platform, against a platform that tells its definitions again
//! and again.

use domain::{Owner, Timestamp, TournamentId, audit::AuditAction};
use serde_json::{Value, json};
use services::tournaments::command;
use storage::{
    audit::Actor,
    job::{JobKind, JobState},
};

use crate::{
    console_support::actions,
    cup::{
        HOUR_MS, MINUTE_MS, about, definition, pass, players, reachable, refused, row, run_jobs, send, state,
        wants_reminder,
    },
    support::{TestServer, server, server_with_bot},
};

/// The cup from now on for an hour, with a player on its board.
async fn running(server: &TestServer) -> Value {
    players(server, 2).await;
    let cup = definition(server, "cup-1", &json!({}));
    send(server, &[cup.clone(), server.score("s1", "cup", "p-1", 50)]).await;
    run_jobs(server).await;
    assert_eq!(state(server).await, "running");
    cup
}

/// What the platform told, once more, with some fields replaced.
fn again(cup: &Value, id: &str, replaced: &Value) -> Value {
    let mut event = cup.clone();
    event["id"] = json!(id);
    for (field, value) in replaced.as_object().unwrap() {
        event["data"][field] = value.clone();
    }
    event
}

fn id() -> TournamentId {
    "cup".parse().unwrap()
}

async fn stop(server: &TestServer) {
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::stop(&server.services, &mut *tx, Actor::system(), &id()).await.unwrap();
    tx.save().await.unwrap();
}

/// Lets the cup go on until `ms` from now.
async fn extend(server: &TestServer, ms: i64) -> Timestamp {
    let ends_at = server.services.now().plus_ms(ms);
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::extend(&server.services, &mut *tx, Actor::system(), &id(), ends_at).await.unwrap();
    tx.save().await.unwrap();
    ends_at
}

async fn ends_at(server: &TestServer) -> Timestamp {
    row(server).await.tournament.ends_at
}

#[tokio::test]
async fn a_stop_holds_against_a_repeat_and_ranks_become_final_at_their_time() {
    let server = server().await;
    let cup = running(&server).await;
    server.clock.advance_ms(10 * MINUTE_MS);
    stop(&server).await;
    let stopped_at = server.services.now();
    for half in 0..2 {
        send(&server, &[again(&cup, &format!("half-{half}"), &json!({}))]).await;
        assert_eq!((state(&server).await, ends_at(&server).await), ("finalizing", stopped_at));
        assert_eq!(refused(&server, &server.score("late", "cup", "p-2", 99)).await, "tournament_not_running");
        pass(&server, MINUTE_MS / 2).await;
    }
    assert_eq!(state(&server).await, "finished", "repeats have postponed nothing");
    let renamed = again(&cup, "renamed", &json!({"title": {"en": "The stopped cup"}}));
    send(&server, &[again(&cup, "after", &json!({})), renamed]).await;
    assert_eq!((state(&server).await, ends_at(&server).await), ("finished", stopped_at));
    let (_, results) = about(&server, "/results", None).await;
    assert_eq!(results["results"][0]["alias"], "Player 1");
}

#[tokio::test]
async fn an_extension_holds_against_a_repeat_before_and_after_the_end_that_was_told() {
    let server = server().await;
    let cup = running(&server).await;
    let extended = extend(&server, 3 * HOUR_MS).await;
    for (turn, wait) in [0, HOUR_MS, HOUR_MS].into_iter().enumerate() {
        pass(&server, wait).await;
        send(&server, &[again(&cup, &format!("again-{turn}"), &json!({"title": {"en": "Longer"}}))]).await;
        run_jobs(&server).await;
        assert_eq!((state(&server).await, ends_at(&server).await), ("running", extended));
        send(&server, &[server.score(&format!("more-{turn}"), "cup", "p-2", 60)]).await;
    }
    assert_eq!(row(&server).await.tournament.title.for_locale(domain::Locale::En), "Longer");
}

#[tokio::test]
async fn an_end_that_the_platform_has_not_told_before_moves_a_stopped_tournament_and_is_audited() {
    let server = server().await;
    let cup = running(&server).await;
    stop(&server).await;
    send(&server, &[again(&cup, "repeat", &json!({}))]).await;
    assert!(!actions(&server).await.contains(&AuditAction::TournamentEndRetold));
    let longer = server.services.now().plus_ms(2 * HOUR_MS);
    let retold = again(&cup, "longer", &json!({"ends_at": longer}));
    send(&server, &[retold.clone(), server.score("more", "cup", "p-2", 99)]).await;
    assert_eq!((state(&server).await, ends_at(&server).await), ("running", longer));
    // What was told first is another end again by now.
    send(&server, &[again(&retold, "longer-2", &json!({})), again(&cup, "shorter", &json!({}))]).await;
    let told: Timestamp = cup["data"]["ends_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((state(&server).await, ends_at(&server).await), ("running", told));
    let moved = actions(&server).await;
    assert_eq!(moved.iter().filter(|action| **action == AuditAction::TournamentEndRetold).count(), 1);
}

#[tokio::test]
async fn an_extension_of_what_is_over_has_those_who_fall_behind_told_again() {
    let server = server_with_bot("http://127.0.0.1:1").await;
    players(&server, 1).await;
    let player = reachable(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    wants_reminder(&server, &player).await;
    let looks = async || {
        let mut tx = server.services.store().begin_read().await.unwrap();
        tx.jobs().get(JobKind::BoardOvertaken, "cup").await.unwrap().unwrap().state
    };
    pass(&server, HOUR_MS).await;
    assert_eq!((state(&server).await, looks().await), ("finalizing", JobState::Done));
    extend(&server, HOUR_MS).await;
    assert_eq!((state(&server).await, looks().await), ("running", JobState::Waiting));
    // And so does a later end that the platform tells.
    pass(&server, HOUR_MS).await;
    assert_eq!((state(&server).await, looks().await), ("finalizing", JobState::Done));
    let later = json!({"ends_at": server.services.now().plus_ms(HOUR_MS)});
    send(&server, &[definition(&server, "later", &later)]).await;
    run_jobs(&server).await;
    assert_eq!((state(&server).await, looks().await), ("running", JobState::Waiting));
}

#[tokio::test]
async fn what_was_stopped_and_extended_again_ends_when_that_was_decided() {
    let server = server().await;
    let cup = running(&server).await;
    stop(&server).await;
    let extended = extend(&server, 10 * MINUTE_MS).await;
    send(&server, &[again(&cup, "repeat", &json!({}))]).await;
    assert_eq!((state(&server).await, ends_at(&server).await), ("running", extended));
    let late = again(&cup, "late", &json!({"starts_at": extended}));
    assert_eq!(refused(&server, &late).await, "event_data_invalid", "it would begin at its end");
    pass(&server, 12 * MINUTE_MS).await;
    assert_eq!(state(&server).await, "finished");
}

#[tokio::test]
async fn a_repeat_thaws_nothing_and_brings_nothing_back_that_was_canceled() {
    let server = server().await;
    let cup = running(&server).await;
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::freeze(&server.services, &mut *tx, Actor::system(), &id()).await.unwrap();
    tx.save().await.unwrap();
    let longer = json!({"ends_at": server.services.now().plus_ms(2 * HOUR_MS)});
    send(&server, &[again(&cup, "repeat", &json!({})), again(&cup, "longer", &longer)]).await;
    assert!(row(&server).await.status.is_frozen);
    assert_eq!(refused(&server, &server.score("s2", "cup", "p-2", 9)).await, "tournament_frozen");
    let mut tx = server.services.store().begin_write().await.unwrap();
    command::cancel(&server.services, &mut *tx, Actor::system(), &id()).await.unwrap();
    tx.save().await.unwrap();
    for (event_id, replaced) in [("repeat-2", json!({})), ("longer-2", longer)] {
        assert_eq!(refused(&server, &again(&cup, event_id, &replaced)).await, "tournament_closed");
    }
    assert_eq!(state(&server).await, "canceled");
}

/// At the console the operators are the owner: what they write in the form holds, whatever they had decided before.
#[tokio::test]
async fn an_extension_of_the_console_s_own_tournament_is_its_owner_s_word() {
    let server = server().await;
    running(&server).await;
    let mut tx = server.services.store().begin_write().await.unwrap();
    let mut status = tx.tournaments().by_id(&id()).await.unwrap().unwrap().status;
    status.owner = Owner::Console;
    tx.tournaments().set_status(&id(), &status, server.services.now()).await.unwrap();
    tx.save().await.unwrap();
    extend(&server, 3 * HOUR_MS).await;
    assert_eq!(row(&server).await.status.told_ends_at, None);
}
