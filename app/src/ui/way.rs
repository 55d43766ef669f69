//! The way on from a notice or an empty page.

use std::sync::Arc;

use crate::{
    node::nodes,
    part::{Part, nothing},
    ui::{ButtonKind, Press, button},
};

/// Where one can go from here.
#[derive(Clone)]
pub(crate) enum Way {
    /// Nowhere.
    None,
    /// A button: its text and what it does.
    Press(String, Press),
    /// A link: its text and its address.
    Follow(String, String),
    /// A link out of the page: its text, its address and what takes its place inside Telegram. Returns whether it did.
    Leave(String, String, Arc<dyn Fn() -> bool + Send + Sync>),
}

impl std::fmt::Debug for Way {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => formatter.write_str("None"),
            Self::Press(label, _) | Self::Follow(label, _) | Self::Leave(label, ..) => {
                formatter.debug_tuple("Way").field(label).finish()
            }
        }
    }
}

/// The way as a button or a link that looks like one.
pub(crate) fn way(kind: ButtonKind, way: Way) -> Part {
    match way {
        Way::None => nothing(),
        Way::Press(label, press) => button(kind, label, press),
        Way::Follow(label, address) => nodes! { <a class={kind.class()} href={address}>{label}</a> },
        Way::Leave(label, address, leave) => {
            let on_click = move |event: web_sys::Event| {
                if leave() {
                    event.prevent_default();
                }
            };
            // With a target, Telegram's script leaves the link alone; its own handler calls a method that is gone.
            nodes! { <a class={kind.class()} href={address} target="_blank" on:click={on_click}>{label}</a> }
        }
    }
}
