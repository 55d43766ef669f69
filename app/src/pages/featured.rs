//! A tournament's board as a page shows it: steps, rows, the own place, kept live.

use domain::{
    board::{BoardPage, TournamentCard},
    tournament::Phase,
};
use leptos::{either::Either, prelude::*};

use crate::{
    board::{BoardStore, board, keep_live, neighbors},
    clock::Now,
    reactive,
    session::Session,
    texts::Texts,
    ui::{Way, placeholder},
    visible::Visible,
};

/// After the end late scores are taken for a minute; then nothing moves any more.
const SETTLED_MS: i64 = 120_000;

/// The board of `card`'s tournament.
pub(crate) fn store_of(card: &TournamentCard, page: BoardPage) -> BoardStore {
    let session = Session::expect();
    let store = BoardStore::new(page, card.tournament.order, session.player());
    let now = Now::expect().get_untracked();
    if now < card.tournament.ends_at.plus_ms(SETTLED_MS) {
        keep_live(store, session, Visible::expect());
    }
    store
}

/// The steps and rows, or a word on why they are empty.
pub(crate) fn standings(store: BoardStore, card: TournamentCard, limit: usize) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let now = Now::expect();
    let is_empty = reactive::memo(move || store.is_empty());
    let tournament = card.tournament;
    let has_begun = reactive::memo(move || tournament.phase(now.get()) != Phase::Upcoming);
    move || {
        if is_empty.get() {
            let text = if has_begun.get() { app::BOARD_EMPTY } else { app::TOURNAMENT_NOT_STARTED };
            Either::Left(view! {
                <div data-testid="board">
                    {placeholder(texts.get(app::BOARD_TITLE), texts.get(text), Way::None)}
                </div>
            })
        } else {
            Either::Right(view! { {board(store, limit)}{neighbors(store)} })
        }
    }
}
