//! What switches of these pages have in common: they turn at once, and back when the server has not heard it.

use crate::{
    account::{api, talk::Talk},
    data::Remote,
    json::FromJson,
    reactive::Shared,
};

/// What a switch says to the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switch {
    /// To which address.
    pub url: &'static str,
    /// By which field, which is its name on the page too.
    pub field: &'static str,
}

/// Turns it on or off. The page shows `after` at once, and then what the server says; `before`, with the reason, when it
/// has not heard it. Returns what the server says.
pub(super) async fn turn<T: FromJson + Clone + PartialEq + Send + Sync + 'static>(
    state: Shared<Remote<T>>,
    talk: Talk,
    switch: Switch,
    is_on: bool,
    (before, after): (T, T),
) -> Option<T> {
    let Switch { url, field } = switch;
    talk.hush();
    state.set(Remote::Ready(after));
    keep_focus_on(field);
    let answer = api::post(url, format!("{{\"{field}\":{is_on}}}")).await.read::<T>();
    if let Err(code) = &answer {
        talk.fail(*code);
    }
    let now = answer.ok();
    state.set(Remote::Ready(now.clone().unwrap_or(before)));
    keep_focus_on(field);
    now
}

/// The switches are drawn anew when one has turned; the keyboard stays where it was.
fn keep_focus_on(field: &str) {
    crate::router::give_focus(&format!("[data-switch={field}]"));
}
