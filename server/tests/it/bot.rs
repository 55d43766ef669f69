//! The bot in a chat: commands, keyboards, languages; what Telegram is told at the start.

use axum::http::header;
use domain::{BotId, ChatId, OutgoingId, Reachability, TelegramUserId};
use serde_json::{Value, json};
use services::inbox;
use simulator::{Config, LimitsConfig};
use storage::outbox::{NewOutgoing, OutgoingClass};
use telegram::api::SetWebhook;
use tokio_util::sync::CancellationToken;

use crate::{
    bot_support::{Bot, buttons},
    support::{OPERATOR, TOKEN, TestServer, get, problem_code, server_with_bot},
};

#[tokio::test]
async fn start_greets_and_opens_the_app_by_an_inline_button() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    let answer = bot.ask(42, "/start").await;
    let buttons = buttons(&answer);
    assert_eq!(buttons[0]["web_app"]["url"], "http://127.0.0.1:3000/app", "{answer}");
    assert!(!answer["text"].as_str().unwrap().contains("Ada"), "no name stands in a chat message");
}

#[tokio::test]
async fn start_with_a_tournament_shows_it_and_start_with_nonsense_says_so() {
    let bot = Bot::start().await;
    bot.person(42, "ru");
    bot.server.events(&json!([bot.server.tournament("cup", "best", "desc")])).await;
    let answer = bot.ask(42, "/start t_cup").await;
    assert!(answer["text"].as_str().unwrap().contains("Зимний кубок"), "{answer}");
    let found = buttons(&answer);
    assert_eq!(found[0]["web_app"]["url"], "http://127.0.0.1:3000/app/t/cup");
    assert_eq!(found[1]["url"], "http://127.0.0.1:3000/t/cup/rules");
    let rules = bot.server.request(get("/t/cup/rules")).await;
    assert_eq!(rules.status(), 200, "the button leads somewhere");

    let plain = bot.ask(42, "/start").await["text"].clone();
    let unknown = bot.ask(42, "/start nonsense").await["text"].clone();
    let gone = bot.ask(42, "/start t_gone").await["text"].clone();
    assert_ne!(plain, unknown);
    assert_eq!(unknown, gone);
}

#[tokio::test]
async fn help_shows_the_keyboard_and_its_buttons_work() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    let help = bot.ask(42, "/help").await;
    let labels: Vec<String> =
        buttons(&help).iter().map(|button| button["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        labels,
        ["Profile", "Tournaments and missions", "Bonuses and promos", "Help", "Join a tournament"]
    );
    // What belongs to an account is for linked chats.
    bot.server.events(&json!([bot.server.user("a", "Ann", Some(42))])).await;
    assert_eq!(
        buttons(&bot.ask(42, "Profile").await)[0]["web_app"]["url"],
        "http://127.0.0.1:3000/app/profile"
    );
    assert_eq!(bot.ask(42, "Help").await["text"], help["text"]);
    bot.server.events(&json!([bot.server.tournament("cup", "best", "desc")])).await;
    let tournament = bot.ask(42, "Tournaments and missions").await;
    assert!(tournament["text"].as_str().unwrap().contains("Winter cup"), "{tournament}");
}

#[tokio::test]
async fn everyone_is_answered_in_their_language() {
    let bot = Bot::start().await;
    let mut texts = std::collections::BTreeSet::new();
    for (id, language) in [(1, "en"), (2, "ru"), (3, "fr"), (4, "it")] {
        bot.person(id, language);
        texts.insert(bot.ask(id, "/help").await["text"].as_str().unwrap().to_owned());
    }
    assert_eq!(texts.len(), 4);
    bot.person(5, "pt-br");
    assert!(texts.contains(bot.ask(5, "/help").await["text"].as_str().unwrap()), "others get English");
}

#[tokio::test]
async fn unknown_commands_and_texts_get_an_answer_of_their_own() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    let first = bot.ask(42, "hello").await["text"].clone();
    let greeting = bot.ask(42, "/start").await["text"].clone();
    assert_eq!(first, greeting, "who has not met the bot is greeted first");
    let text = bot.ask(42, "hello").await["text"].clone();
    let command = bot.ask(42, "/nonsense").await["text"].clone();
    assert_ne!(text, greeting);
    assert_ne!(text, command);
}

#[tokio::test]
async fn figures_and_the_console_are_for_operators_alone() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    bot.person(OPERATOR, "en");
    let refused = bot.ask(42, "/stats").await["text"].clone();
    assert_eq!(bot.ask(42, "/admin").await["text"], refused);
    let admin = bot.ask(OPERATOR, "/admin").await;
    assert_eq!(buttons(&admin)[0]["url"], "http://127.0.0.1:3000/console");
    let mut console = get("/console");
    console.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    let led = bot.server.request(console).await;
    assert_eq!(led.status(), 303);
    assert_eq!(led.headers()[header::LOCATION], "/console/enter");
    assert_eq!(bot.server.request(get("/console/enter")).await.status(), 200, "the button leads somewhere");
    let stats = bot.ask(OPERATOR, "/stats").await["text"].as_str().unwrap().to_owned();
    assert!(stats.contains("3 handled"), "{stats}");
}

#[tokio::test]
async fn status_tells_how_late_things_are() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    let up = bot.ask(42, "/status").await["text"].clone();
    // An update of somebody else has waited for a minute.
    let update = json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "/help",
        "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": false, "first_name": "Bob"}}});
    bot.server.request(TestServer::update(update.to_string())).await;
    let mut tx = bot.server.services.store().begin_write().await.unwrap();
    let claimed = tx
        .inbox()
        .claim(
            bot.server.services.now(),
            uuid::Uuid::from_u128(1),
            bot.server.services.now().plus_ms(600_000),
            10,
        )
        .await
        .unwrap();
    tx.save().await.unwrap();
    assert_eq!(claimed.len(), 1, "the update is with another worker");
    bot.server.clock.advance_ms(60_000);
    let late = bot.ask(42, "/status").await["text"].as_str().unwrap().to_owned();
    assert_ne!(json!(late), up);
    assert!(late.contains("60"), "{late}");
}

