//! The keyboard in place of the phone's own.

use frankenstein::types::{KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove, WebAppInfo};
use serde::Serialize;

use crate::keyboard::{KeyboardError, app_address, check_rows, label};

/// A button of the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyButton(KeyboardButton);

impl ReplyButton {
    /// A button that sends its label.
    ///
    /// # Errors
    /// When the label is empty or too long.
    pub fn text(text: &str) -> Result<Self, KeyboardError> {
        Ok(Self(KeyboardButton::builder().text(label(text)?).build()))
    }

    /// A button that opens a Mini App. An app that is opened so gets no init data.
    ///
    /// # Errors
    /// When the label is empty or too long, or `address` is not https (or http on loopback).
    pub fn web_app(text: &str, address: &str) -> Result<Self, KeyboardError> {
        let web_app = WebAppInfo { url: app_address(address)? };
        Ok(Self(KeyboardButton::builder().text(label(text)?).web_app(web_app).build()))
    }
}

/// The keyboard in place of the phone's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReplyKeyboard(ReplyKeyboardMarkup);

impl ReplyKeyboard {
    /// A keyboard of rows that is as high as it needs to be and stays.
    ///
    /// # Errors
    /// When a row is empty or too long, or there are too many buttons.
    pub fn new(rows: Vec<Vec<ReplyButton>>) -> Result<Self, KeyboardError> {
        check_rows(&rows)?;
        let rows = rows.into_iter().map(|row| row.into_iter().map(|button| button.0).collect()).collect();
        Ok(Self(
            ReplyKeyboardMarkup::builder().keyboard(rows).is_persistent(true).resize_keyboard(true).build(),
        ))
    }

    /// The same with a text in the empty input field.
    ///
    /// # Errors
    /// When the text is empty or has more than 64 characters.
    pub fn with_placeholder(mut self, text: &str) -> Result<Self, KeyboardError> {
        if text.is_empty() || text.chars().count() > 64 {
            return Err(KeyboardError::Placeholder);
        }
        self.0.input_field_placeholder = Some(text.to_owned());
        Ok(self)
    }
}

/// Takes the keyboard away.
pub fn remove() -> impl Serialize + Clone + std::fmt::Debug {
    ReplyKeyboardRemove::builder().remove_keyboard(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialises_as_the_bot_api_wants_it() {
        let row = vec![
            ReplyButton::text("Profile").unwrap(),
            ReplyButton::web_app("Open", "https://podium.example/app").unwrap(),
        ];
        let keyboard = ReplyKeyboard::new(vec![row]).unwrap().with_placeholder("Ask").unwrap();
        assert_eq!(
            serde_json::to_value(keyboard).unwrap(),
            serde_json::json!({
                "keyboard": [[{"text": "Profile"}, {"text": "Open", "web_app": {"url": "https://podium.example/app"}}]],
                "is_persistent": true,
                "resize_keyboard": true,
                "input_field_placeholder": "Ask",
            })
        );
        assert_eq!(serde_json::to_value(remove()).unwrap(), serde_json::json!({"remove_keyboard": true}));
    }

    #[test]
    fn labels_and_placeholders_have_bounds() {
        assert_eq!(ReplyButton::text(""), Err(KeyboardError::Label));
        assert_eq!(ReplyButton::text(&"x".repeat(65)), Err(KeyboardError::Label));
        let keyboard = ReplyKeyboard::new(vec![vec![ReplyButton::text("x").unwrap()]]).unwrap();
        assert_eq!(keyboard.clone().with_placeholder(""), Err(KeyboardError::Placeholder));
        assert_eq!(keyboard.with_placeholder(&"x".repeat(65)), Err(KeyboardError::Placeholder));
    }
}
