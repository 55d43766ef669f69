//! `/kit`: the design system on one page, every part in every state, rendered by the server alone.

mod samples;

use domain::{ErrorCode, Locale};
use leptos::prelude::*;

use crate::{
    app::Shared,
    board::{BoardStore, board, me_bar},
    page_data::{First, PageData},
    pages::{dock, offline, phase_mark, sign_in_notice},
    router::Route,
    session::{Session, SignIn},
    telegram::Telegram,
    ui::{
        ButtonKind, Shape, Way, avatar, board_skeleton, button, cell, cell_link, cell_skeleton, icon,
        placeholder, section, steps,
    },
};
/// The page of all parts.
#[component]
pub(crate) fn Kit(
    /// The reader's language.
    locale: Locale,
) -> impl IntoView {
    let data = PageData {
        path: Route::Lobby.path(),
        bot: Some("podium_bot".to_owned()),
        now: samples::now(),
        first: First::Nothing,
    };
    let mut shared = Shared::provide(data, i18n::catalog(locale).clone());
    shared.session = Session::in_state(SignIn::In(samples::me()));
    shared.telegram = Telegram::absent();
    shared.provide_all();
    view! {
        <main class="kit">
            <h1 class="kit__title">"Podium's parts"</h1>
            <Marks/>
            <Buttons/>
            <Boards/>
            <Lists/>
            <Notices/>
            <Feet/>
        </main>
    }
}

#[component]
fn Part(name: &'static str, #[prop(optional)] padded: bool, children: Children) -> impl IntoView {
    let class = if padded { "kit__part--padded" } else { "kit__part" };
    view! {
        <section>
            <h2 class="kit__name">{name}</h2>
            <div class=class>{children()}</div>
        </section>
    }
}

#[component]
fn Marks() -> impl IntoView {
    let avatars = ["Ann", "Boris", "Chloé", "Дима", "Enzo", "Fay", "Gus"]
        .map(|name| avatar(name.to_owned(), name.to_owned(), ""));
    let cards = samples::lobby().tournaments;
    view! {
        <Part name="Steps" padded=true><div class="kit__line">{steps("site__logo")}{steps("greeting__logo")}</div></Part>
        <Part name="Icons" padded=true>
            <div class="kit__line">{Shape::ALL.map(|shape| icon(shape)).collect_view()}</div>
        </Part>
        <Part name="Avatars" padded=true><div class="kit__line">{avatars.collect_view()}</div></Part>
        <Part name="Phases" padded=true>
            <div class="kit__line">{cards.into_iter().map(|card| phase_mark(card)).collect_view()}</div>
        </Part>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let nothing = Callback::new(|()| ());
    let kinds = [
        ("Filled", ButtonKind::Filled),
        ("Tinted", ButtonKind::Tinted),
        ("Destructive", ButtonKind::Destructive),
    ];
    let buttons = kinds.map(|(label, kind)| button(kind, label.to_owned(), nothing));
    view! { <Part name="Buttons" padded=true>{buttons.collect_view()}</Part> }
}

#[component]
fn Boards() -> impl IntoView {
    let player = Session::expect().player();
    let panel = move |players: u64| {
        let store = BoardStore::new(samples::board(players), domain::ranking::Order::Desc, player);
        view! { <section class="panel">{board(store, 50)}</section> }
    };
    view! {
        <Part name="Board">{panel(8)}</Part>
        <Part name="Board with two free steps">{panel(1)}</Part>
        <Part name="Board that loads">
            <section class="panel">{board_skeleton("Loading".to_owned())}</section>
        </Part>
        <Part name="Board that is empty">
            <section class="panel">
                {placeholder("Leaderboard".to_owned(), "Nobody has a score yet.".to_owned(), Way::None)}
            </section>
        </Part>
        <Part name="Board that could not be had">
            {placeholder("This did not load".to_owned(), "Please try again.".to_owned(), Way::Press("Try again".to_owned(), Callback::new(|()| ())))}
        </Part>
    }
}

#[component]
fn Lists() -> impl IntoView {
    let link = |title: &'static str, subtitle: &'static str| {
        let content = view! {
            <span class="cell__title">{title}</span>
            <span class="cell__subtitle">{subtitle}</span>
        };
        cell_link(&Route::Lobby, content)
    };
    let cells = view! {
        {link("Autumn cup", "Starts in 04:10:32 · 12 players")}
        {link("A title that is far too long for the width of any phone there is", "Starts in 2 d 4 h · 1,204 players")}
        {cell("Language".to_owned(), "English".to_owned())}
        {cell_skeleton()}
    };
    let footer = "A sentence that explains the section.".to_owned();
    view! { <Part name="Section">{section(Some("Coming up".to_owned()), Some(footer), cells)}</Part> }
}

#[component]
fn Notices() -> impl IntoView {
    let states = [
        SignIn::Needed,
        SignIn::Stale,
        SignIn::Out,
        SignIn::Failed(ErrorCode::InitDataInvalid),
        SignIn::Failed(ErrorCode::Unavailable),
    ];
    view! {
        <Part name="Notices">{states.map(sign_in_notice).into_iter().collect::<Vec<_>>()}</Part>
        <Part name="Cut off">{offline()}</Part>
    }
}

#[component]
fn Feet() -> impl IntoView {
    let player = Session::expect().player();
    let store = BoardStore::new(samples::board(8), domain::ranking::Order::Desc, player);
    view! {
        <Part name="Foot"><div class="dock">{me_bar(store)}{dock()}</div></Part>
    }
}
