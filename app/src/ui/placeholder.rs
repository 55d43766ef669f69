//! What stands where a list would: nothing there yet, or nothing that could be had. One sentence and one way on.

use crate::{
    node::nodes,
    part::Part,
    ui::{ButtonKind, Way, steps, way},
};

/// An empty or failed state.
pub(crate) fn placeholder(title: String, text: String, way_on: Way) -> Part {
    nodes! {
        <div class="placeholder">
            {steps("steps placeholder__picture")}
            <p class="placeholder__title">{title}</p>
            <p class="placeholder__text">{text}</p>
            {way(ButtonKind::Filled, way_on)}
        </div>
    }
}
