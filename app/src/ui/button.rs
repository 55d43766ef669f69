//! A button inside the page. The page's main action is Telegram's own button where there is one.

use leptos::prelude::*;

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// The one thing to do.
    Filled,
    /// Something else to do.
    Tinted,
    /// Something that ends something.
    Destructive,
}

impl ButtonKind {
    /// The classes of a button, also for a link that looks like one.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Filled => "button button--filled",
            Self::Tinted => "button button--tinted",
            Self::Destructive => "button button--destructive",
        }
    }
}

/// A button.
pub(crate) fn button(kind: ButtonKind, label: String, on_press: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" class=kind.class() on:click=move |_| on_press.run(())>
            {label}
        </button>
    }
}
