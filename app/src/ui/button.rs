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
    const fn class(self) -> &'static str {
        match self {
            Self::Filled => "button button--filled",
            Self::Tinted => "button button--tinted",
            Self::Destructive => "button button--destructive",
        }
    }
}

/// A button.
#[component]
pub(crate) fn Button(
    /// Its look.
    kind: ButtonKind,
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// What it does.
    on_press: Callback<()>,
    /// Whether it is at work and can't be pressed again.
    #[prop(optional, into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=kind.class()
            disabled=move || busy.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| on_press.run(())
        >
            {move || label.get()}
        </button>
    }
}
