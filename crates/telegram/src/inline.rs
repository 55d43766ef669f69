//! Inline mode: what a chat of the person's choice may be sent through the bot.
//!
//! A result is an article: a line to choose from, and the text with its buttons that is sent when it is chosen. Buttons
//! that open a Mini App are taken in private chats with the bot alone, so a result has links.

use serde::Serialize;
use serde_json::{Value, json};

use crate::keyboard::InlineKeyboard;

/// The most bytes of a result's id.
pub const RESULT_ID_LEN_MAX: usize = 64;

/// The most results of one answer.
pub const RESULTS_MAX: usize = 50;

/// For how long Telegram takes an answer; who has typed on meanwhile has asked anew.
pub const ANSWER_MS_MAX: i64 = 10_000;

/// What may be sent to a chat.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Article(Value);

impl Article {
    /// A line with a `title` and a `description`, which sends `text`. `None` when the id has not 1 to 64 bytes.
    pub fn new(id: &str, title: &str, description: &str, text: &str) -> Option<Self> {
        let is_id = (1..=RESULT_ID_LEN_MAX).contains(&id.len());
        is_id.then(|| {
            Self(json!({
                "type": "article",
                "id": id,
                "title": title,
                "description": description,
                "input_message_content": {
                    "message_text": text,
                    "link_preview_options": {"is_disabled": true},
                },
            }))
        })
    }

    /// The same with buttons below the text.
    #[must_use]
    pub fn with(mut self, keyboard: &InlineKeyboard) -> Self {
        self.0["reply_markup"] = json!(keyboard);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyboard::InlineButton;

    #[test]
    fn an_article_looks_as_the_bot_api_wants_it() {
        let button = InlineButton::url("Open", "https://t.me/PodiumBot?startapp=t_cup").unwrap();
        let keyboard = InlineKeyboard::new(vec![vec![button]]).unwrap();
        let article = Article::new("t_cup", "Cup", "Running", "Cup\n1. Ann").unwrap().with(&keyboard);
        assert_eq!(
            serde_json::to_value(article).unwrap(),
            json!({
                "type": "article", "id": "t_cup", "title": "Cup", "description": "Running",
                "input_message_content": {"message_text": "Cup\n1. Ann", "link_preview_options": {"is_disabled": true}},
                "reply_markup": {"inline_keyboard": [[{"text": "Open", "url": "https://t.me/PodiumBot?startapp=t_cup"}]]},
            })
        );
    }

    #[test]
    fn an_id_is_counted_in_bytes() {
        assert!(Article::new(&"a".repeat(64), "x", "", "x").is_some());
        for id in ["", &"a".repeat(65), &"ж".repeat(33)] {
            assert_eq!(Article::new(id, "x", "", "x"), None, "{id}");
        }
    }
}
