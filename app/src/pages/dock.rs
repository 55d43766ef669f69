//! The foot of the page: the tab bar on the roots, and in-page buttons where the client draws none.

use std::mem::discriminant;

use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    actions::Action,
    context::Context,
    node::nodes,
    part::{Block, Part, attr, block, nothing, part, text},
    reactive::{self, Shared},
    router::Route,
    telegram::{Host, buttons},
    ui::{ButtonKind, Shape, icon},
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

/// The actions as buttons of the page, where the client has none of its own. A button stays as long as there is something
/// to do in its place, whatever that is: who has it under the finger or the keyboard keeps it.
fn stand_ins() -> Part {
    let Context { actions, telegram, .. } = Context::get();
    let has_main = reactive::whether(move || telegram.host() == Host::Absent && actions.main.get().is_some());
    let has_secondary = reactive::whether(move || {
        let host = telegram.host();
        host != Host::Unknown && !buttons::has_secondary(host) && actions.secondary.get().is_some()
    });
    let has_any = reactive::whether(move || has_main.get() || has_secondary.get());
    let content = block(move || {
        if !has_any.get() {
            return nothing();
        }
        nodes! {
            <div class="stand-ins">
                {stand_in(ButtonKind::Tinted, has_secondary, actions.secondary)}
                {stand_in(ButtonKind::Filled, has_main, actions.main)}
            </div>
        }
    });
    part(content)
}

fn stand_in(kind: ButtonKind, is_there: Memo<bool>, offered: Shared<Option<Action>>) -> Block {
    block(move || {
        if !is_there.get() {
            return nothing();
        }
        let label = text(move || offered.get().map(|action| action.label().to_owned()).unwrap_or_default());
        let press = move |_| {
            if let Some(action) = offered.now() {
                action.run();
            }
        };
        nodes! { <button type="button" class={kind.class()} on:click={press}>{label}</button> }
    })
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
