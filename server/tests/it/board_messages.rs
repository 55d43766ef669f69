//! Boards in chats: the list, the board that keeps itself up to date, and when it stops.

use domain::{BotId, ChatId, Clock};
use serde_json::{Value, json};
use services::{Services, bot::board_message::keep, inbox};
use storage::outbox::{ClaimedOutgoing, Outcome, OutgoingClass};

use crate::{
    bot_support::Bot,
    support::{TestServer, server},
};

const BOT: BotId = BotId(1_234_567_890);
const SENT_AS: i64 = 7;

/// A server whose outbox the test works off, so that it says what becomes of each call.
struct Desk {
    server: TestServer,
    updates: std::cell::Cell<i64>,
}

/// A call as it leaves.
#[derive(Debug)]
struct Call {
    row: ClaimedOutgoing,
    payload: Value,
}

impl Call {
    fn text(&self) -> &str {
        self.payload["text"].as_str().unwrap()
    }

    fn buttons(&self) -> Vec<Value> {
        let rows = self.payload["reply_markup"]["inline_keyboard"].as_array().unwrap();
        rows.iter().flat_map(|row| row.as_array().unwrap().clone()).collect()
    }
}

impl Desk {
    async fn new() -> Self {
        let server = server().await;
        let mut tx = server.services.store().begin_write().await.unwrap();
        tx.settings().set("bot.username", b"PodiumBot").await.unwrap();
        tx.save().await.unwrap();
        Self { server, updates: std::cell::Cell::new(0) }
    }

    /// Takes the next call, without saying what became of it.
    async fn next(&self) -> Option<Call> {
        let now = self.server.services.now();
        let mut tx = self.server.services.store().begin_write().await.unwrap();
        for class in OutgoingClass::ALL {
            let lease = uuid::Uuid::from_u128(9);
            let row =
                tx.outbox().claim(BOT, class, now, lease, now.plus_ms(3_600_000), 1).await.unwrap().pop();
            if let Some(row) = row {
                tx.save().await.unwrap();
                let payload = serde_json::from_str(&row.payload).unwrap();
                return Some(Call { row, payload });
            }
        }
        None
    }

    async fn ended(&self, call: &Call, outcome: Outcome) {
        let mut tx = self.server.services.store().begin_write().await.unwrap();
        assert!(tx.outbox().finish(&call.row, outcome, self.server.services.now()).await.unwrap());
        tx.save().await.unwrap();
    }

    /// Everything that waits, sent.
    async fn sent(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        while let Some(call) = self.next().await {
            self.ended(&call, Outcome::Sent { message_id: Some(SENT_AS) }).await;
            calls.push(call);
        }
        calls
    }

    async fn bring(&self, mut update: Value) -> Vec<Call> {
        self.updates.set(self.updates.get() + 1);
        update["update_id"] = json!(self.updates.get());
        let response = self.server.request(TestServer::update(update.to_string())).await;
        assert_eq!(response.status(), 200);
        assert_eq!(inbox::worker::work_once(&self.server.services).await.unwrap(), 1);
        self.sent().await
    }

    async fn say(&self, chat: i64, text: &str) -> Vec<Call> {
        let kind = if chat < 0 { "supergroup" } else { "private" };
        self.bring(json!({"message": {"message_id": 1, "date": 1, "text": text,
            "chat": {"id": chat, "type": kind}, "from": person(chat.abs())}}))
            .await
    }

    /// Presses a button below the message; the edit that follows.
    async fn press(&self, chat: i64, data: &str) -> Call {
        let calls = self
            .bring(json!({"callback_query": {"id": "q", "from": person(chat), "data": data,
                "message": {"message_id": SENT_AS, "chat": {"id": chat, "type": "private"}}}}))
            .await;
        let mut methods: Vec<&str> = calls.iter().map(|call| call.row.method.as_str()).collect();
        methods.sort_unstable();
        assert_eq!(methods, ["answerCallbackQuery", "editMessageText"]);
        calls.into_iter().find(|call| call.row.method == "editMessageText").unwrap()
    }

