//! What the inline script of the head (`head.js`) has found and begun before the WASM was there.

use wasm_bindgen::{JsCast, JsValue};

use crate::net::{self, Answer};

/// How long the page waits for Telegram's script before it stands on its own.
const SCRIPT_TIMEOUT_MS: i32 = 3000;
/// How long it goes on hoping.
const LATE_SCRIPT_TIMEOUT_MS: i32 = 60_000;
/// How long the exchange may take; the inline script gives up earlier.
const EXCHANGE_TIMEOUT_MS: i32 = 15_000;

fn boot() -> Option<JsValue> {
    net::field(&leptos::prelude::window(), "__podium")
}

async fn promise(name: &str, timeout_ms: i32) -> Option<JsValue> {
    let promise = net::field(&boot()?, name)?.dyn_into().ok()?;
    net::within(promise, timeout_ms).await
}

fn answer(value: &JsValue) -> Answer {
    let status = net::field(value, "status").and_then(|status| status.as_f64()).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates; a status fits"
    )]
    let status = status as u16;
    let body = net::field(value, "body").and_then(|body| body.as_string()).unwrap_or_default();
    Answer { status, body, etag: None }
}

/// The answer to the exchange that the inline script has started. `None` without init data.
pub(crate) async fn exchange() -> Option<Answer> {
    net::field(&boot()?, "exchange")?;
    Some(match promise("exchange", EXCHANGE_TIMEOUT_MS).await {
        Some(value) => answer(&value),
        None => Answer { status: 0, body: String::new(), etag: None },
    })
}

/// Starts the exchange anew, as long as the init data is still there. Returns whether it is.
pub(crate) fn exchange_again() -> bool {
    boot().and_then(|boot| net::call(&boot, "again", &[])).is_some_and(|started| started.is_truthy())
}

/// The init data while it is a fresh proof of who has opened the app.
pub(crate) fn proof() -> Option<String> {
    net::call(&boot()?, "proof", &[])?.as_string()
}

/// Makes a language the player's own on this device.
pub(crate) fn choose_language(tag: &str) {
    if let Some(boot) = boot() {
        net::call(&boot, "speak", &[tag.into()]);
    }
}

/// Forgets the init data everywhere; `also_proof`: in the memory of the page too, where it is a proof for a few minutes.
pub(crate) fn drop_init_data(also_proof: bool) {
    if let Some(boot) = boot() {
        net::call(&boot, "drop", &[also_proof.into()]);
    }
}

/// The texts in the language of the player's Telegram, when the page has others.
pub(crate) async fn texts() -> Option<String> {
    promise("texts", EXCHANGE_TIMEOUT_MS).await?.as_string()
}

/// Whether Telegram's script has come in time.
pub(crate) async fn script_has_come() -> bool {
    promise("script", SCRIPT_TIMEOUT_MS).await.is_some_and(|came| came.is_truthy())
}

/// Whether Telegram's script has come at all.
pub(crate) async fn script_comes_late() -> bool {
    promise("script", LATE_SCRIPT_TIMEOUT_MS).await.is_some_and(|came| came.is_truthy())
}
