//! The client's own question (6.2).

use js_sys::Array;

use crate::{
    net::{self, object, promised},
    telegram::{self, Host},
};

/// How long an answer is waited for; a client that never answers has said no.
const TIMEOUT_MS: i32 = 300_000;
/// The longest text that clients take.
const TEXT_LEN_MAX: usize = 256;

/// Asks for a yes, which ends something where it `is_destructive`. `None` when the client can't ask this.
pub(crate) async fn ask(host: Host, text: &str, yes: &str, is_destructive: bool) -> Option<bool> {
    if !host.supports((6, 2)) || text.encode_utf16().count() > TEXT_LEN_MAX {
        return None;
    }
    let kind = if is_destructive { "destructive" } else { "default" };
    let buttons = Array::of2(
        &object(&[("id", "yes".into()), ("type", kind.into()), ("text", yes.into())]),
        &object(&[("type", "cancel".into())]),
    );
    let parameters = object(&[("message", text.into()), ("buttons", buttons.into())]);
    let (answer, callback) = promised();
    // It throws when a question is open already.
    telegram::call("showPopup", &[parameters, callback])?;
    let button = net::within(answer, TIMEOUT_MS).await;
    Some(button.and_then(|button| button.as_string()).as_deref() == Some("yes"))
}
