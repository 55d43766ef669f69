//! `/app`: the busiest tournament's board, the others below.

use std::{sync::Arc, time::Duration};

use domain::{
    Tournament, TournamentId,
    board::{Lobby, TournamentCard},
    tournament::Phase,
};
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    actions::Action,
    board::BoardStore,
    context::Context,
    data::Remote,
    node::nodes,
    pages::{
        featured::{standings, store_of},
        frame,
        heading::{countdown, facts, hello, name_document, phase_mark, title},
    },
    part::{Part, Text, block, nothing, part, text},
    reactive,
    router::{List, Route},
    ui::{Way, board_skeleton, cell_link, cell_skeleton, placeholder, section, steps},
};

/// How many rows of the busiest board are shown here.
const ROWS: usize = 10;
/// How often the list is asked for while it is seen.
const REFRESH_S: u64 = 60;
/// How old the list may be when the player comes back to it.
const FRESH_MS: i64 = 10_000;

/// The tournaments.
pub(crate) fn lobby_page() -> Part {
    let Context { data, texts, .. } = Context::get();
    name_document(None);
    keep_fresh();
    // Drawn anew only when there is something else to show: another tournament on top, not another score.
    let kind = reactive::memo(move || match data.lobby() {
        Remote::Loading => String::new(),
        Remote::Failed(code) => code.as_str().to_owned(),
        Remote::Ready(lobby) if lobby.tournaments.is_empty() => "none".to_owned(),
        Remote::Ready(lobby) => {
            lobby.board.map_or_else(|| "#".to_owned(), |board| format!("#{}", board.tournament_id))
        }
    });
    let content = block(move || {
        // Read, not only tracked: a memo that nobody has read does not know what it depends on.
        let _ = kind.get();
        match data.lobby_now() {
            Remote::Loading => frame(nodes! { {greeting()} {loading()} }, None),
            Remote::Failed(code) => {
                let retry = Arc::new(move || reactive::spawn(data.load_lobby()));
                let way = Way::Press(texts.get(app::RETRY), retry);
                let placeholder = placeholder(texts.get(app::FAILED_TITLE), texts.error(code), way);
                frame(nodes! { {greeting()} {placeholder} }, None)
            }
            Remote::Ready(lobby) if lobby.tournaments.is_empty() => {
                let text = texts.get(app::LOBBY_EMPTY_TEXT);
                let placeholder = placeholder(texts.get(app::LOBBY_EMPTY_TITLE), text, Way::None);
                frame(nodes! { {greeting()} {placeholder} }, None)
            }
            Remote::Ready(lobby) => ready(lobby),
        }
    });
    part(content)
}

/// The logo, and the player's name once it is known. The line keeps its height.
fn greeting() -> Part {
    let texts = Context::get().texts;
    nodes! {
        <header class="greeting">
            {steps("steps greeting__logo")}
            <h1 class="greeting__title" tabindex="-1">{texts.get(app::LOBBY_TITLE)}</h1>
            {hello()}
        </header>
    }
}

fn loading() -> Part {
    let label = Context::get().texts.get(app::LOADING);
    nodes! {
        <section class="panel">{board_skeleton(label)}</section>
        {section(None, None, vec![cell_skeleton(), cell_skeleton()])}
    }
}

/// The page with tournaments on it.
fn ready(lobby: Lobby) -> Part {
    let texts = Context::get().texts;
    let top = lobby.board.and_then(|board| {
        let is_its = |card: &TournamentCard| card.tournament.tournament_id == board.tournament_id;
        let card = lobby.tournaments.into_iter().find(is_its)?;
        Some((store_of(&card, board), card))
    });
    let except = top.as_ref().map(|(_, card)| card.tournament.tournament_id.clone());
    let board = top.as_ref().map(|(store, _)| *store);
    let panel = top.map_or_else(nothing, |(store, card)| panel(&card, store));
    let others = [
        (Phase::Running, app::SECTION_RUNNING),
        (Phase::Upcoming, app::SECTION_UPCOMING),
        (Phase::Finished, app::SECTION_FINISHED),
    ]
    .map(|(phase, header)| of_phase(phase, header, except.clone()));
    let all = link_title(text(move || texts.get(app::UNKNOWN_ALL)));
    let all = section(None, None, vec![cell_link(&Route::Tournaments(List::Live), all)]);
    frame(nodes! { {greeting()} {panel} {Vec::from(others)} {all} }, board)
}

