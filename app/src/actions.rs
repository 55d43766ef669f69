//! What a page offers to do. The client draws it as its main and secondary button; where it can't, the page does.

use std::sync::Arc;

use leptos::prelude::*;

use crate::reactive;

/// Something to do.
#[derive(Clone)]
pub(crate) struct Action {
    label: String,
    run: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Action {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Action").field(&self.label).finish()
    }
}

impl Action {
    /// An action with the text of its button.
    pub(crate) fn new(label: String, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label, run: Arc::new(run) }
    }

    /// The text of the button.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Does it.
    pub(crate) fn run(&self) {
        (self.run)();
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

    /// The first thing to do here; the reader runs again when it changes.
    pub(crate) fn main(self) -> Option<Action> {
        self.main.get()
    }

    /// The first thing to do here, once.
    pub(crate) fn main_untracked(self) -> Option<Action> {
        self.main.get_untracked()
    }

    /// The second; the reader runs again when it changes.
    pub(crate) fn secondary(self) -> Option<Action> {
        self.secondary.get()
    }

    /// The second, once.
    pub(crate) fn secondary_untracked(self) -> Option<Action> {
        self.secondary.get_untracked()
    }

    /// Offers what `main` and `secondary` say for as long as the calling page is shown.
    pub(crate) fn offer(
        self,
        main: impl Fn() -> Option<Action> + 'static,
        secondary: impl Fn() -> Option<Action> + 'static,
    ) {
        reactive::effect(move || self.main.set(main()));
        reactive::effect(move || self.secondary.set(secondary()));
        on_cleanup(move || {
            self.main.set(None);
            self.secondary.set(None);
        });
    }
}
