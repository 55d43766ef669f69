//! Keyboards that Telegram will take: what it would refuse is refused here, before a row is written.
//!
//! Each builder serialises to the `reply_markup` of the Bot API.

mod error;
mod inline;
mod reply;

use reqwest::Url;

pub use crate::keyboard::{
    error::KeyboardError,
    inline::{InlineButton, InlineKeyboard},
    reply::{ReplyButton, ReplyKeyboard, remove},
};

/// The most buttons of a keyboard.
pub const BUTTONS_MAX: usize = 100;

/// The most buttons in a row.
pub const ROW_MAX: usize = 8;

/// The most bytes of a button's `callback_data`.
pub const CALLBACK_DATA_LEN_MAX: usize = 64;

/// The most characters of a button's text: longer ones are cut on every client.
pub const LABEL_CHARACTERS_MAX: usize = 64;

/// A label that shows.
fn label(text: &str) -> Result<String, KeyboardError> {
    if text.trim().is_empty() || text.chars().count() > LABEL_CHARACTERS_MAX {
        return Err(KeyboardError::Label);
    }
    Ok(text.to_owned())
}

/// The address of a Mini App: https, or http on this very machine for development.
fn app_address(address: &str) -> Result<String, KeyboardError> {
    let url = Url::parse(address).map_err(|_| KeyboardError::AppAddress)?;
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback) {
        Ok(address.to_owned())
    } else {
        Err(KeyboardError::AppAddress)
    }
}

/// Checks the shape of a keyboard.
fn check_rows<B>(rows: &[Vec<B>]) -> Result<(), KeyboardError> {
    if rows.is_empty() || rows.iter().any(|row| row.is_empty() || row.len() > ROW_MAX) {
        return Err(KeyboardError::Row);
    }
    if rows.iter().map(Vec::len).sum::<usize>() > BUTTONS_MAX {
        return Err(KeyboardError::TooManyButtons);
    }
    Ok(())
}
