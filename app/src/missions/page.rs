//! `/app/missions`: what the player can do, the shortest-lived first.

use std::sync::Arc;

use domain::{ErrorCode, MissionId, mission::MissionKind};
use i18n::{
    Key,
    keys::{app, later},
};
use leptos::prelude::*;

use crate::{
    account::start::{signed_in_page, waiting},
    board::bring_into_sight,
    context::Context,
    missions::{
        card::card,
        claim::offer_all,
        list::{List, cards, failure, of_kind},
        live,
        parts::group,
    },
    node::nodes,
    pages::name_document,
    part::{Part, block, nothing, text},
    reactive, router,
    router::Route,
    ui::{Shape, Tone, Way, card as notice, cell_link, placeholder, section},
};

/// The sections, in their order.
const SECTIONS: [(MissionKind, Key); 5] = [
    (MissionKind::Daily, later::MISSIONS_DAILY),
    (MissionKind::Weekly, later::MISSIONS_WEEKLY),
    (MissionKind::Streak, later::MISSIONS_STREAKS),
    (MissionKind::OneOff, later::MISSIONS_ONE_OFF),
    (MissionKind::Achievement, later::MISSIONS_ACHIEVEMENTS),
];

/// The player's missions, one of them marked when it was asked for.
pub(crate) fn missions_page(marked: Option<&MissionId>) -> Part {
    let texts = Context::get().texts;
    name_document(Some(texts.get(later::MISSIONS_TITLE)));
    let marked = marked.map(|id| id.as_str().to_owned()).unwrap_or_default();
    signed_in_page(later::MISSIONS_TITLE, move || signed_in(marked.clone()))
}

/// `marked`: the id of the mission that was asked for, or nothing.
fn signed_in(marked: String) -> Part {
    let list = List::new();
    live::keep_live(list);
    offer_all(list);
    show(list, format!("mission-{marked}"));
    // Drawn anew only when there are other missions to show, not when one has moved on.
    let shown = block(move || {
        let shape = list.shape();
        if shape.is_empty() {
            return waiting();
        }
        untrack(|| match failure() {
            Some(code) => failed(list, code),
            None => sections(list, &marked),
        })
    });
    let is_unlinked = reactive::whether(move || list.is_unlinked());
    let unlinked = block(move || if is_unlinked.get() { unlinked() } else { nothing() });
    nodes! {
        {unlinked}
        {shown}
        <p class="visually-hidden" role="status" data-testid="told">{text(move || list.speech.said())}</p>
    }
}

fn failed(list: List, code: ErrorCode) -> Part {
    let texts = list.texts;
    let retry = Arc::new(move || {
        list.try_again();
        live::renew(list);
    });
    let way = Way::Press(texts.get(app::RETRY), retry);
    placeholder(texts.get(app::FAILED_TITLE), texts.error(code), way)
}

fn sections(list: List, marked: &str) -> Part {
    let texts = list.texts;
    let cards = cards();
    router::keep_focus();
    if cards.is_empty() {
        let text = texts.get(later::MISSIONS_EMPTY_TEXT);
        return placeholder(texts.get(later::MISSIONS_EMPTY_TITLE), text, Way::None);
    }
    let mut drawn: Vec<Part> = Vec::new();
    if !marked.is_empty() && cards.iter().all(|card| card.id() != marked) {
        // It was asked for and is not there any more.
        let gone = texts.error(ErrorCode::MissionUnknown);
        drawn.push(nodes! { <p class="said" role="status">{gone}</p> });
    }
    for (kind, header) in SECTIONS {
        let of_kind = of_kind(&cards, kind);
        if !of_kind.is_empty() {
            let of_kind = of_kind.into_iter().map(|each| card(list, each.id(), each.id() == marked));
            drawn.push(section(Some(texts.get(header)), None, of_kind.collect()));
        }
    }
    let rewards = nodes! { <span class="cell__title">{texts.get(later::REWARDS_TITLE)}</span> };
    let rewards = vec![cell_link(&Route::Rewards, rewards)];
    drawn.push(section(None, Some(texts.get(later::REWARDS_NOTE)), rewards));
    group("", drawn)
}

/// The way to an account, without which nothing can be booked.
fn unlinked() -> Part {
    let texts = Context::get().texts;
    let way = Way::Follow(texts.get(later::MISSIONS_LINK_WAY), Route::Settings.path());
    let (title, text) = (texts.get(later::MISSIONS_LINK_TITLE), texts.get(later::MISSIONS_LINK_TEXT));
    notice(Tone::Neutral, Shape::Person, title, text, "not-linked", way)
}

/// Brings a mission into sight as soon as it is there.
fn show(list: List, id: String) {
    let mut is_shown = false;
    reactive::effect(move || {
        if list.shape().starts_with('/') && !std::mem::replace(&mut is_shown, true) {
            let id = id.clone();
            request_animation_frame(move || {
                bring_into_sight(&format!("#{id}"), "center", false);
                router::take_focus(&format!("#{id} .mission__title"));
            });
        }
    });
}
