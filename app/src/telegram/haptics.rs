//! What the hand feels.

use std::cell::Cell;

use wasm_bindgen::JsValue;

use crate::{net, telegram};

thread_local! {
    static ENABLED: Cell<bool> = const { Cell::new(false) };
}

/// Switched on once the client is known to have it (6.1).
pub(crate) fn enable(enabled: bool) {
    ENABLED.set(enabled);
}

/// A tap on something.
pub(crate) fn tap() {
    feel("impactOccurred", Some("light"));
}

/// A move from one thing to another.
pub(crate) fn selection() {
    feel("selectionChanged", None);
}

/// Something has come to a good end, or has not.
pub(crate) fn outcome(is_good: bool) {
    feel("notificationOccurred", Some(if is_good { "success" } else { "error" }));
}

fn feel(method: &str, style: Option<&str>) {
    if !ENABLED.get() {
        return;
    }
    if let Some(haptics) = telegram::part("HapticFeedback") {
        let style = style.map(JsValue::from_str);
        net::call(&haptics, method, style.as_slice());
    }
}
