//! Sections of cells: the lists that Telegram's own settings are made of.

use crate::{
    node::nodes,
    part::{Part, nothing},
    router::Route,
    ui::{Shape, icon},
};

/// A group of cells with a header above and a footer below, as far as there are.
pub(crate) fn section(header: Option<String>, footer: Option<String>, cells: Vec<Part>) -> Part {
    let header = match header {
        Some(header) => nodes! { <h2 class="section__header">{header}</h2> },
        None => nothing(),
    };
    let footer = match footer {
        Some(footer) => nodes! { <p class="section__footer">{footer}</p> },
        None => nothing(),
    };
    nodes! {
        <section class="section">
            {header}
            <div class="section__body">{cells}</div>
            {footer}
        </section>
    }
}

/// A line of a section: a label and what it is.
pub(crate) fn cell(label: String, value: String) -> Part {
    nodes! {
        <div class="cell">
            <span class="cell__label">{label}</span>
            <span class="cell__value">{value}</span>
        </div>
    }
}

/// A line of a section that is on or off. `name` tells it from the others on the page.
pub(crate) fn switch_cell(
    label: String,
    note: Part,
    name: &'static str,
    is_on: bool,
    press: impl Fn() + Send + 'static,
) -> Part {
    let [label_id, note_id] = ["label", "note"].map(|part| format!("{part}-{name}"));
    let (labelled_by, described_by) = (label_id.clone(), note_id.clone());
    let is_checked = if is_on { "true" } else { "false" };
    nodes! {
        <button
            type="button"
            role="switch"
            class="cell cell--switch"
            data-switch={name}
            aria-checked={is_checked}
            aria-labelledby={labelled_by}
            aria-describedby={described_by}
            on:click={move |_| press()}
        >
            <span class="cell__main">
                <span id={label_id}>{label}</span>
                <span class="cell__note" id={note_id}>{note}</span>
            </span>
            <span class="switch"></span>
        </button>
    }
}

/// A line of a section that leads somewhere.
pub(crate) fn cell_link(to: &Route, content: Part) -> Part {
    nodes! {
        <a href={to.path()} class="cell cell--link">
            <span class="cell__main">{content}</span>
            <span class="cell__chevron">{icon(Shape::Chevron)}</span>
        </a>
    }
}
