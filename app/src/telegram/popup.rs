//! The client's own question (6.2).

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    net,
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
    let object = |fields: &[(&str, JsValue)]| {
        let object = Object::new();
        for (name, value) in fields {
            let _ = Reflect::set(&object, &(*name).into(), value);
        }
        object
    };
    let kind = if is_destructive { "destructive" } else { "default" };
    let buttons = Array::of2(
        &object(&[("id", "yes".into()), ("type", kind.into()), ("text", yes.into())]),
        &object(&[("type", "cancel".into())]),
    );
    let parameters = object(&[("message", text.into()), ("buttons", buttons.into())]);
    let mut was_asked = false;
    let answer = Promise::new(&mut |resolve, _| {
        let callback = Closure::once_into_js(move |button: JsValue| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &button);
        });
        // It throws when a question is open already.
        was_asked = telegram::web_app()
            .and_then(|app| {
                net::call(&app, "showPopup", &[parameters.clone().into(), callback.unchecked_into()])
            })
            .is_some();
    });
    if !was_asked {
        return None;
    }
    let button = net::within(answer, TIMEOUT_MS).await;
    Some(button.and_then(|button| button.as_string()).as_deref() == Some("yes"))
}
