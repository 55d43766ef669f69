//! `/app`: the busiest tournament's board, the others below.

use std::time::Duration;

use domain::{
    ErrorCode, TournamentId,
    board::{Lobby, TournamentCard},
    tournament::Phase,
};
use leptos::{either::EitherOf3, prelude::*};

use crate::{
    actions::{Action, Actions},
    board::BoardStore,
    clock::Now,
    data::{Data, Remote},
    pages::{
        featured::{standings, store_of},
        frame::frame,
        heading::{countdown, facts, phase_mark, title},
    },
    reactive,
    router::{Route, Router},
    session::{Session, SignIn},
    texts::Texts,
    ui::{Way, board_skeleton, cell_link, cell_skeleton, placeholder, section, steps},
    visible::Visible,
};

/// How many rows of the busiest board are shown here.
const ROWS: usize = 10;
/// How often the list is asked for while it is seen.
const REFRESH_S: u64 = 60;
/// How old the list may be when the player comes back to it.
const FRESH_MS: i64 = 10_000;

/// What the page has to show.
#[derive(Debug, Clone, PartialEq)]
enum Content {
    Loading,
    Empty,
    Failed(ErrorCode),
    /// The tournament on top, when it has a board.
    Ready(Option<TournamentId>),
}

impl From<Remote<Lobby>> for Content {
    fn from(lobby: Remote<Lobby>) -> Self {
        match lobby {
            Remote::Loading => Self::Loading,
            Remote::Failed(code) => Self::Failed(code),
            Remote::Ready(lobby) if lobby.tournaments.is_empty() => Self::Empty,
            Remote::Ready(lobby) => Self::Ready(lobby.board.map(|board| board.tournament_id)),
        }
    }
}

/// The tournaments.
pub(crate) fn lobby_page() -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let data = Data::expect();
    keep_fresh(data);
    let content = reactive::memo(move || Content::from(data.lobby()));
    move || match content.get() {
        Content::Loading => EitherOf3::A(frame(view! { {greeting()}{loading()} }, None)),
        Content::Ready(_) => EitherOf3::B(ready(data)),
        state @ (Content::Empty | Content::Failed(_)) => {
            let (title, text, way) = match state {
                Content::Failed(code) => {
                    let retry = Callback::new(move |()| reactive::spawn(data.load_lobby()));
                    (app::FAILED_TITLE, texts.error(code), Way::Press(texts.get(app::RETRY), retry))
                }
                _ => (app::LOBBY_EMPTY_TITLE, texts.get(app::LOBBY_EMPTY_TEXT), Way::None),
            };
            let content = view! { {greeting()}{placeholder(texts.get(title), text, way)} };
            EitherOf3::C(frame(content, None))
        }
    }
}

/// The logo, and the player's name once it is known. The line keeps its height.
fn greeting() -> impl IntoView {
    let texts = Texts::expect();
    let session = Session::expect();
    let name = reactive::memo(move || match session.state() {
        SignIn::In(me) => Some(me.first_name),
        _ => None,
    });
    view! {
        <header class="greeting">
            {steps("greeting__logo")}
            <h1 class="greeting__title" tabindex="-1">{texts.get(i18n::keys::app::LOBBY_TITLE)}</h1>
            {move || name.get().map(|name| view! {
                <p class="greeting__name">
                    {texts.get(i18n::keys::app::HELLO)} " " <span data-testid="player-name">{name}</span>
                </p>
            })}
        </header>
    }
}

fn loading() -> impl IntoView {
    let label = Texts::expect().get(i18n::keys::app::LOADING);
    view! {
        <section class="panel">{board_skeleton(label)}</section>
        {section(None, None, view! { {cell_skeleton()}{cell_skeleton()} })}
    }
}

/// The page with tournaments on it. Made anew only when another tournament comes to the top.
fn ready(data: Data) -> impl IntoView {
    let top = match data.lobby_untracked() {
        Remote::Ready(Lobby { tournaments, board: Some(board), .. }) => tournaments
            .into_iter()
            .find(|card| card.tournament.tournament_id == board.tournament_id)
            .map(|card| (store_of(&card, board), card)),
        _ => None,
    };
    let top_id = top.as_ref().map(|(_, card)| card.tournament.tournament_id.clone());
    let board = top.as_ref().map(|(store, _)| *store);
    let content = view! {
        {greeting()}
        {top.map(|(store, card)| top_panel(card, store))}
        {others(top_id)}
    };
    frame(content, board)
}