#[tokio::test]
async fn telegram_learns_the_commands_and_the_menu_button() {
    let bot = Bot::start().await;
    let set = bot.calls("setMyCommands");
    let languages: Vec<Value> = set.iter().map(|call| call["payload"]["language_code"].clone()).collect();
    for language in ["ru", "fr", "it"] {
        assert!(languages.contains(&json!(language)), "{languages:?}");
    }
    let for_operators = set.iter().find(|call| call["payload"]["scope"]["chat_id"] == json!(OPERATOR));
    assert!(for_operators.unwrap()["payload"]["commands"].to_string().contains("stats"));
    let for_everyone = set.iter().find(|call| call["payload"]["language_code"] == "ru").unwrap();
    assert!(!for_everyone["payload"]["commands"].to_string().contains("stats"));
    let menu = &bot.calls("setChatMenuButton")[0]["payload"]["menu_button"];
    assert_eq!(menu["web_app"]["url"], "http://127.0.0.1:3000/app");
}

#[tokio::test]
async fn a_webhook_that_was_set_before_is_dropped_before_the_first_poll() {
    let limits = LimitsConfig { enabled: false, ..LimitsConfig::default() };
    let config = Config { token: TOKEN.to_owned(), limits, limit_set_webhook: false, ..Config::default() };
    let telegram = simulator::start(config).await.unwrap();
    let server = server_with_bot(&telegram.base_url()).await;
    let webhook = SetWebhook {
        // Nobody listens there.
        url: "http://127.0.0.1:1/telegram/webhook".to_owned(),
        secret_token: "a-secret".to_owned().into(),
        max_connections: 1,
        allowed_updates: Vec::new(),
        drop_pending_updates: false,
    };
    server.services.bot_api().unwrap().set_webhook(&webhook).await.unwrap();
    let bot = Bot { telegram, server, stop: CancellationToken::new() };
    bot.person(42, "en");
    bot.telegram.simulator().send_message(42, "/help").unwrap().unwrap();

    // Polling alone: nobody sets the bot up.
    tokio::spawn(inbox::poll::run(bot.server.services.clone(), bot.stop.clone()));
    bot.until("the update that waited is taken and confirmed", || {
        bot.telegram.simulator().state()["pending"] == 0
    })
    .await;
    assert_eq!(inbox::worker::work_once(&bot.server.services).await.unwrap(), 1);
    let state = bot.telegram.simulator().state();
    assert_eq!(state["conflicts_409"], 0, "{state}");
}

#[tokio::test]
async fn a_message_of_an_account_leaves_for_its_own_chat_alone() {
    let bot = Bot::start().await;
    for id in [42, 43] {
        bot.person(id, "en");
        bot.ask(id, "/start").await;
    }
    bot.server.events(&json!([bot.server.user("a", "Ann", Some(42))])).await;
    let order = json!({"id": "n1", "platform_user_id": "a", "text": "You have won"}).to_string();
    let request = bot.server.signed("POST", "/v1/platform/notifications", &order);
    assert_eq!(bot.server.json(request).await.0, 202);
    bot.until("the text of the platform is there", || bot.answers(42).len() == 2).await;
    assert_eq!(bot.answers(42)[1]["text"], "You have won");

    // Written while the chat was the account's, and the chat is somebody else's by now.
    let now = bot.server.services.now();
    let mut tx = bot.server.services.store().begin_write().await.unwrap();
    let account = tx.users().by_telegram_id(TelegramUserId(42)).await.unwrap().unwrap().user_id;
    let row = NewOutgoing {
        outgoing_id: OutgoingId::new(now, bot.server.services.rng()),
        bot_id: BotId(1_234_567_890),
        chat_id: ChatId(43),
        user_id: Some(account),
        class: OutgoingClass::Notice,
        repeatable: false,
        method: "sendMessage".to_owned(),
        payload: json!({"chat_id": 43, "text": "You have won"}).to_string(),
        cause: None,
        run_at: now,
        created_at: now,
    };
    tx.outbox().add_many(&[row]).await.unwrap();
    tx.save().await.unwrap();
    bot.until_stored("the row has ended", async |tx| tx.outbox().stats().await.unwrap().blocked == 1).await;
    assert_eq!(bot.answers(43).len(), 1, "it never left");
}

#[tokio::test]
async fn a_refused_message_tells_that_somebody_has_blocked_the_bot() {
    let bot = Bot::start().await;
    bot.person(42, "en");
    bot.ask(42, "/start").await;
    bot.server.events(&json!([bot.server.user("a", "Ann", Some(42))])).await;
    bot.telegram.simulator().block(42).unwrap();
    let order = |id: &str| json!({"id": id, "platform_user_id": "a", "text": "You have won"}).to_string();
    let request = bot.server.signed("POST", "/v1/platform/notifications", &order("n1"));
    assert_eq!(bot.server.json(request).await.0, 202, "nobody knows yet");
    bot.until_stored("it is known that the bot is blocked", async |tx| {
        let user = tx.users().by_telegram_id(TelegramUserId(42)).await.unwrap().unwrap();
        user.reachability == Reachability::Blocked
    })
    .await;
    let request = bot.server.signed("POST", "/v1/platform/notifications", &order("n2"));
    let (status, body) = bot.server.json(request).await;
    assert_eq!(problem_code(status, &body), "player_unreachable");
}
