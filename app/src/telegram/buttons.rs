//! The client's own buttons: main, secondary, back and settings.
//!
//! Each is given one listener for the life of the page, which asks the page's state what to do; nothing has to be
//! taken off again when a page changes.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    actions::{Action, Actions},
    net,
    router::{Route, Router},
    telegram::{self, Host, haptics},
};

/// Ties the client's buttons to the page.
pub(crate) fn tie(host: Host, actions: Actions, router: Router) {
    if !matches!(host, Host::Present(_)) {
        return;
    }
    tie_action("MainButton", actions.main());
    if has_secondary(host) {
        tie_action("SecondaryButton", actions.secondary());
    }
    if host.supports((6, 1)) {
        on_click("BackButton", move || router.back());
        let can_go_back = router.can_go_back();
        Effect::new(move |_| show("BackButton", can_go_back.get()));
    }
    if host.supports((7, 0)) {
        on_click("SettingsButton", move || router.go(Route::Profile));
        show("SettingsButton", true);
    }
}

/// Whether the client has a secondary button.
pub(crate) fn has_secondary(host: Host) -> bool {
    host.supports((7, 10))
}

fn tie_action(button: &'static str, action: Signal<Option<Action>>) {
    on_click(button, move || {
        if let Some(action) = action.get_untracked() {
            haptics::tap();
            action.run();
        }
    });
    Effect::new(move |_| {
        let parameters = js_sys::Object::new();
        let set = |name: &str, value: JsValue| {
            let _ = js_sys::Reflect::set(&parameters, &name.into(), &value);
        };
        action.with(|action| {
            set("is_visible", action.is_some().into());
            if let Some(action) = action {
                set("text", action.label().into());
                set("is_active", true.into());
            }
        });
        if let Some(button) = telegram::part(button) {
            net::call(&button, "setParams", &[parameters.into()]);
        }
    });
}

fn on_click(button: &str, mut action: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(move || action());
    if let Some(button) = telegram::part(button) {
        net::call(&button, "onClick", &[listener.as_ref().unchecked_ref::<js_sys::Function>().into()]);
    }
    listener.forget();
}

fn show(button: &str, visible: bool) {
    if let Some(button) = telegram::part(button) {
        net::call(&button, if visible { "show" } else { "hide" }, &[]);
    }
}
