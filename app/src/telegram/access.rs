//! The client's question whether the bot may write to the player (6.9).

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    net,
    telegram::{self, Host},
};

/// How long an answer is waited for; a client that never answers has said no.
const TIMEOUT_MS: i32 = 300_000;

/// Asks. `false` where the client can't, and after a no.
pub(crate) async fn request(host: Host) -> bool {
    host.supports((6, 9)) && answer("requestWriteAccess", &[]).await
}

/// Lets the player share a message that the bot has prepared (8.0). `false` where the client can't; who changes their
/// mind has been asked all the same.
pub(crate) fn share_message(host: Host, id: &str) -> bool {
    host.supports((8, 0)) && telegram::call("shareMessage", &[id.into()]).is_some()
}

async fn answer(method: &str, arguments: &[JsValue]) -> bool {
    let promise = Promise::new(&mut |resolve, _| {
        let callback = Closure::once_into_js(move |said: JsValue| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &said);
        });
        let mut arguments = arguments.to_vec();
        arguments.push(callback.unchecked_into());
        // It throws when a question is open already; then nobody answers.
        telegram::call(method, &arguments);
    });
    net::within(promise, TIMEOUT_MS).await.is_some_and(|said| said.is_truthy())
}
