//! Sections of cells: the lists that Telegram's own settings are made of.

use leptos::prelude::*;

use crate::{
    router::{Link, Route},
    ui::{Icon, Shape},
};

/// A group of cells under a header.
#[component]
pub(crate) fn Section(
    /// What stands above it.
    #[prop(optional, into)]
    header: Option<String>,
    /// What stands below it.
    #[prop(optional, into)]
    footer: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section">
            {header.map(|header| view! { <h2 class="section__header">{header}</h2> })}
            <div class="section__body">{children()}</div>
            {footer.map(|footer| view! { <p class="section__footer">{footer}</p> })}
        </section>
    }
}

/// A line of a section: a label and what it is.
#[component]
pub(crate) fn Cell(
    /// The label.
    label: String,
    /// What it is.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="cell">
            <span class="cell__label">{label}</span>
            <span class="cell__value">{children()}</span>
        </div>
    }
}

/// A line of a section that leads somewhere.
#[component]
pub(crate) fn CellLink(
    /// Where to.
    to: Route,
    children: Children,
) -> impl IntoView {
    view! {
        <Link to class="cell cell--link">
            <span class="cell__main">{children()}</span>
            <span class="cell__chevron"><Icon shape=Shape::Chevron/></span>
        </Link>
    }
}
