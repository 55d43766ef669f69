//! Whether the player sees the page. A page in the background holds no connection.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{reactive::Shared, telegram};

/// Whether the page is seen: by the browser's word, and by Telegram's, which can minimize an app (8.0).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visible(Shared<bool>);

impl Visible {
    /// A page that is seen.
    pub(crate) fn new() -> Self {
        Self(Shared::new(true))
    }

    /// Whether the page is seen; the reader runs again when that changes.
    pub(crate) fn get(self) -> bool {
        self.0.get()
    }

    /// Whether the page is seen, once.
    pub(crate) fn once(self) -> bool {
        self.0.now()
    }

    /// Watches the browser. Called once, in the WebView.
    pub(crate) fn listen(self) {
        let on_change = Closure::<dyn FnMut(JsValue)>::new(move |_| self.note(!document().hidden()));
        // Without this event the page counts as seen, which costs a connection and nothing else.
        let _ = document()
            .add_event_listener_with_callback("visibilitychange", on_change.as_ref().unchecked_ref());
        on_change.forget();
        self.note(!document().hidden());
    }

    /// Watches the client, once there is one.
    pub(crate) fn listen_to_telegram(self) {
        telegram::on_event("activated", move || self.note(true));
        telegram::on_event("deactivated", move || self.note(false));
    }

    fn note(self, visible: bool) {
        self.0.set(visible);
    }
}
