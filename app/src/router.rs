//! A router for a handful of pages.
//!
//! `leptos_router` costs 48 KB of the 130 KB that a phone may load before the first tap (docs/adr/0001). What the
//! player's pages need fits on this page: a typed route, links, the browser's history and a depth that Telegram's back
//! button follows.
//!
//! Invariant: the address bar always names the route that is shown, and the launch parameters behind `#` survive every
//! step until they are dropped on purpose.

mod route;

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

pub use self::route::{List, Route};
use crate::{net, reactive::Shared, telegram::haptics};

/// Where the player is. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Router {
    route: Shared<Option<Route>>,
    depth: Shared<u32>,
}

impl Router {
    /// A router that stands at `route` (`None`: a page that does not exist).
    pub(crate) fn new(route: Option<Route>) -> Self {
        Self { route: Shared::new(route), depth: Shared::new(0) }
    }

    /// The page to show; the reader runs again when it changes.
    pub(crate) fn current(self) -> Option<Route> {
        self.route.get()
    }

    /// Whether there is a way back from here; the reader runs again when the page changes.
    pub(crate) fn can_go_back(self) -> bool {
        self.route.get().is_none_or(|route| route.parent().is_some())
    }

    /// Shows `route` and adds it to the history.
    pub(crate) fn go(self, route: Route) {
        if self.route.now().as_ref() == Some(&route) {
            scroll_to(0.0);
            return;
        }
        haptics::selection();
        remember_scroll(self.depth.now());
        let depth = self.depth.now() + 1;
        write_history(&route.path(), depth, false);
        self.depth.set(depth);
        self.show(Some(route), 0.0);
    }

    /// Shows `route` in the place of this page, to which no way leads back.
    pub(crate) fn replace(self, route: Route) {
        write_history(&route.path(), self.depth.now(), true);
        self.show(Some(route), 0.0);
    }

    /// The same with an address that the server has given, which may have a query; the lobby for one that is no page.
    pub(crate) fn replace_with(self, address: &str) {
        match Route::parse(address.split('?').next().unwrap_or_default()) {
            Some(route) => {
                write_history(address, self.depth.now(), true);
                self.show(Some(route), 0.0);
            }
            None => self.replace(Route::Lobby),
        }
    }

    /// Goes back in the history, or to the parent page when the app was opened here.
    pub(crate) fn back(self) {
        if self.depth.now() > 0 {
            if let Ok(history) = window().history() {
                // What follows arrives as `popstate`. A browser that refuses leaves the player where they are.
                let _ = history.back();
            }
            return;
        }
        let parent = self.route.now().and_then(|route| route.parent()).unwrap_or(Route::Lobby);
        write_history(&parent.path(), 0, true);
        self.show(Some(parent), 0.0);
    }

    /// Follows the browser's own steps through the history. Called once, in the WebView.
    pub(crate) fn listen(self) {
        match self.route.now().map(|route| route.path()) {
            // A start parameter may have opened another page than the address names.
            Some(path) if window().location().pathname().as_ref() != Ok(&path) => {
                write_history(&path, 0, true);
            }
            // The address stays with its query, which a page may read.
            Some(_) => remember_scroll(0),
            None => {}
        }
        let on_pop = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let (depth, scroll) = read_state(&get(&event, "state"));
            self.depth.set(depth);
            let path = window().location().pathname().unwrap_or_default();
            self.show(Route::parse(&path), scroll);
        });
        let on_click = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| self.follow(&event));
        // An app without these still works, as documents do; there is nothing to do about a refusal.
        let _ = window().add_event_listener_with_callback("popstate", on_pop.as_ref().unchecked_ref());
        let _ = document().add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
        on_pop.forget();
        on_click.forget();
    }

    /// Takes a plain click on a link to a page of the app. Links are ordinary ones, so that they work before the page
    /// is alive; and one listener serves them all.
    fn follow(self, event: &JsValue) {
        let Some(event) = event.dyn_ref::<web_sys::MouseEvent>() else { return };
        let is_plain = event.button() == 0
            && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href^='/app']").ok().flatten());
        let route = link.and_then(|link| link.get_attribute("href")).and_then(|path| Route::parse(&path));
        if let Some(route) = route.filter(|_| is_plain && !event.default_prevented()) {
            event.prevent_default();
            self.go(route);
        }
    }

    fn show(self, route: Option<Route>, scroll: f64) {
        self.route.set(route);
        request_animation_frame(move || {
            scroll_to(scroll);
            focus_heading();
        });
    }
}

fn get(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The state of a history entry is `[depth, scroll]`.
fn read_state(state: &JsValue) -> (u32, f64) {
    let number = |index: u32| js_sys::Reflect::get_u32(state, index).ok().and_then(|value| value.as_f64());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates; the depth is small"
    )]
    let depth = number(0).unwrap_or_default() as u32;
    (depth, number(1).unwrap_or_default())
}

fn state(depth: u32, scroll: f64) -> JsValue {
    js_sys::Array::of2(&JsValue::from(depth), &JsValue::from(scroll)).into()
}

fn write_history(path: &str, depth: u32, replaces: bool) {
    let Ok(history) = window().history() else { return };
    let url = path.to_owned() + &window().location().hash().unwrap_or_default();
    // Browsers refuse only a flood of entries; then the page changes and the address stays.
    let _ = if replaces {
        history.replace_state_with_url(&state(depth, 0.0), "", Some(&url))
    } else {
        history.push_state_with_url(&state(depth, 0.0), "", Some(&url))
    };
}

fn remember_scroll(depth: u32) {
    let scroll = get(&window(), "scrollY").as_f64().unwrap_or_default();
    if let Ok(history) = window().history() {
        let _ = history.replace_state(&state(depth, scroll), "");
    }
}

fn scroll_to(y: f64) {
    window().scroll_to_with_x_and_y(0.0, y);
}

/// Gives the focus to the heading again when what had it was drawn anew.
pub(crate) fn keep_focus() {
    request_animation_frame(|| {
        if matches!(document().query_selector(":focus"), Ok(None)) {
            focus_heading();
        }
    });
}

/// Hands the focus on to `to`, once that is there, if `from` has it now. The page stays where it is.
pub(crate) fn move_focus(from: &str, to: &str) {
    if !matches!(document().query_selector(from), Ok(Some(_))) {
        return;
    }
    let to = to.to_owned();
    request_animation_frame(move || take_focus(&to));
}

/// Gives the focus to an element that does nothing. The page stays where it is.
pub(crate) fn take_focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        // Without this attribute it takes no focus.
        let _ = element.set_attribute("tabindex", "-1");
        focus(&element);
    }
}

/// Gives the focus to an element that was drawn anew.
pub(crate) fn give_focus(selector: &str) {
    let selector = selector.to_owned();
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(&selector) {
            focus(&element);
        }
    });
}

/// Tells a screen reader that the page has changed.
fn focus_heading() {
    if let Ok(Some(heading)) = document().query_selector("h1[tabindex]") {
        focus(&heading);
    }
}

fn focus(element: &web_sys::Element) {
    net::call(element, "focus", &[net::object(&[("preventScroll", JsValue::TRUE)])]);
}
