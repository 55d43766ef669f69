//! A button inside the page. The page's main action is Telegram's own button where there is one.

use std::sync::Arc;

use crate::{node::nodes, part::Part};

/// What a press does.
pub(crate) type Press = Arc<dyn Fn() + Send + Sync>;

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// The one thing to do.
    Filled,
    /// Something else to do.
    Tinted,
    /// A line of a section that does something.
    Plain,
    /// The same, where it ends something.
    Destructive,
}

impl ButtonKind {
    /// The classes of a button, also for a link that looks like one.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Filled => "button button--filled",
            Self::Tinted => "button button--tinted",
            Self::Plain => "button button--plain",
            Self::Destructive => "button button--destructive",
        }
    }
}

/// A button.
pub(crate) fn button(kind: ButtonKind, label: String, press: Press) -> Part {
    nodes! {
        <button type="button" class={kind.class()} on:click={move |_| press()}>
            {label}
        </button>
    }
}
