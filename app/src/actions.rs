//! What a page offers to do. The client draws it as its main and secondary button; where it can't, the page does.

use std::sync::Arc;

use leptos::prelude::on_cleanup;

use crate::reactive::{self, Shared};

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

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        // The same closure is the same action; another one may do something else, whatever its label.
        Arc::ptr_eq(&self.run, &other.run)
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
    /// The first thing to do here.
    pub main: Shared<Option<Action>>,
    /// The second.
    pub secondary: Shared<Option<Action>>,
}

impl Actions {
    /// No offers.
    pub(crate) fn new() -> Self {
        Self { main: Shared::new(None), secondary: Shared::new(None) }
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
