//! Contracts of dialogues.

use domain::{BotId, ChatId};

use crate::{
    Store,
    dialogue::StoredDialogue,
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
        let stored = |state: &str, updated_at| StoredDialogue { state: state.to_owned(), updated_at };
        assert_eq!(dialogues.get(BOT, ChatId(1)).await.unwrap(), Some(stored(&hard, at(1))));
        assert_eq!(dialogues.get(BOT, ChatId(-2)).await.unwrap(), Some(stored("[1]", at(1))));
        assert_eq!(dialogues.get(BotId(8), ChatId(1)).await.unwrap(), Some(stored("null", at(1))));
        assert_eq!(dialogues.get(BOT, ChatId(3)).await.unwrap(), None);
    })
    .await;
}

/// Dialogues go when they were stored long enough ago, the longest ago first; one that was stored again stays.
pub async fn idle_dialogues_are_removed(store: &dyn Store) {
    let put = async |chat: i64, milliseconds: i64| {
        write(store, async |transaction| {
            transaction.dialogues().put(BOT, ChatId(chat), "{}", at(milliseconds)).await.unwrap();
        })
        .await;
    };
    for (chat, milliseconds) in [(1, 30), (2, 10), (3, 20), (4, 5)] {
        put(chat, milliseconds).await;
    }
    put(4, 40).await;
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.dialogues().remove_idle(before, limit).await.unwrap())
            .await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(30), 1).await, 1);
    read(store, async |transaction| {
        let mut dialogues = transaction.dialogues();
        assert!(dialogues.get(BOT, ChatId(2)).await.unwrap().is_none(), "the one that is idle the longest");
        assert!(dialogues.get(BOT, ChatId(3)).await.unwrap().is_some());
    })
    .await;
    assert_eq!(remove(at(30), 10).await, 1);
    assert_eq!(remove(at(41), 10).await, 2);
}
