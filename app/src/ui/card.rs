//! A notice above the content. It explains a state and offers one way on.

use crate::{
    node::nodes,
    part::Part,
    ui::{ButtonKind, Shape, Way, icon, way},
};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something to know.
    Neutral,
    /// Something that does not work.
    Trouble,
}

/// A notice.
pub(crate) fn card(
    tone: Tone,
    shape: Shape,
    title: String,
    text: String,
    test_id: &'static str,
    way_on: Way,
) -> Part {
    let class = match tone {
        Tone::Neutral => "card",
        Tone::Trouble => "card card--trouble",
    };
    nodes! {
        <section class={class} data-testid={test_id} role="status">
            <span class="card__icon">{icon(shape)}</span>
            <div class="card__body">
                <p class="card__title">{title}</p>
                <p class="card__text">{text}</p>
                <div class="card__actions">{way(ButtonKind::Tinted, way_on)}</div>
            </div>
        </section>
    }
}
