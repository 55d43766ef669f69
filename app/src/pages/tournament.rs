//! `/app/t/{id}`: one tournament and its board.

use std::sync::Arc;

use domain::{ErrorCode, TournamentId, board::TournamentCard};
use i18n::keys::app;

use crate::{
    board::{BoardStore, ROWS_MAX},
    context::Context,
    data::Remote,
    later::{What, later, tournament_room},
    node::nodes,
    pages::{
        featured::{standings, store_of},
        frame,
        heading::{facts, hello, name_document, phase_mark, rule, title},
    },
    part::{Part, block, nothing, part},
    reactive,
    router::Route,
    ui::{Way, board_skeleton, placeholder},
};

/// A title of more characters has more than two lines in the size of a heading.
const LONG_TITLE: usize = 30;

/// A tournament.
pub(crate) fn tournament_page(id: &TournamentId) -> Part {
    let Context { data, session, .. } = Context::get();
    data.turn_to(id);
    reactive::effect(move || {
        // A private tournament is there once it is known who asks.
        let is_known = session.player().is_some();
        let Some(known) = data.tournament_now() else { return };
        let is_whole = known.card.is_some() && known.board.ready().is_some();
        if !is_whole && (is_known || !matches!(known.board, Remote::Failed(_))) {
            reactive::spawn(data.load_tournament());
        }
    });
    let page = block(move || {
        let Some(known) = data.tournament() else { return nothing() };
        match (known.card, known.board) {
            (_, Remote::Failed(code)) => frame(failed(code), None),
            (Some(card), Remote::Ready(page)) => {
                let store = store_of(&card, page);
                frame(content(&card, store), Some(store))
            }
            (card, _) => frame(loading(card), None),
        }
    });
    part(page)
}

fn head(card: &TournamentCard, board: Option<BoardStore>) -> Part {
    let texts = Context::get().texts;
    let title = title(texts, card);
    let line =
        if title.chars().count() > LONG_TITLE { "panel__line head__line--long" } else { "panel__line" };
    nodes! {
        <header class="head">
            <div class={line}>
                <h1 class="head__title" tabindex="-1">{title}</h1>
                {phase_mark(card, board)}
            </div>
            {facts(card, board)}
            <div class="head__foot"><p class="head__rule">{rule(texts, card)}</p>{hello()}</div>
        </header>
    }
}

/// What the page offers to do comes with the player's card.
fn content(card: &TournamentCard, store: BoardStore) -> Part {
    name_document(Some(title(Context::get().texts, card)));
    nodes! {
        {head(card, Some(store))}
        {later(What::Tournament(store))}
        <section class="panel">{standings(store, ROWS_MAX)}</section>
    }
}

fn loading(card: Option<TournamentCard>) -> Part {
    let label = Context::get().texts.get(app::LOADING);
    let head = card.map_or_else(nothing, |card| head(&card, None));
    nodes! {
        {head}
        {tournament_room()}
        <section class="panel">{board_skeleton(label)}</section>
    }
}

fn failed(code: ErrorCode) -> Part {
    let Context { texts, data, .. } = Context::get();
    let (title, text, way) = if code == ErrorCode::TournamentUnknown {
        let way = Way::Follow(texts.get(app::UNKNOWN_ALL), Route::Lobby.path());
        (app::UNKNOWN_TITLE, texts.get(app::UNKNOWN_TEXT), way)
    } else {
        let retry = Arc::new(move || reactive::spawn(data.load_tournament()));
        (app::FAILED_TITLE, texts.error(code), Way::Press(texts.get(app::RETRY), retry))
    };
    nodes! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(title)}</h1>
        {placeholder(texts.get(title), text, way)}
    }
}
