//! `/app`: the busiest tournament's board, the others below.

use std::time::Duration;

use domain::{
    ErrorCode, TournamentId,
    board::{Lobby, TournamentCard},
    tournament::Phase,
};
use leptos::prelude::*;

use crate::{
    actions::{Action, Actions},
    board::BoardStore,
    clock::Now,
    data::{Data, Remote},
    pages::{
        featured::{Standings, store_of},
        frame::frame,
        heading::{Countdown, Facts, PhaseMark, title},
    },
    router::{Link, Route, Router},
    session::{Session, SignIn},
    texts::Texts,
    ui::{BoardSkeleton, Button, ButtonKind, CellLink, CellSkeleton, Placeholder, Section, Steps},
    visible::Visible,
};

/// How many rows of the busiest board are shown here.
const ROWS: usize = 10;
/// How often the list is asked for while it is seen.
const REFRESH_S: u64 = 60;

/// What the page has to show.
#[derive(Debug, Clone, PartialEq)]
enum Content {
    Loading,
    Empty,
    Failed(ErrorCode),
    /// The tournament on top, when it has a board.
    Ready(Option<TournamentId>),
}

/// The tournaments.
#[component]
pub(crate) fn LobbyPage() -> impl IntoView {
    let texts = Texts::expect();
    let data = Data::expect();
    keep_fresh(data);
    let content = Memo::new(move |_| {
        data.lobby().with(|lobby| match lobby {
            Remote::Loading => Content::Loading,
            Remote::Failed(code) => Content::Failed(*code),
            Remote::Ready(lobby) if lobby.tournaments.is_empty() => Content::Empty,
            Remote::Ready(lobby) => {
                Content::Ready(lobby.board.as_ref().map(|board| board.tournament_id.clone()))
            }
        })
    });
    move || match content.get() {
        Content::Loading => {
            let content = view! {
                <Greeting/>
                <section class="panel"><BoardSkeleton label=texts.get(i18n::keys::app::LOADING)/></section>
                <Section><CellSkeleton/><CellSkeleton/></Section>
            };
            frame(content.into_any(), None)
        }
        Content::Empty => {
            let content = view! {
                <Greeting/>
                <Placeholder
                    title=texts.get(i18n::keys::app::LOBBY_EMPTY_TITLE)
                    text=texts.get(i18n::keys::app::LOBBY_EMPTY_TEXT)
                />
            };
            frame(content.into_any(), None)
        }
        Content::Failed(code) => frame(view! { <Greeting/><Failed code/> }.into_any(), None),
        Content::Ready(_) => ready(data),
    }
}

/// The logo, and the player's name once it is known. The line keeps its height.
#[component]
fn Greeting() -> impl IntoView {
    let texts = Texts::expect();
    let session = Session::expect();
    let name = Memo::new(move |_| {
        session.state().with(|state| match state {
            SignIn::In(me) => Some(me.first_name.clone()),
            _ => None,
        })
    });
    view! {
        <header class="greeting">
            <Steps class="greeting__logo"/>
            <h1 class="greeting__title" tabindex="-1">{texts.get(i18n::keys::app::LOBBY_TITLE)}</h1>
            {move || name.get().map(|name| view! {
                <p class="greeting__name">
                    {texts.get(i18n::keys::app::HELLO)} " " <span data-testid="player-name">{name}</span>
                </p>
            })}
        </header>
    }
}

#[component]
fn Failed(code: ErrorCode) -> impl IntoView {
    let texts = Texts::expect();
    let data = Data::expect();
    let retry = Callback::new(move |()| leptos::task::spawn_local(data.load_lobby()));
    view! {
        <Placeholder title=texts.get(i18n::keys::app::FAILED_TITLE) text=texts.error(code)>
            <Button kind=ButtonKind::Filled label=texts.get(i18n::keys::app::RETRY) on_press=retry/>
        </Placeholder>
    }
}

/// The page with tournaments on it. Made anew only when another tournament comes to the top.
fn ready(data: Data) -> AnyView {
    let top = data.lobby().with_untracked(|lobby| {
        let lobby = lobby.ready()?;
        let board = lobby.board.clone()?;
        let card =
            lobby.tournaments.iter().find(|card| card.tournament.tournament_id == board.tournament_id)?;
        Some((card.clone(), store_of(card, board)))
    });
    let top_id = top.as_ref().map(|(card, _)| card.tournament.tournament_id.clone());
    let board = top.as_ref().map(|(_, store)| *store);
    let content = view! {
        <Greeting/>
        {top.map(|(card, store)| view! { <Top card store/> }.into_any())}
        {view! { <Others except=top_id/> }.into_any()}
    };
    frame(content.into_any(), board)
}