    /// Time passes, and boards in chats are looked at.
    async fn look_after(&self, seconds: i64) -> u32 {
        self.server.clock.advance_ms(seconds * 1_000);
        keep::look_once(&self.server.services).await.unwrap()
    }

    async fn score(&self, id: &str, user: &str, score: i64) {
        let answer = self.server.events(&json!([self.server.score(id, "cup", user, score)])).await;
        assert_eq!(answer["accepted"], 1, "{answer}");
    }

    /// A cup that runs for so many hours, with Ann (at Telegram: 42) and Bob.
    async fn cup(&self, hours: i64) {
        let mut cup = self.server.tournament("cup", "best", "desc");
        cup["data"]["ends_at"] = json!(self.server.clock.now().plus_ms(hours * 3_600_000));
        let events = json!([cup, self.server.user("a", "Ann", Some(42)), self.server.user("b", "Bob", None)]);
        assert_eq!(self.server.events(&events).await["accepted"], 3);
        self.score("s1", "a", 10).await;
    }

    /// Ann's chat with the board in it.
    async fn board(&self) -> Call {
        let mut calls = self.say(42, "/start t_cup").await;
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0)
    }
}

fn person(id: i64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "Ada", "language_code": "en"})
}

const LIVING: &str = "This message keeps itself up to date.";
const STILL: &str = "This message is no longer updated.";

#[tokio::test]
async fn a_board_in_a_chat_follows_the_board_at_most_once_in_half_a_minute() {
    let desk = Desk::new().await;
    desk.cup(24).await;
    let board = desk.board().await;
    assert!(board.text().contains("🥇 Ann · 10 (you)") && board.text().ends_with(LIVING), "{}", board.text());
    assert_eq!(desk.look_after(29).await, 0);
    desk.score("s2", "b", 20).await;
    assert_eq!(desk.look_after(0).await, 0, "it was sent less than half a minute ago");
    assert_eq!(desk.look_after(1).await, 1);
    let edit = desk.next().await.unwrap();
    assert_eq!((edit.row.method.as_str(), edit.row.class), ("editMessageText", OutgoingClass::Mass));
    assert_eq!(edit.payload["message_id"], SENT_AS);
    assert!(edit.text().contains("🥇 Bob · 20\n🥈 Ann · 10 (you)"), "{}", edit.text());

    // Telegram takes its time, and the board goes on.
    desk.score("s3", "a", 30).await;
    assert_eq!(desk.look_after(60).await, 0, "one edit is under way");
    desk.ended(&edit, Outcome::Sent { message_id: Some(SENT_AS) }).await;
    assert_eq!(desk.look_after(29).await, 0, "the last one ended less than half a minute ago");
    assert_eq!(desk.look_after(1).await, 1);
    let next = desk.sent().await;
    assert_eq!(next.len(), 1, "nothing has queued up: {next:?}");
    assert!(next[0].text().contains("🥇 Ann · 30 (you)"), "{}", next[0].text());
    assert_eq!(desk.look_after(31).await, 0, "nothing has changed");
}

#[tokio::test]
async fn after_the_end_the_board_shows_the_final_places_and_is_left_alone() {
    let desk = Desk::new().await;
    desk.cup(1).await;
    desk.board().await;
    desk.server.clock.advance_ms(3_599_000);
    let late = desk.server.score("s2", "cup", "b", 20);
    assert_eq!(desk.look_after(2).await, 1);
    let over = desk.sent().await;
    assert!(over[0].text().starts_with("Winter cup\n\nFinished · 1 player"), "{}", over[0].text());
    assert!(!over[0].text().contains(LIVING), "{}", over[0].text());
    // A score from before the end comes in time.
    assert_eq!(desk.server.events(&json!([late])).await["accepted"], 1);
    // The server was started anew meanwhile.
    let fresh: Services = desk.server.with_personal_keys(&[]).await;
    desk.server.clock.advance_ms(61_000);
    assert_eq!(keep::look_once(&fresh).await.unwrap(), 1);
    let last = desk.sent().await;
    assert!(last[0].text().contains("🥇 Bob · 20\n🥈 Ann · 10 (you)"), "{}", last[0].text());
    assert_eq!(desk.look_after(3_600).await, 0);
    assert!(desk.sent().await.is_empty());
}

