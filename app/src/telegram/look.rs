//! Theme, viewport and safe areas, as they change while the page is open. The first theme is painted by `head.js`.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use crate::{
    net,
    telegram::{self, Host},
};

/// iOS sometimes reports a viewport of 1 px; nothing below this is believed.
const HEIGHT_MIN: f64 = 100.0;

/// Takes over the client's look and follows its changes.
pub(crate) fn follow(host: Host) {
    if !matches!(host, Host::Present(_)) {
        return;
    }
    telegram::call("expand", &[]);
    paint();
    measure();
    telegram::on_event("themeChanged", paint);
    for event in ["viewportChanged", "safeAreaChanged", "contentSafeAreaChanged"] {
        telegram::on_event(event, measure);
    }
    if host.supports((6, 1)) {
        for method in ["setHeaderColor", "setBackgroundColor"] {
            telegram::call(method, &["secondary_bg_color".into()]);
        }
    }
    if host.supports((7, 10)) {
        telegram::call("setBottomBarColor", &["secondary_bg_color".into()]);
    }
}

fn page() -> Option<HtmlElement> {
    use wasm_bindgen::JsCast;
    document().document_element()?.dyn_into().ok()
}

/// The theme goes through the inline script's own painter, so that there is one.
fn paint() {
    let Some(theme) = telegram::part("themeParams") else { return };
    if let Some(boot) = net::field(&window(), "__podium") {
        net::call(&boot, "paint", &[theme]);
    }
}

fn measure() {
    let Some(page) = page() else { return };
    let number = |object: &JsValue, name: &str| net::field(object, name).and_then(|value| value.as_f64());
    // Whole pixels: formatting fractions would bring its own code into the bundle.
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates; a screen is smaller")]
    let set = |name: &str, pixels: f64| {
        let _ = page.style().set_property(name, &format!("{}px", pixels.round() as i32));
    };
    if let Some(height) = telegram::web_app().and_then(|app| number(&app, "viewportStableHeight"))
        && height >= HEIGHT_MIN
    {
        set("--stable-height", height);
    }
    let inset = |side: &str| {
        let areas = ["safeAreaInset", "contentSafeAreaInset"];
        let insets = areas.map(|area| telegram::part(area).and_then(|area| number(&area, side)));
        insets.iter().any(Option::is_some).then(|| insets.iter().flatten().sum::<f64>())
    };
    for side in ["top", "bottom", "left", "right"] {
        // Where the client reports none, the style sheet's `env()` holds.
        if let Some(pixels) = inset(side).filter(|pixels| *pixels > 0.0) {
            set(&format!("--inset-{side}"), pixels);
        }
    }
}