/// The busiest tournament.
#[component]
fn Top(card: TournamentCard, store: BoardStore) -> impl IntoView {
    let texts = Texts::expect();
    let to = Route::Tournament(card.tournament.tournament_id.clone());
    offer_to_open(&card, &to);
    let total = store.total();
    let all = move || texts.with(|catalog| i18n::keys::app::lobby_all(catalog, total.get()));
    let heading = title(texts, &card);
    view! {
        <section class="panel">
            <div class="panel__head">
                <div class="panel__line">
                    <h2 class="panel__title"><Link to=to.clone() class="panel__link">{heading}</Link></h2>
                    <PhaseMark card=card.clone()/>
                </div>
                <Facts card=card.clone() players=total/>
            </div>
            <Standings store card limit=ROWS/>
            <CellLink to><span class="cell__title cell__title--link">{all}</span></CellLink>
        </section>
    }
}

fn offer_to_open(card: &TournamentCard, to: &Route) {
    let texts = Texts::expect();
    let router = Router::expect();
    let now = Now::expect();
    let tournament = card.tournament.clone();
    let is_running = Memo::new(move |_| tournament.phase(now.get()) == Phase::Running);
    let to = to.clone();
    let main = move || {
        let key = if is_running.get() { i18n::keys::app::ACTION_WATCH } else { i18n::keys::app::ACTION_OPEN };
        let to = to.clone();
        Some(Action::new(texts.get(key), move || router.go(to.clone())))
    };
    Actions::expect().offer(main, || None);
}

/// The other tournaments, by phase.
#[component]
fn Others(except: Option<TournamentId>) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let data = Data::expect();
    let now = Now::expect();
    let of_phase = move |phase: Phase| {
        let except = except.clone();
        Memo::new(move |_| {
            let now = now.get();
            data.lobby().with(|lobby| {
                let cards = lobby.ready().map_or(&[][..], |lobby| &lobby.tournaments);
                let wanted = |card: &&TournamentCard| {
                    card.tournament.phase(now) == phase
                        && Some(&card.tournament.tournament_id) != except.as_ref()
                };
                cards.iter().filter(wanted).cloned().collect::<Vec<_>>()
            })
        })
    };
    let sections = [
        (Phase::Running, app::SECTION_RUNNING),
        (Phase::Upcoming, app::SECTION_UPCOMING),
        (Phase::Finished, app::SECTION_FINISHED),
    ];
    sections
        .map(|(phase, header)| {
            let cards = of_phase(phase);
            let is_empty = Memo::new(move |_| cards.with(Vec::is_empty));
            view! {
                <Show when=move || !is_empty.get()>
                    <Section header=texts.get(header)>
                        <For each=move || cards.get() key=card_key let:card>
                            <TournamentCell card/>
                        </For>
                    </Section>
                </Show>
            }
        })
        .collect_view()
}

fn card_key(card: &TournamentCard) -> (String, u64, i64) {
    (card.tournament.tournament_id.to_string(), card.players, card.tournament.ends_at.as_millis())
}

/// A tournament in a list.
#[component]
fn TournamentCell(card: TournamentCard) -> impl IntoView {
    let texts = Texts::expect();
    let to = Route::Tournament(card.tournament.tournament_id.clone());
    let players = texts.with(|catalog| i18n::keys::app::board_players(catalog, card.players));
    view! {
        <CellLink to>
            <span class="cell__title">{title(texts, &card)}</span>
            <span class="cell__subtitle"><Countdown card/> " · " {players}</span>
        </CellLink>
    }
}

/// Asks for the tournaments when they are not there, and from time to time while the page is seen.
fn keep_fresh(data: Data) {
    let visible = Visible::expect();
    let now = Now::expect();
    Effect::new(move |_| {
        let loaded_at = data.lobby().with_untracked(|lobby| lobby.ready().map(|Lobby { now, .. }| *now));
        let is_old = loaded_at.is_none_or(|at| now.get_untracked().millis_since(at) > 10_000);
        let has_failed = data.lobby().with_untracked(|lobby| matches!(lobby, Remote::Failed(_)));
        if is_old && !has_failed {
            leptos::task::spawn_local(data.load_lobby());
        }
        let timer = set_interval_with_handle(
            move || {
                if visible.get_untracked() {
                    leptos::task::spawn_local(data.load_lobby());
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