/// The busiest tournament.
fn top_panel(card: TournamentCard, store: BoardStore) -> impl IntoView {
    let texts = Texts::expect();
    let to = Route::Tournament(card.tournament.tournament_id.clone());
    offer_to_open(&card, &to);
    let all = move || i18n::keys::app::lobby_all(&texts.all(), store.total());
    let heading = title(texts, &card);
    view! {
        <section class="panel">
            <div class="panel__head">
                <div class="panel__line">
                    <h2 class="panel__title"><a href=to.path() class="panel__link">{heading}</a></h2>
                    {phase_mark(card.clone())}
                </div>
                {facts(card.clone(), Some(store))}
            </div>
            {standings(store, card, ROWS)}
            {cell_link(&to, view! { <span class="cell__title cell__title--link">{all}</span> })}
        </section>
    }
}

fn offer_to_open(card: &TournamentCard, to: &Route) {
    let texts = Texts::expect();
    let router = Router::expect();
    let now = Now::expect();
    let tournament = card.tournament.clone();
    let is_running = reactive::memo(move || tournament.phase(now.get()) == Phase::Running);
    let to = to.clone();
    let main = move || {
        let key = if is_running.get() { i18n::keys::app::ACTION_WATCH } else { i18n::keys::app::ACTION_OPEN };
        let to = to.clone();
        Some(Action::new(texts.get(key), move || router.go(to.clone())))
    };
    Actions::expect().offer(main, || None);
}

/// The other tournaments, by phase.
fn others(except: Option<TournamentId>) -> impl IntoView {
    use i18n::keys::app;

    [
        (Phase::Running, app::SECTION_RUNNING),
        (Phase::Upcoming, app::SECTION_UPCOMING),
        (Phase::Finished, app::SECTION_FINISHED),
    ]
    .map(|(phase, header)| of_phase(phase, header, except.clone()))
    .into_iter()
    .collect::<Vec<_>>()
}

fn of_phase(phase: Phase, header: i18n::Key, except: Option<TournamentId>) -> impl IntoView {
    let texts = Texts::expect();
    let data = Data::expect();
    let now = Now::expect();
    let cards = reactive::memo(move || {
        let now = now.get();
        let Remote::Ready(lobby) = data.lobby() else { return Vec::new() };
        let mut cards = lobby.tournaments;
        cards.retain(|card| {
            card.tournament.phase(now) == phase && Some(&card.tournament.tournament_id) != except.as_ref()
        });
        cards
    });
    move || {
        let cards = cards.get();
        (!cards.is_empty()).then(|| {
            let cells = cards.iter().map(tournament_cell).collect::<Vec<_>>();
            section(Some(texts.get(header)), None, cells)
        })
    }
}

/// A tournament in a list.
fn tournament_cell(card: &TournamentCard) -> impl IntoView + use<> {
    let texts = Texts::expect();
    let to = Route::Tournament(card.tournament.tournament_id.clone());
    let players = i18n::keys::app::board_players(&texts.all(), card.players);
    let content = view! {
        <span class="cell__title">{title(texts, card)}</span>
        <span class="cell__subtitle">{countdown(card.clone())} " · " {players}</span>
    };
    cell_link(&to, content)
}

/// Asks for the tournaments when they are not there, and from time to time while the page is seen.
fn keep_fresh(data: Data) {
    let visible = Visible::expect();
    let now = Now::expect();
    reactive::effect(move || {
        let must_load = match data.lobby_untracked() {
            Remote::Loading => true,
            Remote::Failed(_) => false,
            Remote::Ready(lobby) => now.get_untracked().millis_since(lobby.now) > FRESH_MS,
        };
        if must_load {
            reactive::spawn(data.load_lobby());
        }
        let timer = set_interval_with_handle(
            move || {
                if visible.get_untracked() {
                    reactive::spawn(data.load_lobby());
                }
            },
            Duration::from_secs(REFRESH_S),
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
}
