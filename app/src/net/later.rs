//! Waiting in the WebView.

use js_sys::Promise;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;

/// Runs something later, unless it is dropped before.
#[derive(Debug)]
pub(crate) struct Later {
    handle: i32,
    _action: Closure<dyn FnMut()>,
}

impl Drop for Later {
    fn drop(&mut self) {
        window().clear_timeout_with_handle(self.handle);
    }
}

/// Runs `action` after `delay_ms`.
pub(crate) fn after(delay_ms: i32, action: impl FnOnce() + 'static) -> Later {
    let action = Closure::once(action);
    let function = action.as_ref().unchecked_ref();
    let handle = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(function, delay_ms)
        .unwrap_or_default();
    Later { handle, _action: action }
}

/// A promise that resolves to nothing after `delay_ms`.
pub(crate) fn sleep(delay_ms: i32) -> Promise {
    Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, delay_ms);
    })
}

/// The value of a promise.
pub(crate) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}
