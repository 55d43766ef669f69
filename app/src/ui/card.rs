//! A notice above the content. It explains a state and offers one way on.

use leptos::prelude::*;

use crate::ui::{Icon, Shape};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something to know.
    Neutral,
    /// Something that does not work.
    Trouble,
}

/// A notice.
#[component]
pub(crate) fn Card(
    /// What it is about.
    tone: Tone,
    /// Its picture.
    icon: Shape,
    /// Its title.
    title: String,
    /// One sentence.
    text: String,
    /// The hook for tests.
    test_id: &'static str,
    /// The way on.
    children: Children,
) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "card",
        Tone::Trouble => "card card--trouble",
    };
    view! {
        <section class=class data-testid=test_id role="status">
            <span class="card__icon"><Icon shape=icon/></span>
            <div class="card__body">
                <p class="card__title">{title}</p>
                <p class="card__text">{text}</p>
                <div class="card__actions">{children()}</div>
            </div>
        </section>
    }
}
