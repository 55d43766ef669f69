//! The motif of Podium: three steps. The logo, the loading mark and the empty state are made of it.

use crate::{node::nodes, part::Part};

/// The three steps.
pub(crate) fn steps(class: &'static str) -> Part {
    nodes! {
        <svg class={class} viewBox="0 0 48 40" aria-hidden="true">
            <rect class="steps__second" x="1" y="16" width="14" height="23" rx="3"></rect>
            <rect class="steps__first" x="17" y="5" width="14" height="34" rx="3"></rect>
            <rect class="steps__third" x="33" y="23" width="14" height="16" rx="3"></rect>
        </svg>
    }
}
