//! The player's own row while it is outside the window: asked for when the board has moved, at most every two seconds.

use std::{cell::RefCell, rc::Rc};

use crate::{
    board::BoardStore,
    clock::phone_ms,
    functions,
    net::later::{self, Later},
    reactive,
    session::Session,
};

const PAUSE_MS: i64 = 2000;
/// The player and some neighbors on both sides.
const ROWS: u32 = 5;

#[derive(Debug, Default)]
struct Pace {
    last_ms: i64,
    waits: Option<Later>,
}

/// Keeps the own row of `store` current for as long as the calling page is shown.
pub(super) fn keep_own(store: BoardStore, session: Session) {
    let pace = Rc::new(RefCell::new(Pace::default()));
    reactive::effect(move || {
        store.version();
        let Some(player) = session.player() else { return };
        if store.shows(&player) {
            store.forget_around();
        } else if pace.borrow().waits.is_none() {
            let due_ms = pace.borrow().last_ms + PAUSE_MS - phone_ms();
            let delay = i32::try_from(due_ms.max(0)).unwrap_or_default();
            let waiting = Rc::clone(&pace);
            let waits = later::after(delay, move || reactive::spawn(fetch(store, waiting)));
            pace.borrow_mut().waits = Some(waits);
        }
    });
}

async fn fetch(store: BoardStore, pace: Rc<RefCell<Pace>>) {
    *pace.borrow_mut() = Pace { last_ms: phone_ms(), waits: None };
    // A page that is gone has no id any more.
    let Some(id) = store.id() else { return };
    // After a failure what is shown stays, and the next frame asks again.
    if let Ok(page) = functions::board_page(id, true, ROWS).await {
        store.take_around(page);
    }
}
