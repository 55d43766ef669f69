//! Sections of cells: the lists that Telegram's own settings are made of.
//!
//! Content is passed as typed views, never boxed: a boxed view keeps every way of rendering it in the bundle.

use leptos::prelude::*;

use crate::{
    router::Route,
    ui::{Shape, icon},
};

/// A group of cells under a header.
pub(crate) fn section<V: IntoView>(
    header: Option<String>,
    footer: Option<String>,
    cells: V,
) -> impl IntoView {
    view! {
        <section class="section">
            {header.map(|header| view! { <h2 class="section__header">{header}</h2> })}
            <div class="section__body">{cells}</div>
            {footer.map(|footer| view! { <p class="section__footer">{footer}</p> })}
        </section>
    }
}

/// A line of a section: a label and what it is.
pub(crate) fn cell(label: String, value: String) -> impl IntoView {
    view! {
        <div class="cell">
            <span class="cell__label">{label}</span>
            <span class="cell__value">{value}</span>
        </div>
    }
}

/// A line of a section that leads somewhere.
pub(crate) fn cell_link<V: IntoView>(to: &Route, content: V) -> impl IntoView + use<V> {
    view! {
        <a href=to.path() class="cell cell--link">
            <span class="cell__main">{content}</span>
            <span class="cell__chevron">{icon(Shape::Chevron)}</span>
        </a>
    }
}
