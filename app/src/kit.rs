//! `/kit`: the design system on one page, every part in every state, rendered by the server alone.

mod samples;

use domain::{ErrorCode, Locale};
use leptos::prelude::*;

use crate::{
    app::Shared,
    board::{Board, BoardStore, MeBar},
    page_data::{First, PageData},
    pages::{Dock, PhaseMark, sign_in_notice},
    router::Route,
    session::{Session, SignIn},
    telegram::Telegram,
    ui::{
        Avatar, BoardSkeleton, Button, ButtonKind, Cell, CellLink, CellSkeleton, Icon, Placeholder, Section,
        Shape, Steps,
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
    let avatars = ["Ann", "Boris", "Chloé", "Дима", "Enzo", "Fay", "Gus"].map(|name| {
        view! { <Avatar name=name.to_owned() seed=name.to_owned() class=""/> }
    });
    let cards = samples::lobby().tournaments;
    view! {
        <Part name="Steps" padded=true><div class="kit__line"><Steps class="site__logo"/><Steps class="greeting__logo"/></div></Part>
        <Part name="Icons" padded=true>
            <div class="kit__line">{Shape::ALL.map(|shape| view! { <Icon shape/> }).collect_view()}</div>
        </Part>
        <Part name="Avatars" padded=true><div class="kit__line">{avatars.collect_view()}</div></Part>
        <Part name="Phases" padded=true>
            <div class="kit__line">{cards.into_iter().map(|card| view! { <PhaseMark card/> }).collect_view()}</div>
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
    let buttons = kinds.map(|(label, kind)| {
        view! {
            <Button kind label=label.to_owned() on_press=nothing/>
            <Button kind label=format!("{label}, busy") on_press=nothing busy=Signal::stored(true)/>
        }
    });
    view! { <Part name="Buttons" padded=true>{buttons.collect_view()}</Part> }
}

#[component]
fn Boards() -> impl IntoView {
    let player = Session::expect().player();
    let board = move |players: u64| {
        let store = BoardStore::new(samples::board(players), domain::ranking::Order::Desc, player);
        view! { <section class="panel"><Board store/></section> }
    };
    view! {
        <Part name="Board">{board(8)}</Part>
        <Part name="Board with two free steps">{board(1)}</Part>
        <Part name="Board that loads">
            <section class="panel"><BoardSkeleton label="Loading".to_owned()/></section>
        </Part>
        <Part name="Board that is empty">
            <section class="panel">
                <Placeholder title="Leaderboard".to_owned() text="Nobody has a score yet.".to_owned()/>
            </section>
        </Part>
        <Part name="Board that could not be had">
            <Placeholder title="This did not load".to_owned() text="Please try again.".to_owned()>
                <Button kind=ButtonKind::Filled label="Try again".to_owned() on_press=Callback::new(|()| ())/>
            </Placeholder>
        </Part>
    }
}

#[component]
fn Lists() -> impl IntoView {
    view! {
        <Part name="Section">
            <Section header="Coming up" footer="A sentence that explains the section.">
                <CellLink to=Route::Lobby>
                    <span class="cell__title">"Autumn cup"</span>
                    <span class="cell__subtitle">"Starts in 04:10:32 · 12 players"</span>
                </CellLink>
                <CellLink to=Route::Lobby>
                    <span class="cell__title">"A title that is far too long for the width of any phone there is"</span>
                    <span class="cell__subtitle">"Starts in 2 d 4 h · 1,204 players"</span>
                </CellLink>
                <Cell label="Language".to_owned()>"English"</Cell>
                <CellSkeleton/>
            </Section>
        </Part>
    }
}

#[component]
fn Notices() -> impl IntoView {
    let texts = crate::texts::Texts::expect();
    let states = [
        SignIn::Needed,
        SignIn::Stale,
        SignIn::Out,
        SignIn::Failed(ErrorCode::InitDataInvalid),
        SignIn::Failed(ErrorCode::Unavailable),
    ];
    view! {
        <Part name="Notices">{states.map(|state| sign_in_notice(&state, texts)).collect_view()}</Part>
        <Part name="Cut off">
            <p class="banner" role="status">
                <Icon shape=Shape::Cloud/> {texts.get(i18n::keys::app::OFFLINE)}
            </p>
        </Part>
    }
}

#[component]
fn Feet() -> impl IntoView {
    let player = Session::expect().player();
    let store = BoardStore::new(samples::board(8), domain::ranking::Order::Desc, player);
    view! {
        <Part name="Foot"><div class="dock"><MeBar store/><Dock/></div></Part>
    }
}
