//! The keyboards of the chat.

use i18n::{catalog, keys};
use telegram::{
    keyboard::{InlineButton, InlineKeyboard, KeyboardError, ReplyButton, ReplyKeyboard},
    link,
};

use crate::{Services, bot::Context};

/// The keyboard below the input field: the four places that the bot knows, and a button that opens the page at `join`, from
/// which a tournament is joined.
///
/// # Errors
/// When a text does not fit a button.
pub fn main_menu(context: Context<'_>, join: Option<&str>) -> Result<ReplyKeyboard, KeyboardError> {
    let texts = catalog(context.locale);
    let button = |key| ReplyButton::text(texts.text(key));
    let mut rows = vec![
        vec![button(keys::bot::KEYBOARD_PROFILE)?, button(keys::bot::KEYBOARD_TOURNAMENTS)?],
        vec![button(keys::bot::KEYBOARD_BONUSES)?, button(keys::bot::KEYBOARD_HELP)?],
    ];
    if let Some(address) = join {
        rows.push(vec![ReplyButton::web_app(texts.text(keys::bot::KEYBOARD_JOIN), address)?]);
    }
    ReplyKeyboard::new(rows)
}

/// One button that opens a page of the app.
///
/// # Errors
/// When a text does not fit a button or the address is not one that Telegram takes.
pub fn open_app(context: Context<'_>, path: &str) -> Result<InlineKeyboard, KeyboardError> {
    let label = catalog(context.locale).text(keys::bot::APP_BUTTON);
    InlineKeyboard::new(vec![vec![app_button(context, label, path, None)?]])
}

/// The way to a page of the app, and to the platform's own site.
///
/// # Errors
/// When a text does not fit a button or an address is not one that Telegram takes.
pub fn app_and_cabinet(
    context: Context<'_>,
    path: &str,
    cabinet: &str,
) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(context.locale);
    InlineKeyboard::new(vec![
        vec![app_button(context, texts.text(keys::bot::APP_BUTTON), path, None)?],
        vec![InlineButton::url(texts.text(keys::bot::CABINET_BUTTON), cabinet)?],
    ])
}

/// A button that opens the app: in a private chat directly; in a group, where Telegram does not take that, by a link.
///
/// # Errors
/// When a text does not fit a button or the address is not one that Telegram takes.
pub fn app_button(
    context: Context<'_>,
    label: &str,
    path: &str,
    start_parameter: Option<&str>,
) -> Result<InlineButton, KeyboardError> {
    open_button(context.services, context.is_private, label, path, start_parameter)
}

/// The same for a chat in which nobody has just written.
///
/// # Errors
/// When a text does not fit a button or the address is not one that Telegram takes.
pub(crate) fn open_button(
    services: &Services,
    is_private: bool,
    label: &str,
    path: &str,
    start_parameter: Option<&str>,
) -> Result<InlineButton, KeyboardError> {
    let address = format!("{}{path}", services.settings().public_url);
    if is_private {
        return InlineButton::web_app(label, &address);
    }
    let username = services.bot_identity().known_username();
    let by_link =
        username.and_then(|bot| link::startapp_link(&bot, None, start_parameter.unwrap_or("app")).ok());
    InlineButton::url(label, by_link.as_deref().unwrap_or(&address))
}
