//! A tournament's board as a page shows it: steps, rows, the own place, kept live.

use domain::board::{BoardPage, LIVE_ROWS, TournamentCard};
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    board::{BoardStore, Course, board, keep_live, keep_own, more, neighbors},
    context::Context,
    node::nodes,
    part::{Part, block, nothing, part},
    reactive,
    ui::{Way, placeholder},
};

/// The board of `card`'s tournament, kept live for as long as the calling page is shown. One that is settled stands
/// still; only the player's own place on it is asked for.
pub(crate) fn store_of(card: &TournamentCard, page: BoardPage) -> BoardStore {
    let Context { session, visible, now, .. } = Context::get();
    let store = BoardStore::new(page, card, session);
    if !Course::of(card).is_settled(now.once()) {
        keep_live(store, visible);
    }
    keep_own(store, session, visible);
    store
}

/// The steps and at most `limit` rows, or a word on why they are empty.
pub(crate) fn standings(store: BoardStore, limit: usize) -> Part {
    let Context { texts, now, .. } = Context::get();
    let is_empty = reactive::whether(move || store.rows().is_empty());
    let has_begun = reactive::whether(move || store.has_begun(now.get()));
    let content = block(move || {
        if is_empty.get() {
            let text = if has_begun.get() { app::BOARD_EMPTY } else { app::TOURNAMENT_NOT_STARTED };
            let placeholder = placeholder(texts.get(app::BOARD_TITLE), texts.get(text), Way::None);
            nodes! { <div data-testid="board">{placeholder}</div> }
        } else {
            // Below a shortened board they would push down what stands there; the tournament's own page has them.
            let below = if limit < LIVE_ROWS as usize {
                nothing()
            } else {
                nodes! { {more(store)} {neighbors(store)} }
            };
            nodes! { {board(store, limit)} {below} }
        }
    });
    part(content)
}
