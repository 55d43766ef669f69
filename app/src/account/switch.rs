//! What switches of these pages have in common: they turn at once, and back when the server has not heard it.

use domain::ErrorCode;

use crate::{
    account::{
        api::{self, Reply},
        talk::Talk,
    },
    reactive,
};

/// What a switch says to the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switch {
    /// To which address.
    pub url: &'static str,
    /// By which field, which is its name on the page too.
    pub field: &'static str,
}

/// Shows what a switch says: without a reply as it was turned, then as the server says, and as it was before when that
/// has not heard it.
pub(super) type Show = Box<dyn Fn(Option<Reply>) -> Result<(), ErrorCode>>;

/// Turns it on or off.
pub(super) fn turn(talk: Talk, switch: Switch, is_on: bool, show: Show) {
    let Switch { url, field } = switch;
    reactive::spawn(async move {
        talk.hush();
        // Nothing can have failed yet.
        let _ = show(None);
        keep_focus_on(field);
        let reply = api::post(url, format!("{{\"{field}\":{is_on}}}")).await;
        if let Err(code) = show(Some(reply)) {
            talk.fail(code);
        }
        keep_focus_on(field);
    });
}

/// The switches are drawn anew when one has turned; the keyboard stays where it was.
fn keep_focus_on(field: &str) {
    crate::router::give_focus(&format!("[data-switch={field}]"));
}
