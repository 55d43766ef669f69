//! Which keyboards Telegram takes.

use reqwest::Url;
use serde_json::Value;

use crate::{api::error::ApiError, world::webhook::is_loopback};

/// The most buttons of one keyboard.
const BUTTONS_MAX: usize = 300;
const INLINE_BUTTONS_MAX: usize = 100;
const STYLES: [&str; 3] = ["danger", "success", "primary"];
/// What an inline button may do; each does exactly one of these.
const INLINE_ACTIONS: [&str; 9] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "pay",
];

/// Checks any `reply_markup`.
///
/// # Errors
/// With the real server's words for what is wrong.
pub fn check(markup: &Value) -> Result<(), ApiError> {
    if markup.get("inline_keyboard").is_some() {
        return check_inline(markup);
    }
    if markup.get("keyboard").is_some() {
        let buttons = rows(markup, "keyboard", BUTTONS_MAX)?;
        return buttons.into_iter().try_for_each(check_reply_button);
    }
    let is_set = |name: &str| markup.get(name).and_then(Value::as_bool).unwrap_or(false);
    if is_set("remove_keyboard")
        || is_set("force_reply")
        || markup.as_object().is_some_and(serde_json::Map::is_empty)
    {
        return Ok(());
    }
    Err(ApiError::bad_request("object expected as reply markup"))
}

/// Checks an inline keyboard, the only kind that a change of a message takes.
///
/// # Errors
/// With the real server's words for what is wrong.
pub fn check_inline(markup: &Value) -> Result<(), ApiError> {
    if markup.get("inline_keyboard").is_none() {
        return Err(ApiError::bad_request("inline keyboard expected"));
    }
    rows(markup, "inline_keyboard", INLINE_BUTTONS_MAX)?.into_iter().try_for_each(check_inline_button)
}

/// Checks an inline keyboard below a message that may stand in any chat: a Mini App opens from private chats with the bot
/// alone.
///
/// # Errors
/// With the real server's words for what is wrong.
pub fn check_elsewhere(markup: &Value) -> Result<(), ApiError> {
    check_inline(markup)?;
    let buttons = rows(markup, "inline_keyboard", INLINE_BUTTONS_MAX)?;
    if buttons.iter().any(|button| button.get("web_app").is_some()) {
        return Err(ApiError::bad_request("BUTTON_TYPE_INVALID"));
    }
    Ok(())
}

/// Checks the address of a Mini App: https, or this very machine.
///
/// # Errors
/// With the real server's words for what is wrong.
pub fn check_web_app_url(url: &str, place: &str) -> Result<(), ApiError> {
    let is_good = Url::parse(url).is_ok_and(|parsed| {
        parsed.scheme() == "https" || (parsed.scheme() == "http" && is_loopback(&parsed))
    });
    if is_good {
        return Ok(());
    }
    Err(ApiError::bad_request(format!("{place} URL '{url}' is invalid: Only HTTPS links are allowed")))
}

fn rows<'a>(markup: &'a Value, name: &str, buttons_max: usize) -> Result<Vec<&'a Value>, ApiError> {
    let wrong =
        || ApiError::bad_request(format!("field \"{name}\" of the ReplyMarkup should be an Array of Arrays"));
    let mut buttons = Vec::new();
    for row in markup.get(name).and_then(Value::as_array).ok_or_else(wrong)? {
        buttons.extend(row.as_array().ok_or_else(wrong)?);
    }
    if buttons.len() > buttons_max {
        return Err(ApiError::bad_request("reply markup is too long"));
    }
    Ok(buttons)
}

fn text_of<'a>(button: &'a Value, name: &str) -> &'a str {
    button.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn check_style(button: &Value) -> Result<(), ApiError> {
    match button.get("style").and_then(Value::as_str) {
        Some(style) if !STYLES.contains(&style) => {
            Err(ApiError::bad_request("invalid button style specified"))
        }
        _ => Ok(()),
    }
}

