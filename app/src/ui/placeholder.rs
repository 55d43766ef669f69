//! What stands where a list would: nothing there yet, or nothing that could be had. One sentence and one way on.

use leptos::{either::EitherOf3, prelude::*};

use crate::ui::{ButtonKind, Way, button, steps};

/// An empty or failed state.
pub(crate) fn placeholder(title: String, text: String, way: Way) -> impl IntoView {
    view! {
        <div class="placeholder">
            {steps("placeholder__picture")}
            <p class="placeholder__title">{title}</p>
            <p class="placeholder__text">{text}</p>
            {match way {
                Way::None => EitherOf3::A(()),
                Way::Press(label, on_press) => EitherOf3::B(button(ButtonKind::Filled, label, on_press)),
                Way::Follow(label, href, _) => EitherOf3::C(view! {
                    <a class=ButtonKind::Filled.class() href=href>{label}</a>
                }),
            }}
        </div>
    }
}
