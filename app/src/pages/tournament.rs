//! `/app/t/{id}`: one tournament and its board.

use domain::{ErrorCode, TournamentId, board::TournamentCard};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::{
    actions::{Action, Actions},
    app::Bot,
    board::BoardStore,
    data::{Data, Remote},
    net,
    pages::{
        featured::{Standings, store_of},
        frame::frame,
        heading::{Facts, PhaseMark, rule, title},
    },
    router::{Link, Route},
    session::Session,
    telegram::{self, Telegram},
    texts::Texts,
    ui::{BoardSkeleton, Button, ButtonKind, Placeholder},
};

/// As many rows as the live stream covers.
const ROWS: usize = domain::board::LIVE_ROWS as usize;

/// A tournament.
#[component]
pub(crate) fn TournamentPage(
    /// Which one.
    id: TournamentId,
) -> impl IntoView {
    let data = Data::expect();
    data.turn_to(&id);
    Effect::new(move |_| {
        let is_there = data.tournament().with_untracked(|known| {
            known.as_ref().is_some_and(|known| known.card.is_some() && known.board.ready().is_some())
        });
        let has_failed = data.tournament().with_untracked(|known| {
            known.as_ref().is_some_and(|known| matches!(known.board, Remote::Failed(_)))
        });
        if !is_there && !has_failed {
            leptos::task::spawn_local(data.load_tournament());
        }
    });
    let card = Memo::new(move |_| data.tournament().with(|known| known.as_ref()?.card.clone()));
    let board = Memo::new(move |_| {
        data.tournament().with(|known| known.as_ref().map_or(Remote::Loading, |known| known.board.clone()))
    });
    move || match (card.get(), board.get()) {
        (_, Remote::Failed(code)) => frame(view! { <Failed code/> }.into_any(), None),
        (Some(card), Remote::Ready(page)) => {
            let store = store_of(&card, page);
            frame(view! { <Content card store/> }.into_any(), Some(store))
        }
        (card, _) => frame(view! { <Loading card/> }.into_any(), None),
    }
}

#[component]
fn Head(card: TournamentCard, #[prop(into)] players: Signal<u64>) -> impl IntoView {
    let texts = Texts::expect();
    let rule = rule(texts, &card);
    view! {
        <header class="head">
            <div class="panel__line">
                <h1 class="head__title" tabindex="-1">{title(texts, &card)}</h1>
                <PhaseMark card=card.clone()/>
            </div>
            <Facts card players/>
            <p class="head__rule">{rule}</p>
        </header>
    }
}

#[component]
fn Content(card: TournamentCard, store: BoardStore) -> impl IntoView {
    offer(&card, store);
    view! {
        <Head card=card.clone() players=store.total()/>
        <section class="panel"><Standings store card limit=ROWS/></section>
    }
}

#[component]
fn Loading(card: Option<TournamentCard>) -> impl IntoView {
    let texts = Texts::expect();
    view! {
        {card.map(|card| {
            let players = card.players;
            view! { <Head card players=Signal::stored(players)/> }
        })}
        <section class="panel"><BoardSkeleton label=texts.get(i18n::keys::app::LOADING)/></section>
    }
}

#[component]
fn Failed(code: ErrorCode) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let data = Data::expect();
    if code == ErrorCode::TournamentUnknown {
        return view! {
            <h1 class="visually-hidden" tabindex="-1">{texts.get(app::UNKNOWN_TITLE)}</h1>
            <Placeholder title=texts.get(app::UNKNOWN_TITLE) text=texts.get(app::UNKNOWN_TEXT)>
                <Link to=Route::Lobby class="button button--filled">{texts.get(app::UNKNOWN_ALL)}</Link>
            </Placeholder>
        }
        .into_any();
    }
    let retry = Callback::new(move |()| leptos::task::spawn_local(data.load_tournament()));
    view! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(app::FAILED_TITLE)}</h1>
        <Placeholder title=texts.get(app::FAILED_TITLE) text=texts.error(code)>
            <Button kind=ButtonKind::Filled label=texts.get(app::RETRY) on_press=retry/>
        </Placeholder>
    }
    .into_any()
}

/// Main: to the own row, and back to the leaders. Secondary: share.
fn offer(card: &TournamentCard, store: BoardStore) {
    use i18n::keys::app;

    let texts = Texts::expect();
    let session = Session::expect();
    let is_at_me = RwSignal::new(false);
    let has_row = Memo::new(move |_| store.me().with(|me| me.as_ref().is_some_and(|me| me.rank > 3)));
    let main = move || {
        has_row.get().then(|| {
            if is_at_me.get() {
                Action::new(texts.get(app::ACTION_TOP), move || {
                    scroll_into_view("[data-testid=board]", "start");
                    is_at_me.set(false);
                })
            } else {
                Action::new(texts.get(app::ACTION_SHOW_ME), move || {
                    let player = session.player().get_untracked();
                    if let Some(player) = player {
                        scroll_into_view(&format!("[data-player=\"{player}\"]"), "center");
                        is_at_me.set(true);
                    }
                })
            }
        })
    };
    let bot = Bot::expect();
    let telegram = Telegram::expect();
    let id = card.tournament.tournament_id.clone();
    let text = texts.with(|catalog| app::share_text(catalog, &title(texts, card)));
    let secondary = move || {
        let link = bot.link_to(&Route::Tournament(id.clone()))?;
        let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
        let url = format!("https://t.me/share/url?url={}&text={}", encode(&link), encode(&text));
        let host = telegram.host();
        Some(Action::new(texts.get(app::ACTION_SHARE), move || {
            telegram::open_link(host.get_untracked(), &url)
        }))
    };
    Actions::expect().offer(main, secondary);
}

fn scroll_into_view(selector: &str, block: &str) {
    let Ok(Some(element)) = document().query_selector(selector) else { return };
    let options = js_sys::Object::new();
    for (name, value) in [("block", block), ("behavior", "smooth")] {
        let _ = js_sys::Reflect::set(&options, &name.into(), &JsValue::from_str(value));
    }
    net::call(&element, "scrollIntoView", &[options.into()]);
}
