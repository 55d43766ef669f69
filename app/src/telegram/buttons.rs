//! The client's own buttons: main, secondary, back and settings.
//!
//! Each is given one listener for the life of the page, which asks the page's state what to do; nothing has to be
//! taken off again when a page changes.

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    actions::{Action, Actions},
    net,
    reactive::{self, Shared},
    router::{Route, Router},
    telegram::{self, Host, haptics},
};

/// Ties the client's buttons to the page.
pub(crate) fn tie(host: Host, actions: Actions, router: Router) {
    if !matches!(host, Host::Present(_)) {
        return;
    }
    tie_action("MainButton", actions.main);
    if has_secondary(host) {
        tie_action("SecondaryButton", actions.secondary);
    }
    if host.supports((6, 1)) {
        on_click("BackButton", move || router.back());
        reactive::effect(move || show("BackButton", router.can_go_back()));
    }
    if host.supports((7, 0)) {
        on_click("SettingsButton", move || router.go(Route::Settings));
        show("SettingsButton", true);
    }
}

/// Whether the client has a secondary button.
pub(crate) fn has_secondary(host: Host) -> bool {
    host.supports((7, 10))
}

fn tie_action(button: &'static str, offered: Shared<Option<Action>>) {
    on_click(button, move || {
        if let Some(action) = offered.now() {
            haptics::tap();
            action.run();
        }
    });
    reactive::effect(move || {
        let action = offered.get();
        let mut parameters = vec![("is_visible", action.is_some().into())];
        if let Some(action) = action {
            parameters.extend([("text", action.label().into()), ("is_active", true.into())]);
        }
        if let Some(button) = telegram::part(button) {
            net::call(&button, "setParams", &[net::object(&parameters)]);
        }
    });
}

fn on_click(button: &str, mut action: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |_| action());
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
