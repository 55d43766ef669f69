//! Telegram's SecureStorage (9.0): the keychain of the phone, where the refresh token may outlive the page.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    net,
    telegram::{self, Host},
};

const KEY: &str = "podium_refresh";
const TIMEOUT_MS: i32 = 2000;

/// The kept refresh token.
pub(crate) async fn read(host: Host) -> Option<String> {
    ask(host, "getItem", &[KEY.into()]).await?.as_string().filter(|token| !token.is_empty())
}

/// Keeps the refresh token. Returns whether that is certain.
pub(crate) async fn write(host: Host, token: &str) -> bool {
    ask(host, "setItem", &[KEY.into(), token.into()]).await.is_some_and(|stored| stored.is_truthy())
}

/// Forgets the refresh token.
pub(crate) async fn forget(host: Host) {
    ask(host, "removeItem", &[KEY.into()]).await;
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
