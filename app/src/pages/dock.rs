//! The foot of the page: the tab bar on the roots, and in-page buttons where the client draws none.

use leptos::prelude::*;

use crate::{
    actions::{Action, Actions},
    reactive,
    router::{Route, Router},
    telegram::{Host, Telegram, buttons},
    texts::Texts,
    ui::{ButtonKind, Shape, button, icon},
};

/// The foot of the page.
pub(crate) fn dock() -> impl IntoView {
    let router = Router::expect();
    let is_root = reactive::memo(move || !router.can_go_back());
    view! {
        {stand_ins()}
        {move || is_root.get().then(|| tabs())}
    }
}

/// The parts of the app that have something to show.
fn tabs() -> impl IntoView {
    use i18n::keys::app;

    view! {
        <nav class="tabs" aria-label=Texts::expect().get(app::NAV_LABEL)>
            {tab(Route::Lobby, Shape::Compete, app::NAV_COMPETE)}
            {tab(Route::Profile, Shape::Person, app::NAV_PROFILE)}
        </nav>
    }
}

fn tab(to: Route, shape: Shape, label: i18n::Key) -> impl IntoView {
    let router = Router::expect();
    let path = to.path();
    let current = move || (router.current().as_ref() == Some(&to)).then_some("page");
    view! {
        <a href=path class="tab" aria-current=current>
            <span class="tab__icon">{icon(shape)}</span>
            <span class="tab__label">{Texts::expect().get(label)}</span>
        </a>
    }
}

/// The actions as buttons of the page, where the client has none of its own.
fn stand_ins() -> impl IntoView {
    let actions = Actions::expect();
    let telegram = Telegram::expect();
    let press = |kind: ButtonKind, action: Action| {
        let label = action.label().to_owned();
        button(kind, label, Callback::new(move |()| action.run()))
    };
    move || {
        let host = telegram.host();
        let main = actions.main().filter(|_| host == Host::Absent);
        let is_missing = match host {
            Host::Unknown => false,
            Host::Absent => true,
            Host::Present(_) => !buttons::has_secondary(host),
        };
        let secondary = actions.secondary().filter(|_| is_missing);
        (main.is_some() || secondary.is_some()).then(|| {
            view! {
                <div class="stand-ins">
                    {secondary.map(|action| press(ButtonKind::Tinted, action))}
                    {main.map(|action| press(ButtonKind::Filled, action))}
                </div>
            }
        })
    }
}

/// The way back, where the client has no button for it.
pub(crate) fn back_link() -> impl IntoView {
    let router = Router::expect();
    let telegram = Telegram::expect();
    let is_shown = reactive::memo(move || {
        let is_missing = match telegram.host() {
            Host::Unknown => false,
            Host::Absent => true,
            present @ Host::Present(_) => !present.supports((6, 1)),
        };
        is_missing && router.can_go_back()
    });
    move || {
        is_shown.get().then(|| {
            view! {
                <button type="button" class="back" on:click=move |_| router.back()>
                    {icon(Shape::Back)}
                    <span>{Texts::expect().get(i18n::keys::app::ACTION_BACK)}</span>
                </button>
            }
        })
    }
}
