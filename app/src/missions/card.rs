//! A mission's card.

use std::sync::Arc;

use domain::{
    ErrorCode,
    mission::{MissionState, Unmet},
};
use i18n::keys::later;
use leptos::prelude::*;

use crate::{
    json::Value,
    missions::{
        claim::claim,
        list::{List, card_now},
        parts::{FREEZE, GIFT, claim_button, fact, group, line},
        ring::{has_number, ring},
        wire::{self, Card},
        words,
    },
    node::nodes,
    part::{Part, attr, block, text},
    reactive,
    router::Route,
    ui::{ButtonKind, Shape, Way, way},
};

/// A mission's place in the page. Cheap to copy.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    /// Where its card is.
    pub list: List,
    /// Which one.
    pub id: Arc<str>,
}

impl Seat {
    /// The card; the reader runs again when something changes.
    pub(super) fn card(&self) -> Card {
        self.list.card(&self.id)
    }
}

/// A mission. `is_marked`: it is what the player has come for.
pub(super) fn card(list: List, id: &str, is_marked: bool) -> Part {
    let seat = Seat { list, id: id.into() };
    let (classes, key, drawn) = (seat.clone(), seat.clone(), seat.clone());
    let class = attr(move || {
        let card = classes.card();
        let mut class = format!("mission mission--{}", card.state().as_str());
        let more = [
            (list.was_won(&classes.id), " mission--won"),
            (is_marked, " mission--marked"),
            (card.streak().is_some(), " mission--streak"),
            (has_number(&card), " mission--counts"),
        ];
        for (_, more) in more.into_iter().filter(|(holds, _)| *holds) {
            class.push_str(more);
        }
        Some(class)
    });
    // Drawn anew only when there is something else to say, not when the ring has turned.
    let key = reactive::memo(move || key_of(&key));
    let content = block(move || {
        // Read, not only tracked: a memo that nobody has read does not know what it depends on.
        let _ = key.get();
        untrack(|| content(&drawn))
    });
    nodes! {
        <article class={class} id={format!("mission-{id}")} aria-labelledby={format!("title-{id}")} data-testid="mission">
            {ring(&seat)}
            {content}
        </article>
    }
}

/// All that the content says.
fn key_of(seat: &Seat) -> String {
    let (texts, card) = (seat.list.texts, seat.card());
    let mut key = words::reward(texts, &card);
    key.push_str(card.state().as_str());
    for tier in wire::list(&card.value, "tiers") {
        key.push_str(wire::text(tier, "state"));
    }
    if let Some((today, freezes)) = words::streak(texts, &card) {
        key.push_str(&today);
        key.push_str(&freezes);
    }
    if card.state() == MissionState::Locked {
        key.push_str(wire::text(&card.value, "unmet"));
        key.push_str(&first(seat.list, &card));
    }
    if let Some(code) = seat.list.refused(&seat.id) {
        key.push_str(code.as_str());
    }
    key
}

fn content(seat: &Seat) -> Part {
    let (texts, card) = (seat.list.texts, seat.card());
    let title_id = format!("title-{}", seat.id);
    let title = nodes! { <h3 class="mission__title" id={title_id}>{words::title(texts, &card)}</h3> };
    let mut parts = vec![title];
    let description = wire::title(texts, &card.value, "description");
    if !description.is_empty() {
        parts.push(line("mission__text", description));
    }
    if let Some((today, freezes)) = words::streak(texts, &card) {
        let mut facts = vec![line("", today)];
        if !freezes.is_empty() {
            facts.push(fact("mission__fact", FREEZE, text(move || freezes.clone())));
        }
        parts.push(group("mission__facts", facts));
    }
    let tiers = wire::list(&card.value, "tiers");
    if !tiers.is_empty() {
        let tiers: Vec<Part> = tiers.iter().map(|each| tier(seat.list, each, card.is_claimed)).collect();
        parts.push(nodes! { <ol class="tiers">{tiers}</ol> });
    }
    parts.push(facts(seat, &card));
    foot(seat, &card, &mut parts);
    group("mission__main", parts)
}