fn check_inline_button(button: &Value) -> Result<(), ApiError> {
    if text_of(button, "text").is_empty() {
        return Err(ApiError::bad_request(
            "can't parse inline keyboard button: field \"text\" must be non-empty",
        ));
    }
    check_style(button)?;
    let actions: Vec<&str> =
        INLINE_ACTIONS.into_iter().filter(|action| button.get(action).is_some()).collect();
    match actions.as_slice() {
        [] => Err(ApiError::bad_request("text buttons are unallowed in the inline keyboard")),
        ["url"] => check_url(text_of(button, "url")),
        ["callback_data"] => match text_of(button, "callback_data").len() {
            1..=64 => Ok(()),
            _ => Err(ApiError::bad_request("BUTTON_DATA_INVALID")),
        },
        ["web_app"] => {
            let url = button.pointer("/web_app/url").and_then(Value::as_str).unwrap_or_default();
            check_web_app_url(url, "inline keyboard button Web App")
        }
        ["copy_text"] => {
            let text = button.pointer("/copy_text/text").and_then(Value::as_str).unwrap_or_default();
            if (1..=256).contains(&text.chars().count()) {
                Ok(())
            } else {
                Err(ApiError::bad_request("BUTTON_COPY_TEXT_INVALID"))
            }
        }
        [_] => Ok(()),
        _ => Err(ApiError::bad_request("inline keyboard button must have exactly one action")),
    }
}

fn check_url(url: &str) -> Result<(), ApiError> {
    let scheme = Url::parse(url).map(|parsed| parsed.scheme().to_owned()).unwrap_or_default();
    if ["http", "https", "tg", "ton"].contains(&scheme.as_str()) {
        return Ok(());
    }
    let reason =
        if scheme.is_empty() { "Wrong HTTP URL".to_owned() } else { "Unsupported URL protocol".to_owned() };
    Err(ApiError::bad_request(format!("inline keyboard button URL '{url}' is invalid: {reason}")))
}

fn check_reply_button(button: &Value) -> Result<(), ApiError> {
    let text = button.as_str().unwrap_or_else(|| text_of(button, "text"));
    if text.is_empty() {
        return Err(ApiError::bad_request("can't parse keyboard button: field \"text\" must be non-empty"));
    }
    check_style(button)?;
    match button.pointer("/web_app/url").and_then(Value::as_str) {
        Some(url) => check_web_app_url(url, "keyboard button Web App"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(button: &Value) -> Option<String> {
        check(&json!({"inline_keyboard": [[button]]})).err().map(|error| error.description)
    }

    #[test]
    fn callback_data_has_1_to_64_bytes() {
        assert_eq!(refusal(&json!({"text": "a", "callback_data": "x".repeat(64)})), None);
        for bad in [String::new(), "x".repeat(65), "ж".repeat(33)] {
            let refused = refusal(&json!({"text": "a", "callback_data": bad}));
            assert_eq!(refused.unwrap(), "Bad Request: BUTTON_DATA_INVALID");
        }
    }

    #[test]
    fn a_mini_app_needs_https_or_this_machine() {
        assert_eq!(refusal(&json!({"text": "a", "web_app": {"url": "https://example.com/app"}})), None);
        assert_eq!(refusal(&json!({"text": "a", "web_app": {"url": "http://127.0.0.1:3000/app"}})), None);
        let refused = refusal(&json!({"text": "a", "web_app": {"url": "http://example.com/app"}})).unwrap();
        assert!(refused.ends_with("Only HTTPS links are allowed"), "{refused}");
    }

    #[test]
    fn an_inline_button_does_exactly_one_thing() {
        assert!(refusal(&json!({"text": "a"})).is_some());
        assert!(refusal(&json!({"text": "a", "url": "https://t.me", "callback_data": "x"})).is_some());
        assert!(refusal(&json!({"text": "", "callback_data": "x"})).is_some());
        assert!(refusal(&json!({"text": "a", "url": "javascript:alert(1)"})).is_some());
        assert_eq!(refusal(&json!({"text": "a", "url": "tg://resolve?domain=x"})), None);
    }

    #[test]
    fn a_reply_keyboard_takes_texts_and_buttons() {
        let keyboard =
            json!({"keyboard": [["Help", {"text": "Board", "web_app": {"url": "https://example.com"}}]]});
        assert_eq!(check(&keyboard), Ok(()));
        assert!(check(&json!({"keyboard": [[""]]})).is_err());
        assert!(check(&json!({"keyboard": ["Help"]})).is_err());
        assert_eq!(check(&json!({"remove_keyboard": true})), Ok(()));
        assert!(check(&json!({"something": 1})).is_err());
    }
}
