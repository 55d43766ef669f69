//! `/app/t/{id}`: one tournament and its board.

use domain::{ErrorCode, TournamentId, board::TournamentCard};
use leptos::{either::EitherOf3, prelude::*};
use wasm_bindgen::JsValue;

use crate::{
    actions::{Action, Actions},
    app::Bot,
    board::BoardStore,
    data::{Data, Remote},
    net,
    pages::{
        featured::{standings, store_of},
        frame::frame,
        heading::{facts, phase_mark, rule, title},
    },
    reactive,
    router::Route,
    session::Session,
    telegram::{self, Telegram},
    texts::Texts,
    ui::{Way, board_skeleton, placeholder},
};

/// As many rows as the live stream covers.
const ROWS: usize = domain::board::LIVE_ROWS as usize;

/// A tournament.
pub(crate) fn tournament_page(id: &TournamentId) -> impl IntoView + use<> {
    let data = Data::expect();
    data.turn_to(id);
    reactive::effect(move || {
        let Some(known) = data.tournament_untracked() else { return };
        let is_whole = known.card.is_some() && known.board.ready().is_some();
        if !is_whole && !matches!(known.board, Remote::Failed(_)) {
            reactive::spawn(data.load_tournament());
        }
    });
    let known = reactive::memo(move || data.tournament());
    move || match known.get() {
        Some(known) => match (known.card, known.board) {
            (_, Remote::Failed(code)) => EitherOf3::A(frame(failed(code), None)),
            (Some(card), Remote::Ready(page)) => {
                let store = store_of(&card, page);
                EitherOf3::B(frame(content(card, store), Some(store)))
            }
            (card, _) => EitherOf3::C(frame(loading(card), None)),
        },
        None => EitherOf3::C(frame(loading(None), None)),
    }
}

fn head(card: TournamentCard, board: Option<BoardStore>) -> impl IntoView {
    let texts = Texts::expect();
    let rule = rule(texts, &card);
    view! {
        <header class="head">
            <div class="panel__line">
                <h1 class="head__title" tabindex="-1">{title(texts, &card)}</h1>
                {phase_mark(card.clone())}
            </div>
            {facts(card, board)}
            <p class="head__rule">{rule}</p>
        </header>
    }
}

fn content(card: TournamentCard, store: BoardStore) -> impl IntoView {
    offer(&card, store);
    view! {
        {head(card.clone(), Some(store))}
        <section class="panel">{standings(store, card, ROWS)}</section>
    }
}

fn loading(card: Option<TournamentCard>) -> impl IntoView {
    let label = Texts::expect().get(i18n::keys::app::LOADING);
    view! {
        {card.map(|card| head(card, None))}
        <section class="panel">{board_skeleton(label)}</section>
    }
}

fn failed(code: ErrorCode) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let data = Data::expect();
    let (title, text, way) = if code == ErrorCode::TournamentUnknown {
        let way = Way::Follow(texts.get(app::UNKNOWN_ALL), Route::Lobby.path(), None);
        (app::UNKNOWN_TITLE, texts.get(app::UNKNOWN_TEXT), way)
    } else {
        let retry = Callback::new(move |()| reactive::spawn(data.load_tournament()));
        (app::FAILED_TITLE, texts.error(code), Way::Press(texts.get(app::RETRY), retry))
    };
    view! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(title)}</h1>
        {placeholder(texts.get(title), text, way)}
    }
}

/// Main: to the own row, and back to the leaders. Secondary: share.
fn offer(card: &TournamentCard, store: BoardStore) {
    use i18n::keys::app;

    let texts = Texts::expect();
    let session = Session::expect();
    let is_at_me = RwSignal::new(false);
    let is_far_down = reactive::memo(move || store.me().is_some_and(|me| me.rank > 3));
    let main = move || {
        if !is_far_down.get() {
            return None;
        }
        let at_me = is_at_me.get();
        let label = texts.get(if at_me { app::ACTION_TOP } else { app::ACTION_SHOW_ME });
        Some(Action::new(label, move || {
            let player = session.player().get_untracked();
            match player {
                Some(player) if !at_me => scroll_into_view(&format!("[data-player=\"{player}\"]"), "center"),
                _ => scroll_into_view("main", "start"),
            }
            is_at_me.set(!at_me);
        }))
    };
    let bot = Bot::expect();
    let telegram = Telegram::expect();
    let id = card.tournament.tournament_id.clone();
    let text = app::share_text(&texts.all(), &title(texts, card));
    let secondary = move || {
        let link = bot.link_to(&Route::Tournament(id.clone()))?;
        let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
        let url = format!("https://t.me/share/url?url={}&text={}", encode(&link), encode(&text));
        Some(Action::new(texts.get(app::ACTION_SHARE), move || {
            telegram::open_link(telegram.host_untracked(), &url);
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
