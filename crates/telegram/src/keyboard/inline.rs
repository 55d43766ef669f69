//! Buttons below a message.

use frankenstein::types::{InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo};
use reqwest::Url;
use serde::Serialize;

use crate::keyboard::{CALLBACK_DATA_LEN_MAX, KeyboardError, app_address, check_rows, label};

/// A button below a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineButton(InlineKeyboardButton);

impl InlineButton {
    /// A button that sends `data` to the bot.
    ///
    /// # Errors
    /// When the label or the data is empty or too long.
    pub fn callback(text: &str, data: &str) -> Result<Self, KeyboardError> {
        if !(1..=CALLBACK_DATA_LEN_MAX).contains(&data.len()) {
            return Err(KeyboardError::CallbackData);
        }
        Ok(Self(InlineKeyboardButton::builder().text(label(text)?).callback_data(data).build()))
    }

    /// A button that opens a link.
    ///
    /// # Errors
    /// When the label is empty or too long, or `address` is no link.
    pub fn url(text: &str, address: &str) -> Result<Self, KeyboardError> {
        let url = Url::parse(address).map_err(|_| KeyboardError::Address)?;
        if !matches!(url.scheme(), "http" | "https" | "tg") {
            return Err(KeyboardError::Address);
        }
        Ok(Self(InlineKeyboardButton::builder().text(label(text)?).url(address).build()))
    }

    /// A button that opens a Mini App. Telegram takes it in private chats alone.
    ///
    /// # Errors
    /// When the label is empty or too long, or `address` is not https (or http on loopback).
    pub fn web_app(text: &str, address: &str) -> Result<Self, KeyboardError> {
        let web_app = WebAppInfo { url: app_address(address)? };
        Ok(Self(InlineKeyboardButton::builder().text(label(text)?).web_app(web_app).build()))
    }
}

/// A keyboard below a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct InlineKeyboard(InlineKeyboardMarkup);

impl InlineKeyboard {
    /// A keyboard of rows.
    ///
    /// # Errors
    /// When a row is empty or too long, or there are too many buttons.
    pub fn new(rows: Vec<Vec<InlineButton>>) -> Result<Self, KeyboardError> {
        check_rows(&rows)?;
        let inline_keyboard =
            rows.into_iter().map(|row| row.into_iter().map(|button| button.0).collect()).collect();
        Ok(Self(InlineKeyboardMarkup::builder().inline_keyboard(inline_keyboard).build()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialises_as_the_bot_api_wants_it() {
        let keyboard = InlineKeyboard::new(vec![
            vec![InlineButton::web_app("Open", "https://podium.example/app").unwrap()],
            vec![
                InlineButton::url("Rules", "https://podium.example/rules").unwrap(),
                InlineButton::callback("More", "more:1").unwrap(),
            ],
        ])
        .unwrap();
        assert_eq!(
            serde_json::to_value(keyboard).unwrap(),
            serde_json::json!({"inline_keyboard": [
                [{"text": "Open", "web_app": {"url": "https://podium.example/app"}}],
                [{"text": "Rules", "url": "https://podium.example/rules"}, {"text": "More", "callback_data": "more:1"}],
            ]})
        );
    }

    #[test]
    fn data_is_counted_in_bytes() {
        assert!(InlineButton::callback("x", &"a".repeat(64)).is_ok());
        for data in ["", &"a".repeat(65), &"ж".repeat(33)] {
            assert_eq!(InlineButton::callback("x", data), Err(KeyboardError::CallbackData), "{data}");
        }
    }

    #[test]
    fn an_app_opens_from_https_or_from_this_machine_alone() {
        for good in [
            "https://podium.example",
            "http://127.0.0.1:3000/app",
            "http://localhost:3000",
            "http://[::1]:3000/",
        ] {
            assert!(InlineButton::web_app("x", good).is_ok(), "{good}");
        }
        for bad in ["", "app", "http://podium.example", "http://127.0.0.1.example/", "tg://resolve?domain=x"]
        {
            assert_eq!(InlineButton::web_app("x", bad), Err(KeyboardError::AppAddress), "{bad}");
        }
    }

    #[test]
    fn links_that_telegram_refuses_are_refused() {
        for bad in ["", "podium", "javascript:alert(1)", "file:///etc/passwd"] {
            assert_eq!(InlineButton::url("x", bad), Err(KeyboardError::Address), "{bad}");
        }
        assert_eq!(InlineButton::url(" ", "https://x.example"), Err(KeyboardError::Label));
    }

    #[test]
    fn a_keyboard_has_rows_of_one_to_eight_and_a_hundred_buttons_in_all() {
        let row = |count| vec![InlineButton::callback("x", "y").unwrap(); count];
        assert_eq!(InlineKeyboard::new(vec![]), Err(KeyboardError::Row));
        assert_eq!(InlineKeyboard::new(vec![row(1), row(0)]), Err(KeyboardError::Row));
        assert_eq!(InlineKeyboard::new(vec![row(9)]), Err(KeyboardError::Row));
        assert_eq!(InlineKeyboard::new(vec![row(8); 13]), Err(KeyboardError::TooManyButtons));
        assert!(InlineKeyboard::new(vec![row(8); 12]).is_ok());
    }
}
