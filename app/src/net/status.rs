//! Whether the server can be reached, as far as the page knows.

use std::cell::Cell;

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::reactive::Shared;

thread_local! {
    static OFFLINE: Cell<Option<Shared<bool>>> = const { Cell::new(None) };
}

/// Says whether the page is cut off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network(Shared<bool>);

impl Network {
    /// A network that works.
    pub(crate) fn new() -> Self {
        Self(Shared::new(false))
    }

    /// Whether the page is cut off; the reader runs again when that changes.
    pub(crate) fn is_offline(self) -> bool {
        self.0.get()
    }

    /// Whether the page is cut off, once.
    pub(crate) fn is_offline_now(self) -> bool {
        self.0.now()
    }

    /// Watches. Called once, in the WebView.
    pub(crate) fn listen(self) {
        OFFLINE.set(Some(self.0));
        self.0.set(!window().navigator().on_line());
        for (event, offline) in [("offline", true), ("online", false)] {
            let on_change = Closure::<dyn FnMut(JsValue)>::new(move |_| self.0.set(offline));
            // Without these events the requests still tell.
            let _ = window().add_event_listener_with_callback(event, on_change.as_ref().unchecked_ref());
            on_change.forget();
        }
    }
}

/// Notes whether a request was answered.
pub(crate) fn note(answered: bool) {
    if let Some(offline) = OFFLINE.get() {
        offline.set(!answered);
    }
}
