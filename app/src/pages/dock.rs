//! The foot of the page: the tab bar on the roots, and in-page buttons where the client draws none.

use std::{mem::discriminant, sync::Arc};

use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    actions::Action,
    context::Context,
    node::nodes,
    part::{Part, attr, block, nothing, part},
    reactive,
    router::Route,
    telegram::{Host, buttons},
    ui::{ButtonKind, Shape, button, icon},
};

/// The foot of the page.
pub(crate) fn dock() -> Part {
    let router = Context::get().router;
    let is_root = reactive::whether(move || !router.can_go_back());
    let tabs = block(move || if is_root.get() { tabs() } else { nothing() });
    nodes! { {stand_ins()} {tabs} }
}

/// The parts of the app that have something to show.
fn tabs() -> Part {
    let texts = Context::get().texts;
    nodes! {
        <nav class="tabs" aria-label={texts.get(app::NAV_LABEL)}>
            {tab(&Route::Lobby, Shape::Compete, texts.get(app::NAV_COMPETE))}
            {tab(&Route::Missions(None), Shape::Missions, texts.get(app::NAV_MISSIONS))}
            {tab(&Route::Profile, Shape::Person, texts.get(app::NAV_PROFILE))}
        </nav>
    }
}

fn tab(to: &Route, shape: Shape, label: String) -> Part {
    let router = Context::get().router;
    let path = to.path();
    // Whichever of its missions a page shows, it is the same tab.
    let kind = Some(discriminant(to));
    let current =
        attr(move || (router.current().as_ref().map(discriminant) == kind).then(|| "page".to_owned()));
    nodes! {
        <a href={path} class="tab" aria-current={current}>
            <span class="tab__icon">{icon(shape)}</span>
            <span class="tab__label">{label}</span>
        </a>
    }
}

/// The actions as buttons of the page, where the client has none of its own.
fn stand_ins() -> Part {
    let Context { actions, telegram, .. } = Context::get();
    let content = block(move || {
        let host = telegram.host();
        let lacks_secondary = match host {
            Host::Unknown => false,
            Host::Absent => true,
            Host::Present(_) => !buttons::has_secondary(host),
        };
        let secondary = actions.secondary().filter(|_| lacks_secondary);
        let main = actions.main().filter(|_| host == Host::Absent);
        let offered = [(ButtonKind::Tinted, secondary), (ButtonKind::Filled, main)];
        let buttons = offered.into_iter().filter_map(|(kind, action)| Some(stand_in(kind, action?)));
        let buttons = buttons.collect::<Vec<_>>();
        if buttons.is_empty() {
            return nothing();
        }
        nodes! { <div class="stand-ins">{buttons}</div> }
    });
    part(content)
}

fn stand_in(kind: ButtonKind, action: Action) -> Part {
    button(kind, action.label().to_owned(), Arc::new(move || action.run()))
}

/// The way back, where the client has no button for it.
pub(crate) fn back_button() -> Part {
    let Context { texts, router, telegram, .. } = Context::get();
    let is_shown = reactive::whether(move || {
        let is_missing = match telegram.host() {
            Host::Unknown => false,
            Host::Absent => true,
            present @ Host::Present(_) => !present.supports((6, 1)),
        };
        is_missing && router.can_go_back()
    });
    let content = block(move || {
        if !is_shown.get() {
            return nothing();
        }
        nodes! {
            <button type="button" class="back" on:click={move |_| router.back()}>
                {icon(Shape::Back)}
                <span>{texts.get(app::ACTION_BACK)}</span>
            </button>
        }
    });
    part(content)
}
