//! The player's own row while the board does not show it: asked for when the board has moved, at most every two
//! seconds. A board that is over does not move; there one answer is enough.

use std::{cell::RefCell, rc::Rc};

use domain::board::LIVE_ROWS;

use crate::{
    board::{BoardStore, pace::Pace},
    functions, reactive,
    session::Session,
    visible::Visible,
};

const PAUSE_MS: i32 = 2000;
/// The pause after a failure: nothing else may ever ask again.
const RETRY_MS: i32 = 10_000;
/// The player and some neighbors on both sides.
const ROWS: u32 = 5;

/// Whose row is asked for, and when.
#[derive(Debug, Clone)]
struct Own {
    store: BoardStore,
    session: Session,
    visible: Visible,
    pace: Rc<RefCell<Pace>>,
}

/// Keeps the own row of `store` current for as long as the calling page is shown.
pub(crate) fn keep_own(store: BoardStore, session: Session, visible: Visible) {
    let own = Own { store, session, visible, pace: Rc::default() };
    reactive::effect(move || {
        // Another board may be at the same version.
        store.board();
        store.version();
        let Some(player) = session.player().filter(|_| visible.get()) else { return };
        if store.shows(&player) {
            store.forget_around();
        } else {
            own.ask(PAUSE_MS);
        }
    });
}

impl Own {
    fn ask(&self, pause_ms: i32) {
        let own = self.clone();
        Pace::soon(&self.pace, pause_ms, Box::new(move || reactive::spawn(own.fetch())));
    }

    async fn fetch(self) {
        // A page that is gone has no id any more.
        let Some(id) = self.store.id() else { return };
        let asked = self.session.player_now();
        let is_known = match functions::board_page(id, true, ROWS).await {
            Ok(page) => {
                // Elsewhere they may have hidden behind another name, or come back.
                if let Some(me) = page.me.clone()
                    && self.session.player_now() == asked
                {
                    self.session.rename(me.alias, me.player);
                }
                self.store.take_around(page) || move_on(self.store).await
            }
            // What is shown stays.
            Err(_) => false,
        };
        if !is_known && self.session.player_now().is_some() && self.visible.once() {
            self.ask(RETRY_MS);
        }
    }
}

/// Shows the board that is the player's by now: of another period, or of the cohort that they are in. Returns whether it
/// is known which; if not, what is shown stays.
pub(crate) async fn move_on(store: BoardStore) -> bool {
    let Some(id) = store.id() else { return true };
    let page = functions::board_page(id, false, LIVE_ROWS).await;
    page.is_ok_and(|page| {
        store.take_page(page);
        true
    })
}
