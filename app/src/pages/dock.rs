//! The foot of the page: the tab bar on the roots, and in-page buttons where the client draws none.

use leptos::prelude::*;

use crate::{
    actions::{Action, Actions},
    router::{Link, Route, Router},
    telegram::{Host, Telegram, buttons},
    texts::Texts,
    ui::{Button, ButtonKind, Icon, Shape},
};

/// The foot of the page.
#[component]
pub(crate) fn Dock() -> impl IntoView {
    let router = Router::expect();
    let is_root = Memo::new(move |_| !router.can_go_back().get());
    view! {
        <StandIns/>
        <Show when=move || is_root.get()>
            <Tabs/>
        </Show>
    }
}

/// The parts of the app that have something to show.
#[component]
fn Tabs() -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let router = Router::expect();
    let tab = move |to: Route, icon: Shape, label: i18n::Key| {
        let here = to.clone();
        let current = Signal::derive(move || router.route().with(|route| route.as_ref() == Some(&here)));
        view! {
            <Link to class="tab" current>
                <span class="tab__icon"><Icon shape=icon/></span>
                <span class="tab__label">{texts.get(label)}</span>
            </Link>
        }
    };
    view! {
        <nav class="tabs" aria-label=texts.get(app::NAV_LABEL)>
            {tab(Route::Lobby, Shape::Compete, app::NAV_COMPETE)}
            {tab(Route::Profile, Shape::Person, app::NAV_PROFILE)}
        </nav>
    }
}

/// The actions as buttons of the page, where the client has none of its own.
#[component]
fn StandIns() -> impl IntoView {
    let actions = Actions::expect();
    let host = Telegram::expect().host();
    let main = move || actions.main().get().filter(|_| host.get() == Host::Absent);
    let secondary = move || {
        let missing = match host.get() {
            Host::Unknown => false,
            Host::Absent => true,
            present @ Host::Present(_) => !buttons::has_secondary(present),
        };
        actions.secondary().get().filter(|_| missing)
    };
    let button = |kind: ButtonKind, action: Action| {
        let label = action.label().to_owned();
        view! { <Button kind label on_press=Callback::new(move |()| action.run())/> }
    };
    move || {
        let (main, secondary) = (main(), secondary());
        (main.is_some() || secondary.is_some()).then(|| {
            view! {
                <div class="stand-ins">
                    {secondary.map(|action| button(ButtonKind::Tinted, action))}
                    {main.map(|action| button(ButtonKind::Filled, action))}
                </div>
            }
        })
    }
}

/// The way back, where the client has no button for it.
#[component]
pub(crate) fn BackLink() -> impl IntoView {
    let texts = Texts::expect();
    let router = Router::expect();
    let host = Telegram::expect().host();
    let is_shown = Memo::new(move |_| {
        let missing = match host.get() {
            Host::Unknown => false,
            Host::Absent => true,
            present @ Host::Present(_) => !present.supports((6, 1)),
        };
        missing && router.can_go_back().get()
    });
    view! {
        <Show when=move || is_shown.get()>
            <button type="button" class="back" on:click=move |_| router.back()>
                <Icon shape=Shape::Back/> {texts.get(i18n::keys::app::ACTION_BACK)}
            </button>
        </Show>
    }
}