#[tokio::test]
async fn a_board_that_nobody_can_see_is_given_up() {
    let desk = Desk::new().await;
    desk.cup(24).await;
    for outcome in [Outcome::Failed, Outcome::Blocked] {
        desk.board().await;
        desk.score(&format!("{outcome:?}"), "b", if outcome == Outcome::Failed { 20 } else { 30 }).await;
        assert_eq!(desk.look_after(31).await, 1);
        let edit = desk.next().await.unwrap();
        desk.ended(&edit, outcome).await;
        desk.score(&format!("{outcome:?}-2"), "b", if outcome == Outcome::Failed { 25 } else { 35 }).await;
        assert_eq!(desk.look_after(31).await, 0);
        assert_eq!(desk.look_after(31).await, 0);
        assert!(desk.sent().await.is_empty());
    }
}

#[tokio::test]
async fn after_twelve_hours_a_board_says_that_it_stops_and_a_button_begins_anew() {
    let desk = Desk::new().await;
    desk.cup(72).await;
    desk.board().await;
    assert_eq!(desk.look_after(12 * 3_600).await, 1);
    let last = desk.sent().await.remove(0);
    assert!(last.text().ends_with(STILL), "{}", last.text());
    let again = last.buttons()[2]["callback_data"].as_str().unwrap().to_owned();
    desk.score("s2", "b", 20).await;
    assert_eq!(desk.look_after(60).await, 0);
    let edit = desk.press(42, &again).await;
    assert!(edit.text().contains("🥇 Bob · 20\n🥈 Ann · 10 (you)") && edit.text().ends_with(LIVING));
    assert_eq!(edit.buttons().len(), 2);
    desk.score("s3", "b", 30).await;
    assert_eq!(desk.look_after(31).await, 1);
    assert_eq!(desk.sent().await[0].payload["message_id"], SENT_AS);
}

#[tokio::test]
async fn a_second_board_takes_the_place_of_the_first() {
    let desk = Desk::new().await;
    desk.cup(24).await;
    desk.board().await;
    let calls = desk.say(42, "/start t_cup").await;
    assert_eq!(calls.len(), 2, "{calls:?}");
    let (new, old) = (&calls[0], &calls[1]);
    assert_eq!((new.row.method.as_str(), old.row.method.as_str()), ("sendMessage", "editMessageText"));
    assert!(new.text().ends_with(LIVING) && old.text().ends_with(STILL));
    assert_eq!(old.payload["message_id"], SENT_AS);
}

#[tokio::test]
async fn a_group_reads_nobody_s_own_place_and_opens_the_app_by_a_link() {
    let desk = Desk::new().await;
    desk.cup(24).await;
    let calls = desk.say(-42, "/tournaments@PodiumBot").await;
    assert_eq!(calls.len(), 2, "the list and the board: {calls:?}");
    assert!(!calls[0].text().contains("Your place") && !calls[1].text().contains("(you)"), "{calls:?}");
    assert_eq!(calls[1].buttons()[0]["url"], "https://t.me/PodiumBot?startapp=t_cup");
    desk.score("s2", "b", 20).await;
    assert_eq!(desk.look_after(31).await, 1);
    let edit = desk.sent().await.remove(0);
    assert_eq!((edit.row.chat_id, edit.row.user_id), (ChatId(-42), None));
    assert_eq!(edit.buttons()[0]["url"], "https://t.me/PodiumBot?startapp=t_cup");
}

