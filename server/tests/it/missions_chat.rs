//! `/missions` in the chat: how far one is, and a reward claimed by a tap.

use serde_json::{Value, json};
use services::inbox;

use crate::support::{TestServer, server};

fn person(id: i64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "Ada", "language_code": "en"})
}

/// The calls that answer an update.
async fn bring(server: &TestServer, update: &Value) -> Vec<(String, Value)> {
    let response = server.request(TestServer::update(update.to_string())).await;
    assert_eq!(response.status(), 200);
    assert_eq!(inbox::worker::work_once(&server.services).await.unwrap(), 1);
    let rows = server.take_outgoing().await;
    rows.into_iter().map(|row| (row.method, serde_json::from_str(&row.payload).unwrap())).collect()
}

async fn ask(server: &TestServer, update_id: i64, id: i64) -> Value {
    let update = json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "text": "/missions",
        "chat": {"id": id, "type": "private"}, "from": person(id)}});
    let mut calls = bring(server, &update).await;
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls.remove(0).1
}

async fn press(server: &TestServer, update_id: i64, id: i64, data: &str) -> (Value, Option<Value>) {
    let update = json!({"update_id": update_id, "callback_query": {"id": "q", "from": person(id), "data": data,
        "message": {"message_id": 7, "chat": {"id": id, "type": "private"}}}});
    let calls = bring(server, &update).await;
    let of = |name: &str| calls.iter().find(|(method, _)| method == name).map(|(_, payload)| payload.clone());
    (of("answerCallbackQuery").unwrap(), of("editMessageText"))
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

#[tokio::test]
async fn a_mission_is_shown_with_its_progress_and_claimed_once_by_its_button() {
    let server = server().await;
    let nothing = ask(&server, 1, 42).await;
    assert!(text(&nothing).starts_with("There are no missions"), "{nothing}");
    let mission = json!({
        "mission_id": "bets", "title": {"en": "Two bets"}, "kind": "one_off", "starts_at": "2026-01-01T00:00:00Z",
        "rule": {"event": "bet", "target": 2},
        "reward": {"code": "free_spins", "amount": "20", "title": {"en": "20 free spins"}},
    });
    let bet = |id: &str| {
        let data = json!({"platform_user_id": "a", "activity": "bet", "fields": {}});
        server.event(id, "platform.activity", &data)
    };
    let events = json!([
        server.user("a", "Ann", Some(42)),
        server.event("mission", "platform.mission.upserted", &mission),
        bet("bet-1"),
    ]);
    assert_eq!(server.events(&events).await["accepted"], 3);
    let half = ask(&server, 2, 42).await;
    assert!(text(&half).contains("Two bets\n▰▰▰▰▰▱▱▱▱▱ 1 of 2\nReward: 20 free spins"), "{half}");
    let (early, list) = press(&server, 3, 42, "c:bets").await;
    assert_eq!(text(&early), "This mission is not done yet.");
    assert_eq!(text(&list.unwrap()), text(&half));

    assert_eq!(server.events(&json!([bet("bet-2")])).await["accepted"], 1);
    let done = ask(&server, 4, 42).await;
    assert!(text(&done).contains("🎁 Two bets\nReady to claim: 20 free spins"), "{done}");
    let button = &done["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["text"], "Claim: Two bets");
    let data = button["callback_data"].as_str().unwrap().to_owned();

    let (foreign, _) = press(&server, 5, 43, &data).await;
    assert!(foreign["text"].is_null(), "nobody is known there: {foreign}");
    let (note, list) = press(&server, 6, 42, &data).await;
    assert_eq!(text(&note), "Claimed: 20 free spins");
    let list = list.unwrap();
    assert!(text(&list).contains("✅ Two bets\nDone"), "{list}");
    assert_eq!(
        list["reply_markup"]["inline_keyboard"].as_array().unwrap().len(),
        1,
        "the claim button is gone"
    );
    let (again, _) = press(&server, 7, 42, &data).await;
    assert_eq!(text(&again), "Done");
    let ada = server.sign_in(42, "Ada").await;
    let (_, rewards) = server.json(crate::support::get_as("/v1/rewards", &ada.jwt)).await;
    let states: Vec<&Value> =
        rewards["rewards"].as_array().unwrap().iter().map(|reward| &reward["state"]).collect();
    assert_eq!(states, ["granted"], "one reward, granted once");
}

#[tokio::test]
async fn a_group_is_not_told_of_anybody_s_missions() {
    let server = server().await;
    let update = json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "/missions",
        "chat": {"id": -5, "type": "supergroup"}, "from": person(42)}});
    let calls = bring(&server, &update).await;
    assert!(text(&calls[0].1).contains("between you and me"), "{calls:?}");
}
