//! Contracts of dialogues.

use domain::{BotId, ChatId};

use crate::{
    Store,
    testsuite::fixtures::{BOT, HARD_TEXT, at, read, write},
};

/// A chat has one state a bot, which is replaced, and comes back as it was.
pub async fn a_dialogue_is_kept_by_bot_and_chat(store: &dyn Store) {
    let hard = format!("{{ \"text\": {} }}", serde_json::to_string(HARD_TEXT).unwrap());
    write(store, async |transaction| {
        let mut dialogues = transaction.dialogues();
        dialogues.put(BOT, ChatId(1), "{}", at(0)).await.unwrap();
        dialogues.put(BOT, ChatId(1), &hard, at(1)).await.unwrap();
        dialogues.put(BOT, ChatId(-2), "[1]", at(1)).await.unwrap();
        dialogues.put(BotId(8), ChatId(1), "null", at(1)).await.unwrap();
    })
    .await;
    read(store, async |transaction| {
        let mut dialogues = transaction.dialogues();
        assert_eq!(dialogues.get(BOT, ChatId(1)).await.unwrap().as_ref(), Some(&hard));
        assert_eq!(dialogues.get(BOT, ChatId(-2)).await.unwrap().as_deref(), Some("[1]"));
        assert_eq!(dialogues.get(BotId(8), ChatId(1)).await.unwrap().as_deref(), Some("null"));
        assert_eq!(dialogues.get(BOT, ChatId(3)).await.unwrap(), None);
    })
    .await;
}