#[tokio::test]
async fn the_list_has_pages_with_own_places_and_the_busiest_board_comes_along() {
    let desk = Desk::new().await;
    let nothing = desk.say(42, "/tournaments").await;
    assert_eq!(nothing.len(), 1);
    assert!(nothing[0].text().starts_with("No tournament is on"), "{}", nothing[0].text());
    desk.cup(24).await;
    let later = desk.server.clock.now().plus_ms(48 * 3_600_000);
    for number in 1..=6 {
        let mut event = desk.server.tournament(&format!("derby-{number}"), "best", "desc");
        event["data"]["starts_at"] = json!(later.plus_ms(number * 60_000));
        event["data"]["ends_at"] = json!(later.plus_ms(3_600_000));
        event["data"]["title"] = json!({"en": format!("Derby {number}")});
        assert_eq!(desk.server.events(&json!([event])).await["accepted"], 1);
    }
    let calls = desk.say(42, "Tournaments and missions").await;
    assert_eq!(calls.len(), 2);
    let (list, board) = (&calls[0], &calls[1]);
    assert!(
        list.text().contains("1. Winter cup\nRunning · 1 player · ends in 1 day\nYour place: 1 · 10"),
        "{}",
        list.text()
    );
    assert!(list.text().contains("2. Derby 1\nStarts in 2 days") && list.text().ends_with("Page 1 of 2"));
    let buttons = list.buttons();
    assert_eq!(buttons.len(), 12, "two for each of five, one to turn the page, and the way to the missions");
    assert_eq!(buttons[11]["callback_data"], "missions");
    assert_eq!(buttons[0]["web_app"]["url"], "http://127.0.0.1:3000/app/t/cup");
    assert_eq!(buttons[1]["url"], "http://127.0.0.1:3000/t/cup/rules");
    assert!(board.text().ends_with(LIVING), "{}", board.text());

    let second = desk.press(42, buttons[10]["callback_data"].as_str().unwrap()).await;
    assert!(
        second.text().contains("6. Derby 5") && second.text().ends_with("Page 2 of 2"),
        "{}",
        second.text()
    );
    let buttons = second.buttons();
    assert_eq!(buttons.len(), 6);
    let first = desk.press(42, buttons[4]["callback_data"].as_str().unwrap()).await;
    assert_eq!(first.text(), list.text());
    // From another day, with more pages.
    assert_eq!(desk.press(42, "list:60000").await.text(), second.text());
}

#[tokio::test]
async fn a_message_that_was_deleted_is_no_longer_changed_at_telegram() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    let events = json!([bot.server.tournament("cup", "best", "desc"), bot.server.user("b", "Bob", None)]);
    bot.server.events(&events).await;
    let board = bot.ask(42, "/start t_cup").await;
    assert!(board["text"].as_str().unwrap().contains("Nobody has a score yet"), "{board}");
    bot.server.events(&json!([bot.server.score("s1", "cup", "b", 20)])).await;
    bot.until_looked("the board in the chat has changed", || {
        bot.answers(42).last().unwrap()["text"].as_str().unwrap().contains("🥇 Bob · 20")
    })
    .await;
    bot.telegram.delete_message(42, board["message_id"].as_i64().unwrap()).unwrap();
    bot.server.events(&json!([bot.server.score("s2", "cup", "b", 30)])).await;
    let edits = bot.calls("editMessageText").len();
    bot.until_looked("Telegram says that it is gone", || bot.calls("editMessageText").len() > edits).await;
    assert_eq!(bot.calls("editMessageText").last().unwrap()["status"], 400);
    bot.until_stored("the refusal is stored", async |tx| tx.outbox().stats().await.unwrap().failed == 1)
        .await;
    bot.server.events(&json!([bot.server.score("s3", "cup", "b", 40)])).await;
    for _ in 0..3 {
        bot.server.clock.advance_ms(31_000);
        assert_eq!(keep::look_once(&bot.server.services).await.unwrap(), 0);
    }
    assert_eq!(bot.calls("editMessageText").len(), edits + 1);
}

