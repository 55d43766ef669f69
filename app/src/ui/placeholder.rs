//! What stands where a list would: nothing there yet, or nothing that could be had. One sentence and one way on.

use leptos::prelude::*;

use crate::ui::Steps;

/// An empty or failed state.
#[component]
pub(crate) fn Placeholder(
    /// What is the matter.
    title: String,
    /// One sentence.
    text: String,
    /// The way on, if there is one.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="placeholder">
            <Steps class="placeholder__picture"/>
            <p class="placeholder__title">{title}</p>
            <p class="placeholder__text">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
