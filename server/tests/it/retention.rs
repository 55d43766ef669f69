//! What is old is removed, and what somebody still needs is not.

use domain::{BotId, ChatId};
use serde_json::{Value, json};
use services::{inbox, maintenance::clean::Cleaner};

use crate::support::{TestServer, server};

const BOT: BotId = BotId(1_234_567_890);
const DAY_MS: i64 = 24 * 3_600_000;

async fn clean_after_days(server: &TestServer, days: i64) {
    server.clock.advance_ms(days * DAY_MS);
    Cleaner::default().clean(&server.services).await.unwrap();
}

#[tokio::test]
async fn an_event_is_known_for_a_month() {
    let server = server().await;
    let event = json!([server.user("a", "Ann", None)]);
    assert_eq!(server.events(&event).await["accepted"], 1);
    clean_after_days(&server, 29).await;
    assert_eq!(server.events(&event).await["duplicates"], 1);
    clean_after_days(&server, 2).await;
    assert_eq!(server.events(&event).await["accepted"], 1);
}

#[tokio::test]
async fn a_score_never_counts_twice_however_late_it_is_repeated() {
    let server = server().await;
    let mut cup = server.tournament("cup", "sum", "desc");
    cup["data"]["ends_at"] = json!(server.services.now().plus_ms(100 * DAY_MS));
    let score = server.score("s", "cup", "a", 5);
    server.events(&json!([cup, server.user("a", "Ann", None), score])).await;
    for days in [1, 29, 1] {
        clean_after_days(&server, days).await;
        assert_eq!(server.events(&json!([score])).await["accepted"], 0);
        assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 5)]);
    }
    // A new one counts as ever.
    server.events(&json!([server.score("t", "cup", "a", 2)])).await;
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 7)]);
}

#[tokio::test]
async fn old_events_are_found_among_many_new_ones() {
    let server = server().await;
    let events = |prefix: &str| -> Value {
        (0..900)
            .map(|number| {
                server.event(
                    &format!("{prefix}{number}"),
                    "platform.user.upserted",
                    &json!({"platform_user_id": "a", "alias": "Ann"}),
                )
            })
            .collect()
    };
    let (old, new) = (events("m"), [events("a"), events("n"), events("z")]);
    server.events(&old).await;
    server.clock.advance_ms(31 * DAY_MS);
    for new in &new {
        server.events(new).await;
    }
    Cleaner::default().clean(&server.services).await.unwrap();
    assert_eq!(server.events(&old).await["accepted"], 900);
    for new in &new {
        assert_eq!(server.events(new).await["duplicates"], 900);
    }
}

/// Lets a person say something to the bot.
async fn say(server: &TestServer, update_id: i64) {
    let update = json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "text": "hello",
        "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": false, "first_name": "Ada", "language_code": "en"}}});
    server.request(TestServer::update(update.to_string())).await;
    assert_eq!(inbox::worker::work_once(&server.services).await.unwrap(), 1);
}

#[tokio::test]
async fn a_dialogue_is_kept_for_half_a_year_of_silence() {
    let server = server().await;
    let is_kept = async || {
        let mut tx = server.services.store().begin_read().await.unwrap();
        tx.dialogues().get(BOT, ChatId(42)).await.unwrap().is_some()
    };
    say(&server, 1).await;
    server.clock.advance_ms(100 * DAY_MS);
    say(&server, 2).await;
    clean_after_days(&server, 179).await;
    assert!(is_kept().await, "it spoke half a year ago");
    clean_after_days(&server, 2).await;
    assert!(!is_kept().await);
}

#[tokio::test]
async fn a_dead_letter_is_kept_for_a_month() {
    let server = server().await;
    let update = json!({"update_id": 1});
    server.request(TestServer::update(update.to_string())).await;
    let now = server.services.now();
    let mut tx = server.services.store().begin_write().await.unwrap();
    let lease = uuid::Uuid::from_u128(1);
    let claimed = tx.inbox().claim(now, lease, now.plus_ms(1), 1).await.unwrap().remove(0);
    assert!(tx.inbox().bury(&claimed, now, "panicked").await.unwrap());
    tx.save().await.unwrap();
    let dead = async || {
        let mut tx = server.services.store().begin_read().await.unwrap();
        tx.inbox().backlog().await.unwrap().dead
    };
    clean_after_days(&server, 29).await;
    assert_eq!(dead().await, 1);
    clean_after_days(&server, 2).await;
    assert_eq!(dead().await, 0);
}

#[tokio::test]
async fn a_board_whose_history_is_gone_keeps_its_standings() {
    let server = server().await;
    let cup = server.tournament("cup", "latest", "desc");
    server.events(&json!([cup, server.user("a", "Ann", None)])).await;
    server.clock.advance_ms(1000);
    let early = server.score("early", "cup", "a", 9);
    server.clock.advance_ms(1000);
    server.events(&json!([server.score("last", "cup", "a", 5)])).await;
    let history = async || {
        let user_id = {
            let mut tx = server.services.store().begin_read().await.unwrap();
            tx.users().by_platform_ids(&["a".parse().unwrap()]).await.unwrap()[0].user_id
        };
        let mut tx = server.services.store().begin_read().await.unwrap();
        let rows = tx.boards().players(&[("cup".parse().unwrap(), user_id)]).await.unwrap();
        tx.score_log().chains(&[rows[0].last_event.unwrap()], 10).await.unwrap().len()
    };
    clean_after_days(&server, 89).await;
    assert_eq!(history().await, 1, "the tournament may still be prolonged");
    clean_after_days(&server, 2).await;
    assert_eq!(history().await, 0);

    // It is prolonged all the same, and goes on from where it stood.
    let mut prolonged = cup;
    prolonged["id"] = json!("prolonged");
    prolonged["data"]["ends_at"] = json!(server.services.now().plus_ms(DAY_MS));
    let answer = server.events(&json!([prolonged, early])).await;
    assert_eq!(answer["rejected"][0]["code"], "tournament_not_running", "{answer}");
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 5)]);
    server.events(&json!([server.score("next", "cup", "a", 3)])).await;
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 3)]);
}

#[tokio::test]
async fn a_late_event_does_not_stand_for_a_history_that_is_gone() {
    let server = server().await;
    let cup = server.tournament("cup", "latest", "desc");
    server.events(&json!([cup, server.user("a", "Ann", None)])).await;
    server.clock.advance_ms(1000);
    let late = server.score("late", "cup", "a", 9);
    server.clock.advance_ms(1000);
    server.events(&json!([server.score("newest", "cup", "a", 5)])).await;
    // The platform says by mistake that it ended long ago, and then what is right.
    let mut wrong = cup.clone();
    wrong["id"] = json!("wrong");
    wrong["data"]["starts_at"] = json!(server.services.now().plus_ms(-101 * DAY_MS));
    wrong["data"]["ends_at"] = json!(server.services.now().plus_ms(-100 * DAY_MS));
    server.events(&json!([wrong])).await;
    clean_after_days(&server, 0).await;
    let mut right = cup;
    right["id"] = json!("right");
    assert_eq!(server.events(&json!([right, late])).await["accepted"], 2);
    assert_eq!(server.standings("cup").await, [("Ann".to_owned(), 5)]);
}