/// The title of a cell that leads on.
fn link_title(title: Text) -> Part {
    nodes! { <span class="cell__title cell__title--link">{title}</span> }
}

/// The busiest tournament.
fn panel(card: &TournamentCard, store: BoardStore) -> Part {
    let texts = Context::get().texts;
    let to = Route::Tournament(card.tournament.tournament_id.clone());
    offer_to_open(card, &to);
    let all = text(move || texts.with(|catalog| app::lobby_all(catalog, store.total())));
    let all = link_title(all);
    nodes! {
        <section class="panel">
            <div class="panel__head">
                <div class="panel__line">
                    <h2 class="panel__title">
                        <a href={to.path()} class="panel__link">{title(texts, card)}</a>
                    </h2>
                    {phase_mark(card, Some(store))}
                </div>
                {facts(card, Some(store))}
            </div>
            {standings(store, ROWS)}
            {cell_link(&to, all)}
        </section>
    }
}

fn offer_to_open(card: &TournamentCard, to: &Route) {
    let Context { actions, texts, router, now, .. } = Context::get();
    let Tournament { starts_at, ends_at, .. } = card.tournament;
    let is_running = reactive::whether(move || Phase::at(now.get(), starts_at, ends_at) == Phase::Running);
    let to = to.clone();
    let main = move || {
        let key = if is_running.get() { app::ACTION_WATCH } else { app::ACTION_OPEN };
        let to = to.clone();
        Some(Action::new(texts.get(key), move || router.go(to.clone())))
    };
    actions.offer(main, || None);
}

/// The other tournaments of a phase.
fn of_phase(phase: Phase, header: i18n::Key, except: Option<TournamentId>) -> Part {
    let Context { data, now, texts, .. } = Context::get();
    let wanted = move |card: &TournamentCard| {
        card.tournament.phase(now.get()) == phase && Some(&card.tournament.tournament_id) != except.as_ref()
    };
    let cards = move || match data.lobby() {
        Remote::Ready(lobby) => lobby.tournaments.into_iter().filter(&wanted).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    // The time ticks every second; the list is drawn anew when something in it has changed.
    let seen = {
        let cards = cards.clone();
        reactive::memo(move || {
            cards()
                .iter()
                .map(|card| format!("{}:{}", card.tournament.tournament_id, card.players))
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let content = block(move || {
        if seen.get().is_empty() {
            return nothing();
        }
        let cells = untrack(&cards).iter().map(tournament_cell).collect();
        section(Some(texts.get(header)), None, cells)
    });
    part(content)
}

/// A tournament in a list.
fn tournament_cell(card: &TournamentCard) -> Part {
    let texts = Context::get().texts;
    let to = Route::Tournament(card.tournament.tournament_id.clone());
    let players = texts.with(|catalog| app::board_players(catalog, card.players));
    let content = nodes! {
        <span class="cell__title">{title(texts, card)}</span>
        <span class="cell__subtitle"><span>{countdown(card, None)}</span>{format!(" · {players}")}</span>
    };
    cell_link(&to, content)
}

/// Asks for the tournaments when they are not there, and from time to time while the page is seen.
fn keep_fresh() {
    let Context { data, visible, now, .. } = Context::get();
    reactive::effect(move || {
        let must_load = match data.lobby_now() {
            Remote::Loading => true,
            Remote::Failed(_) => false,
            Remote::Ready(lobby) => now.once().millis_since(lobby.now) > FRESH_MS,
        };
        if must_load {
            reactive::spawn(data.load_lobby());
        }
        let refresh = move || {
            if visible.once() {
                reactive::spawn(data.load_lobby());
            }
        };
        // Without a timer the list is as fresh as the last visit.
        if let Ok(timer) = set_interval_with_handle(refresh, Duration::from_secs(REFRESH_S)) {
            on_cleanup(move || timer.clear());
        }
    });
}
