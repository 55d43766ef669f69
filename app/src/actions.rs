//! What a page offers to do. The client draws it as its main and secondary button; where it can't, the page does.

use leptos::prelude::*;

/// Something to do.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    label: String,
    run: Callback<()>,
}

impl Action {
    /// An action with the text of its button.
    pub(crate) fn new(label: String, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label, run: Callback::new(move |()| run()) }
    }

    /// The text of the button.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Does it.
    pub(crate) fn run(&self) {
        self.run.run(());
    }
}

/// The offers of the page that is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Actions {
    main: RwSignal<Option<Action>>,
    secondary: RwSignal<Option<Action>>,
}

impl Actions {
    /// No offers.
    pub(crate) fn new() -> Self {
        Self { main: RwSignal::new(None), secondary: RwSignal::new(None) }
    }

    /// The offers of this page.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The first thing to do here.
    pub(crate) fn main(self) -> Signal<Option<Action>> {
        self.main.into()
    }

    /// The second.
    pub(crate) fn secondary(self) -> Signal<Option<Action>> {
        self.secondary.into()
    }

    /// Offers what `main` and `secondary` say for as long as the calling page is shown.
    pub(crate) fn offer(
        self,
        main: impl Fn() -> Option<Action> + 'static,
        secondary: impl Fn() -> Option<Action> + 'static,
    ) {
        Effect::new(move |_| self.main.set(main()));
        Effect::new(move |_| self.secondary.set(secondary()));
        on_cleanup(move || {
            self.main.set(None);
            self.secondary.set(None);
        });
    }
}
