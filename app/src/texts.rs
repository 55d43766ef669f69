//! The texts of the page, in the language of the player.

use std::sync::Arc;

use domain::{ErrorCode, Locale, Score};
use i18n::{Catalog, Key};
use leptos::prelude::*;

/// Access to the texts. Reading does not subscribe: when the language changes, the whole page is drawn anew.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts(RwSignal<Arc<Catalog>>);

impl Texts {
    /// The texts of a catalog.
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self(RwSignal::new(Arc::new(catalog)))
    }

    /// The texts of this page.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// All texts, for one with arguments: its function in `i18n::keys` takes them.
    pub(crate) fn all(self) -> Arc<Catalog> {
        self.0.get_untracked()
    }

    /// A fixed text.
    pub(crate) fn get(self, key: Key) -> String {
        self.all().text(key).to_owned()
    }

    /// What to say about an error.
    pub(crate) fn error(self, code: ErrorCode) -> String {
        self.all().error(code).to_owned()
    }

    /// The language.
    pub(crate) fn locale(self) -> Locale {
        self.all().locale()
    }

    /// A whole number as the language writes it.
    pub(crate) fn number(self, number: u64) -> String {
        i18n::number(self.locale(), number)
    }

    /// A score as the language writes it.
    pub(crate) fn score(self, score: Score) -> String {
        let number = self.number(score.points().unsigned_abs());
        if score.points() < 0 { format!("\u{2212}{number}") } else { number }
    }

    /// Subscribes to the language.
    pub(crate) fn track(self) {
        self.0.track();
    }

    /// Changes the language.
    pub(crate) fn replace(self, catalog: Catalog) {
        self.0.set(Arc::new(catalog));
    }
}
