//! What the bot puts into chats.

use serde_json::{Value, json};

use crate::bot::{Bot, USER, quick};

async fn started() -> Bot {
    let bot = Bot::new(quick()).await;
    bot.telegram.send_message(USER, "/start").unwrap();
    bot
}

fn last_message(bot: &Bot) -> Value {
    bot.telegram.chat(USER).unwrap()["messages"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_method_are_told_apart() {
    let bot = Bot::new(quick()).await;
    let url = format!("{}/bot1:wrong/getMe", bot.telegram.base_url());
    let response = bot.client.get(url).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({"ok": false, "error_code": 401, "description": "Unauthorized"})
    );
    let unknown = bot.call("sendPigeon", json!({})).await;
    assert_eq!((unknown.status, unknown.description()), (404, "Not Found: method not found"));
    assert_eq!(bot.call("GETME", json!({})).await.result()["username"], "PodiumDemoBot");
}

#[tokio::test]
async fn a_message_gets_the_next_id_of_its_chat() {
    let bot = started().await;
    let sent = bot.send("hello").await;
    assert_eq!(sent.result()["message_id"], 2);
    assert_eq!(sent.result()["from"]["is_bot"], true);
    assert_eq!(sent.result()["chat"]["id"], USER);
    assert_eq!(last_message(&bot)["from"], "bot");
    assert_eq!(bot.telegram.state()["sent_total"], 1);
}

#[tokio::test]
async fn texts_have_1_to_4096_characters() {
    let bot = started().await;
    assert_eq!(bot.send(&"ж".repeat(4096)).await.status, 200);
    assert_eq!(bot.send(&"ж".repeat(4097)).await.description(), "Bad Request: message is too long");
    assert_eq!(bot.send("").await.description(), "Bad Request: message text is empty");
}

#[tokio::test]
async fn strangers_and_those_who_blocked_the_bot_are_not_written_to() {
    let bot = Bot::new(quick()).await;
    let early = bot.send("x").await;
    assert_eq!(
        (early.status, early.description()),
        (403, "Forbidden: bot can't initiate conversation with a user")
    );
    bot.telegram.send_message(USER, "/start").unwrap();
    bot.telegram.block(USER).unwrap();
    let blocked = bot.send("x").await;
    assert_eq!((blocked.status, blocked.description()), (403, "Forbidden: bot was blocked by the user"));
    bot.telegram.unblock(USER).unwrap();
    assert_eq!(bot.send("x").await.status, 200);
    let nobody = bot.call("sendMessage", json!({"chat_id": 1, "text": "x"})).await;
    assert_eq!((nobody.status, nobody.description()), (400, "Bad Request: chat not found"));
    assert_eq!(bot.telegram.state()["forbidden_403"], 2);
}

#[tokio::test]
async fn forms_and_addresses_carry_parameters_too() {
    let bot = started().await;
    let url = format!("{}/bot{}/sendMessage", bot.telegram.base_url(), bot.telegram.token());
    let keyboard = r#"{"inline_keyboard":[[{"text":"Go","callback_data":"go"}]]}"#;
    let form = format!("chat_id={USER}&text=hi+there&reply_markup={keyboard}");
    let request =
        bot.client.post(&url).header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(last_message(&bot)["text"], "hi there");
    assert_eq!(last_message(&bot)["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "go");
    let response = bot.client.get(format!("{url}?chat_id={USER}&text=get")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(last_message(&bot)["text"], "get");
}

#[tokio::test]
async fn html_is_read_and_other_markup_refused() {
    let bot = started().await;
    let sent = bot
        .call("sendMessage", json!({"chat_id": USER, "text": "<b>1</b> &amp; 2", "parse_mode": "HTML"}))
        .await;
    assert_eq!(sent.result()["text"], "1 & 2");
    assert_eq!(sent.result()["entities"], json!([{"type": "bold", "offset": 0, "length": 1}]));
    let broken =
        bot.call("sendMessage", json!({"chat_id": USER, "text": "<b>1", "parse_mode": "HTML"})).await;
    assert!(broken.description().starts_with("Bad Request: can't parse entities"));
}

#[tokio::test]
async fn the_bot_changes_its_own_messages_alone() {
    let bot = started().await;
    bot.send("one").await;
    let edit = |message_id: i64, text: &str| {
        bot.call("editMessageText", json!({"chat_id": USER, "message_id": message_id, "text": text}))
    };
    assert_eq!(edit(2, "two").await.result()["text"], "two");
    assert!(last_message(&bot)["edit_date"].is_number());
    assert!(edit(2, "two").await.description().starts_with("Bad Request: message is not modified"));
    assert_eq!(edit(1, "x").await.description(), "Bad Request: message can't be edited");
    assert_eq!(edit(99, "x").await.description(), "Bad Request: message to edit not found");
}

#[tokio::test]
async fn a_press_is_answered_once() {
    let bot = started().await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Join", "callback_data": "join:1"}]]});
    bot.call("sendMessage", json!({"chat_id": USER, "text": "x", "reply_markup": keyboard})).await.result();
    let pressed =
        bot.control(&format!("users/{USER}/callbacks"), json!({"message_id": 2, "data": "join:1"})).await;
    let updates = bot.call("getUpdates", json!({"offset": pressed["update_id"]})).await;
    let query = &updates.result()[0]["callback_query"];
    assert_eq!(query["data"], "join:1");
    assert_eq!(query["message"]["reply_markup"], keyboard);
    let answer = json!({"callback_query_id": query["id"], "text": "Joined", "show_alert": true});
    bot.call("answerCallbackQuery", answer.clone()).await.result();
    let noted = bot.look(&format!("callbacks/{}", pressed["callback_id"].as_str().unwrap())).await;
    assert_eq!(noted, json!({"user_id": USER, "answered": true, "text": "Joined", "show_alert": true}));
    assert!(bot.call("answerCallbackQuery", answer).await.description().contains("query is too old"));
}

#[tokio::test]
async fn commands_and_the_menu_button_follow_language_and_chat() {
    let bot = started().await;
    let command = |description: &str| json!([{"command": "start", "description": description}]);
    bot.call("setMyCommands", json!({"commands": command("any")})).await.result();
    bot.call("setMyCommands", json!({"commands": command("english"), "language_code": "en"})).await.result();
    assert_eq!(bot.telegram.chat(USER).unwrap()["commands"], command("english"));
    let wrong = json!({"commands": [{"command": "Start!", "description": "x"}]});
    assert_eq!(bot.call("setMyCommands", wrong).await.description(), "Bad Request: BOT_COMMAND_INVALID");

    let button = json!({"type": "web_app", "text": "Board", "web_app": {"url": "http://127.0.0.1:3000/app"}});
    bot.call("setChatMenuButton", json!({"menu_button": button})).await.result();
    assert_eq!(bot.telegram.chat(USER).unwrap()["menu_button"], button);
    bot.call("setChatMenuButton", json!({"chat_id": USER, "menu_button": {"type": "commands"}}))
        .await
        .result();
    assert_eq!(bot.telegram.chat(USER).unwrap()["menu_button"], json!({"type": "commands"}));
}

#[tokio::test]
async fn a_file_can_be_sent_and_fetched() {
    let bot = started().await;
    let url = |method: &str| format!("{}/bot{}/{method}", bot.telegram.base_url(), bot.telegram.token());
    let part = reqwest::multipart::Part::bytes(b"a,b".to_vec()).file_name("export.csv");
    let form = reqwest::multipart::Form::new()
        .text("chat_id", USER.to_string())
        .text("caption", "Your data")
        .part("document", part);
    let sent: Value =
        bot.client.post(url("sendDocument")).multipart(form).send().await.unwrap().json().await.unwrap();
    assert_eq!(sent["result"]["caption"], "Your data");
    let document = &sent["result"]["document"];
    assert_eq!(document["file_name"], "export.csv");
    let file = bot.call("getFile", json!({"file_id": document["file_id"]})).await;
    let path = file.result()["file_path"].as_str().unwrap();
    let address = format!("{}/file/bot{}/{path}", bot.telegram.base_url(), bot.telegram.token());
    assert_eq!(bot.client.get(address).send().await.unwrap().text().await.unwrap(), "a,b");
    let again = bot.call("sendDocument", json!({"chat_id": USER, "document": document["file_id"]})).await;
    assert_eq!(again.result()["document"]["file_id"], document["file_id"]);
    assert_eq!(bot.call("sendPhoto", json!({"chat_id": USER, "photo": "nothing"})).await.status, 400);
}

#[tokio::test]
async fn a_prepared_message_is_shared_by_its_owner() {
    let bot = started().await;
    let result = json!({
        "type": "article", "id": "1", "title": "Cup",
        "input_message_content": {"message_text": "I am third!"},
    });
    let prepared = bot
        .call(
            "savePreparedInlineMessage",
            json!({"user_id": USER, "result": result, "allow_user_chats": true}),
        )
        .await;
    let id = prepared.result()["id"].as_str().unwrap();
    assert!(bot.telegram.share_prepared(USER + 1, id).is_err());
    bot.telegram.share_prepared(USER, id).unwrap();
    assert_eq!(last_message(&bot)["text"], "I am third!");
    assert_eq!(last_message(&bot)["from"], "user");
}
