//! Where the refresh token may outlive the page: Telegram's SecureStorage (9.0), the keychain of the phone. In a browser
//! outside Telegram it is the tab's own storage, where `/login` has put it (app/src/login.js); who has not signed in there
//! has nothing in it, and nothing is put into it.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    net,
    telegram::{self, Host},
};

const KEY: &str = "podium_refresh";
/// What `/login` calls it.
const TAB_KEY: &str = "podium.session";
const TIMEOUT_MS: i32 = 2000;

/// The kept refresh token.
pub(crate) async fn read(host: Host) -> Option<String> {
    let kept = ask(host, "getItem", &[KEY.into()]).await.and_then(|token| token.as_string());
    kept.or_else(tab_token).filter(|token| !token.is_empty())
}

/// Keeps the refresh token. Returns whether that is certain.
pub(crate) async fn write(host: Host, token: &str) -> bool {
    if tab_token().is_some() {
        tab("setItem", &[TAB_KEY.into(), token.into()]);
    }
    ask(host, "setItem", &[KEY.into(), token.into()]).await.is_some_and(|stored| stored.is_truthy())
}

/// Forgets the refresh token.
pub(crate) async fn forget(host: Host) {
    tab("removeItem", &[TAB_KEY.into()]);
    ask(host, "removeItem", &[KEY.into()]).await;
}

/// The token that this tab has signed in with outside Telegram.
fn tab_token() -> Option<String> {
    tab("getItem", &[TAB_KEY.into()])?.as_string()
}

/// Calls the tab's own storage. `None` where it is forbidden.
fn tab(method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    net::call(&net::field(&leptos::prelude::window(), "sessionStorage")?, method, arguments)
}

/// Calls a method whose last argument is `callback(error, value)`. `None` on an error and on silence.
async fn ask(host: Host, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let storage = telegram::part("SecureStorage").filter(|_| host.supports((9, 0)))?;
    let promise = Promise::new(&mut |resolve, _| {
        let callback = Closure::once_into_js(move |error: JsValue, value: JsValue| {
            let value = if error.is_null() || error.is_undefined() { value } else { JsValue::UNDEFINED };
            let _ = resolve.call1(&JsValue::UNDEFINED, &value);
        });
        let mut arguments = arguments.to_vec();
        arguments.push(callback.unchecked_into());
        net::call(&storage, method, &arguments);
    });
    net::within(promise, TIMEOUT_MS).await
}