#[tokio::test]
async fn a_board_in_a_chat_is_that_of_the_reader_s_own_cohort_in_the_period_that_is_played() {
    let desk = Desk::new().await;
    let server = &desk.server;
    let mut cup = server.tournament("cup", "best", "desc");
    cup["data"]["starts_at"] = json!("2026-01-01T00:00:00Z");
    cup["data"]["ends_at"] = json!("2026-01-02T00:00:00Z");
    cup["data"]["reset"] = json!({"cron": "0 * * * *"});
    cup["data"]["cohorts"] = json!({"size": 2, "tiers": [{"title": {"en": "Bronze"}}]});
    let mut events = vec![cup];
    for (number, name) in (1..).zip(["Ann", "Bob", "Cid"]) {
        events.push(server.user(name, name, Some(40 + number)));
        events.push(server.score(&format!("s{number}"), "cup", name, 10 * number));
    }
    assert_eq!(server.events(&json!(events)).await["accepted"], events.len());
    // Ann and Bob share the first cohort, Cid is alone in the second.
    let list = desk.say(43, "/tournaments").await;
    assert!(list[0].text().contains("Your place: 1 · 30"), "{}", list[0].text());
    assert!(list[1].text().contains("🥇 Cid · 30 (you)") && !list[1].text().contains("Ann"), "{list:?}");
    let group = desk.say(-43, "/tournaments@PodiumBot").await;
    assert!(group[1].text().contains("🥇 Bob · 20\n🥈 Ann · 10"), "{}", group[1].text());
    // The next hour: Bob comes first and is placed with Cid.
    server.clock.advance_ms(3_600_000);
    crate::cup::run_jobs(server).await;
    desk.score("t2", "Bob", 5).await;
    desk.score("t3", "Cid", 7).await;
    assert_eq!(desk.look_after(31).await, 2, "the message of the chat and that of the group");
    for edit in desk.sent().await {
        assert!(edit.text().contains("🥇 Cid · 7") && edit.text().contains("🥈 Bob · 5"), "{}", edit.text());
        assert!(!edit.text().contains("30"), "{}", edit.text());
    }
}

#[tokio::test]
async fn a_private_tournament_is_told_to_a_person_alone() {
    let desk = Desk::new().await;
    desk.cup(24).await;
    let mut cup = desk.server.tournament("cup", "best", "desc");
    cup["id"] = json!("cup-2");
    cup["data"]["ends_at"] = json!(desk.server.clock.now().plus_ms(24 * 3_600_000));
    let in_group = desk.say(-42, "/start t_cup").await;
    assert!(in_group[0].text().contains("Ann"), "{in_group:?}");
    cup["data"]["is_private"] = json!(true);
    assert_eq!(desk.server.events(&json!([cup])).await["accepted"], 1);
    assert!(desk.board().await.text().contains("🥇 Ann · 10 (you)"));
    // The message that the group has is left as it is and kept up to date no more.
    desk.score("s2", "a", 20).await;
    assert_eq!(desk.look_after(31).await, 1);
    let edits = desk.sent().await;
    assert_eq!(edits.iter().map(|edit| edit.row.chat_id).collect::<Vec<_>>(), [ChatId(42)]);
    let campaign = json!({"code": "spring", "tournament_id": "cup"}).to_string();
    let made = desk.server.signed("POST", "/v1/platform/campaigns", &campaign);
    assert_eq!(desk.server.request(made).await.status(), 204);
    for text in ["/tournaments@PodiumBot", "/start t_cup", "/start spring"] {
        let calls = desk.say(-42, text).await;
        let tells = |call: &Call| ["Ann", "Winter cup"].iter().any(|told| call.text().contains(told));
        assert!(!calls.is_empty() && !calls.iter().any(tells), "{text}: {calls:?}");
    }
    let list = desk.say(42, "/tournaments").await;
    assert!(
        list.iter().all(|call| !call.text().contains("Ann")),
        "a list is the same for everybody: {list:?}"
    );
}
