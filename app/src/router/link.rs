//! A link to another page of the app.

use leptos::prelude::*;

use crate::router::{Route, Router};

/// An ordinary link, so that it works before the page is alive; afterwards the router takes it.
#[component]
pub(crate) fn Link(
    /// Where to.
    to: Route,
    /// The classes of the element.
    class: &'static str,
    /// Whether the link leads to the page that is shown.
    #[prop(optional, into)]
    current: Option<Signal<bool>>,
    children: Children,
) -> impl IntoView {
    let router = Router::expect();
    let path = to.path();
    let follow = move |event: web_sys::MouseEvent| {
        let is_plain = event.button() == 0
            && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
        if is_plain && !event.default_prevented() {
            event.prevent_default();
            router.go(to.clone());
        }
    };
    let current = move || current.filter(|current| current.get()).map(|_| "page");
    view! {
        <a href=path class=class aria-current=current on:click=follow>{children()}</a>
    }
}
