//! Asking at a bearable pace: whatever calls for an answer, there is one question at a time and a pause between two.

use std::{cell::RefCell, rc::Rc};

use crate::{
    clock::phone_ms,
    net::later::{self, Later},
};

/// The pace of one kind of question.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last_ms: i64,
    waits: Option<Later>,
}

impl Pace {
    /// Runs `ask` as soon as `pause_ms` have passed since the last time. While one waits, another is not needed.
    pub(super) fn soon(pace: &Rc<RefCell<Self>>, pause_ms: i32, ask: Box<dyn FnOnce()>) {
        if pace.borrow().waits.is_some() {
            return;
        }
        let passed_ms = i32::try_from(phone_ms() - pace.borrow().last_ms).unwrap_or(i32::MAX);
        let delay_ms = pause_ms.saturating_sub(passed_ms).max(0);
        let held = Rc::clone(pace);
        let waits = later::after(delay_ms, move || {
            // In a task of its own: the timer that runs this is let go of there.
            crate::reactive::spawn(async move {
                *held.borrow_mut() = Self { last_ms: phone_ms(), waits: None };
                ask();
            });
        });
        pace.borrow_mut().waits = Some(waits);
    }
}
