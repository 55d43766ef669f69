//! What a screen reader is told of changes that nobody has pressed for: politely, and not all of them.

use crate::{
    net::later,
    reactive::{self, Shared},
};

/// Between two announcements. What comes meanwhile waits, and the newest of it is told.
const PAUSE_MS: i32 = 4_000;

/// The page's polite voice. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speech {
    said: Shared<String>,
    waits: Shared<String>,
    is_pausing: Shared<bool>,
}

impl Speech {
    /// A voice that has said nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            said: Shared::new(String::new()),
            waits: Shared::new(String::new()),
            is_pausing: Shared::new(false),
        }
    }

    /// What is being said; the reader runs again when that changes.
    pub(crate) fn said(self) -> String {
        self.said.get()
    }

    /// Says something at once: the answer to a press.
    pub(crate) fn answer(self, words: String) {
        self.waits.set(String::new());
        self.said.set(words);
    }

    /// Says something as soon as it is polite.
    pub(crate) fn mention(self, words: String) {
        if self.is_pausing.now() {
            self.waits.set(words);
            return;
        }
        self.answer(words);
        self.is_pausing.set(true);
        reactive::spawn(async move {
            // It never fails, and a page that is left has nobody to hear it.
            let _ = later::settled(later::sleep(PAUSE_MS)).await;
            self.is_pausing.set(false);
            let words = self.waits.now();
            if !words.is_empty() {
                self.mention(words);
            }
        });
    }
}