fn facts(seat: &Seat, card: &Card) -> Part {
    let (list, texts) = (seat.list, seat.list.texts);
    let mut facts = Vec::new();
    let reward = words::reward(texts, card);
    if !reward.is_empty() {
        facts.push(fact("mission__fact mission__reward", GIFT, text(move || reward.clone())));
    }
    if words::deadline(card).is_some() {
        // It ticks in its place.
        let seat = seat.clone();
        let time = text(move || words::time_left(texts, &seat.card(), list.now.get()));
        facts.push(fact("mission__fact", Shape::Clock.path(), time));
    }
    group("mission__facts", facts)
}

/// A tier of an achievement.
fn tier(list: List, tier: &Value, is_claimed: bool) -> Part {
    let texts = list.texts;
    let (class, note) = match Card::tier(tier) {
        (true, _) => ("tier tier--reached", Some(later::MISSIONS_TIER_REACHED)),
        (_, true) => ("tier tier--next", Some(later::MISSIONS_TIER_NEXT).filter(|_| !is_claimed)),
        _ => ("tier", None),
    };
    let reward = tier.field("reward").map(|reward| words::prize(texts, reward)).unwrap_or_default();
    let note = note.map(|note| texts.get(note)).unwrap_or_default();
    let target = words::decimal(texts, wire::text(tier, "target"));
    nodes! {
        <li class={class}>{target}<span class="visually-hidden">{format!(": {reward} {note}")}</span></li>
    }
}

/// What can be done with the mission now, or why nothing can.
fn foot(seat: &Seat, card: &Card, parts: &mut Vec<Part>) {
    let texts = seat.list.texts;
    let said = |key| line("mission__state", texts.get(key));
    let leads_to = |key| way(ButtonKind::Tinted, Way::Follow(texts.get(key), Route::Settings.path()));
    match card.state() {
        MissionState::Done => {
            let title = words::title(texts, card);
            let label = words::say(texts, &|catalog| later::missions_claim_label(catalog, &title));
            let (list, id) = (seat.list, Arc::clone(&seat.id));
            let press = move || reactive::spawn(claim(list, vec![id.as_ref().to_owned()]));
            parts.push(claim_button(label, texts.get(later::MISSIONS_CLAIM), press));
        }
        MissionState::Claimed => parts.push(said(later::MISSIONS_CLAIMED)),
        MissionState::Expired => parts.push(said(later::MISSIONS_EXPIRED)),
        MissionState::Locked => match card.unmet() {
            Some(Unmet::Linked) => {
                parts.push(said(later::MISSIONS_UNMET_LINKED));
                parts.push(leads_to(later::MISSIONS_LINK_WAY));
            }
            Some(Unmet::Kyc) => {
                parts.push(said(later::MISSIONS_UNMET_KYC));
                parts.push(leads_to(later::MISSIONS_KYC_WAY));
            }
            Some(Unmet::Region) => parts.push(said(later::MISSIONS_UNMET_REGION)),
            None => parts.push(line("mission__state", first(seat.list, card))),
        },
        MissionState::Available | MissionState::InProgress => {}
    }
    if let Some(code) = seat.list.refused(&seat.id) {
        parts.push(nodes! { <p class="mission__refused" role="alert">{texts.error(code)}</p> });
        if code == ErrorCode::NotLinked {
            parts.push(leads_to(later::MISSIONS_LINK_WAY));
        }
    }
}

/// The names of the missions that come first, as far as the list has them.
fn first(list: List, card: &Card) -> String {
    let texts = list.texts;
    let mut names = String::new();
    for id in wire::list(&card.value, "after") {
        let Value::Text(id) = id else { continue };
        let name = words::title(texts, &card_now(id));
        if !names.is_empty() && !name.is_empty() {
            names.push_str(", ");
        }
        names.push_str(&name);
    }
    if names.is_empty() {
        return texts.get(later::MISSIONS_FIRST_OTHER);
    }
    words::say(texts, &|catalog| later::missions_first(catalog, &names))
}
