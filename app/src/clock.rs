//! The server's time in the page, one tick a second for all countdowns.

use std::time::Duration;

use domain::{Locale, Timestamp};
use leptos::prelude::set_interval_with_handle;
use wasm_bindgen::JsValue;

use crate::{net, reactive::Shared, texts::Texts};

const SECOND_MS: i64 = 1000;

/// The current second by the server's clock. The phone's own clock is only used to measure how much time has passed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now(Shared<Timestamp>);

impl Now {
    /// A clock that stands at the server's time.
    pub(crate) fn new(at: Timestamp) -> Self {
        Self(Shared::new(at))
    }

    /// The time; the reader runs again every second.
    pub(crate) fn get(self) -> Timestamp {
        self.0.get()
    }

    /// The time, once.
    pub(crate) fn once(self) -> Timestamp {
        self.0.now()
    }

    /// Starts to tick. Called once, in the WebView.
    pub(crate) fn start(self) {
        let server = self.0.now();
        let phone = phone_ms();
        // Without timers the countdowns stand still, which is all that can be done.
        let _ = set_interval_with_handle(
            move || self.0.set(server.plus_ms(phone_ms() - phone)),
            Duration::from_secs(1),
        );
    }
}

/// Milliseconds by the phone's clock.
pub(crate) fn phone_ms() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit 53 bits")]
    let now = js_sys::Date::now() as i64;
    now
}

/// A moment as people of a language write it, in the player's own time zone.
pub(crate) fn moment(locale: Locale, at: Timestamp) -> String {
    written(locale, at, &[("dateStyle", "medium".into()), ("timeStyle", "short".into())])
}

/// The day of a moment, in the same way.
pub(crate) fn day(locale: Locale, at: Timestamp) -> String {
    written(locale, at, &[("dateStyle", "medium".into())])
}

fn written(locale: Locale, at: Timestamp, styles: &[(&str, JsValue)]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit 53 bits")]
    let date = js_sys::Date::new(&JsValue::from_f64(at.as_millis() as f64));
    let text = net::call(&date, "toLocaleString", &[locale.tag().into(), net::object(styles)]);
    text.and_then(|text| text.as_string()).unwrap_or_default()
}

/// The time until `until`, as a clock below a day and in days and hours above.
pub(crate) fn countdown(texts: Texts, until: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from((until.millis_since(now) + SECOND_MS - 1) / SECOND_MS).unwrap_or_default();
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    if days > 0 {
        return texts.with(|catalog| i18n::keys::app::time_days(catalog, days, hours));
    }
    format!("{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60)
}
