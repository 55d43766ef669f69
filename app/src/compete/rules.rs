//! What holds in a tournament: the organizer's words, and what follows from how it is set up.

use std::sync::Arc;

use domain::board::TournamentCard;
use i18n::keys::later;

use crate::{
    board::Course,
    clock,
    compete::{game::Game, results::proof, wire::Details, words::of_locale},
    context::Context,
    data::Remote,
    node::nodes,
    pages::rule,
    part::{Part, block, nothing, part},
    texts::Texts,
    ui::{cell_skeleton, section},
};

/// The panel of the rules.
pub(super) fn rules_panel(game: &Game, card: &Arc<TournamentCard>) -> Part {
    let (game, card) = (game.clone(), Arc::clone(card));
    let drawn = block(move || match game.details.get() {
        Remote::Ready(details) => rules(&game, &card, &details),
        _ => section(None, None, vec![cell_skeleton(), cell_skeleton()]),
    });
    part(drawn)
}

fn rules(game: &Game, card: &TournamentCard, details: &Details) -> Part {
    let texts = Context::get().texts;
    let cover = match details.cover.clone().filter(|cover| cover.starts_with("https://")) {
        Some(cover) => nodes! {
            <img class="cover" src={cover} alt="" width="640" height="360" loading="lazy" decoding="async" referrerpolicy="no-referrer"/>
        },
        None => nothing(),
    };
    let told = match &details.rules_text {
        Some(text) => {
            let text = of_locale(texts, text);
            let text = nodes! { <p class="cell rules">{text}</p> };
            section(Some(texts.get(later::RULES_TOLD)), None, vec![text])
        }
        None => nothing(),
    };
    let course = details.course(game.store.course_now(), false);
    let facts = facts(texts, card, details, course).into_iter();
    let facts = facts.map(|(key, fact)| fact_cell(texts.get(key), fact)).collect();
    let result = if details.period.is_final && details.phase != "running" {
        proof(game, details.period.period)
    } else {
        nothing()
    };
    nodes! { {cover} {told} {section(Some(texts.get(later::RULES_FACTS)), None, facts)} {result} }
}

fn fact_cell(label: String, fact: String) -> Part {
    nodes! {
        <div class="cell cell--fact">
            <span class="cell__main">
                <span class="cell__subtitle">{label}</span>
                <span class="cell__wrap">{fact}</span>
            </span>
        </div>
    }
}

fn facts(texts: Texts, card: &TournamentCard, details: &Details, course: Course) -> Vec<(i18n::Key, String)> {
    let moment = |at| clock::moment(texts.locale(), at);
    let window = |from: &str, until: &str| texts.with(|catalog| later::rules_window(catalog, from, until));
    let has_columns = !card.tournament.ties.is_empty();
    let ties = if has_columns { later::RULES_TIES_COLUMNS } else { later::RULES_TIES };
    let mut facts = vec![
        (later::RULES_COUNTING, format!("{} {}", rule(texts, card), texts.get(ties))),
        (later::RULES_WHEN, window(&moment(course.starts_at), &moment(course.ends_at))),
    ];
    if details.has_periods {
        let period = &details.period;
        facts.push((later::RULES_PERIOD, window(&moment(period.starts_at), &moment(period.ends_at))));
    }
    facts.push((later::RULES_JOINING, joining(texts, details)));
    if let Some(attempts) = details.attempts_max {
        facts.push((later::RULES_ATTEMPTS, texts.with(|catalog| later::game_attempts(catalog, attempts))));
    }
    let condition = condition(texts, details);
    if !condition.is_empty() {
        facts.push((later::RULES_WHO, condition));
    }
    for tier in &details.tiers {
        let moves = texts.with(|catalog| later::rules_tier(catalog, tier.demote, tier.promote));
        facts.push((later::RULES_LEAGUE, format!("{}: {moves}", of_locale(texts, &tier.title))));
    }
    facts
}

fn joining(texts: Texts, details: &Details) -> String {
    let join = details.join;
    let mut facts = vec![texts.get(if join.required { later::RULES_JOIN } else { later::RULES_FREE })];
    if let Some(at) = join.opens_at {
        let when = clock::moment(texts.locale(), at);
        facts.push(texts.with(|catalog| later::game_early_note(catalog, &when)));
    }
    if let Some(at) = join.closes_at {
        let when = clock::moment(texts.locale(), at);
        facts.push(texts.with(|catalog| later::rules_until(catalog, &when)));
    }
    if let Some(places) = join.size_max {
        facts.push(texts.with(|catalog| later::rules_places(catalog, places)));
    }
    if let Some(entries) = join.entries_max.filter(|entries| *entries > 1) {
        facts.push(texts.with(|catalog| later::rules_entries(catalog, entries)));
    }
    facts.join(" ")
}

fn condition(texts: Texts, details: &Details) -> String {
    let condition = &details.condition;
    let mut asks = Vec::new();
    if condition.linked {
        asks.push(texts.get(later::RULES_LINKED));
    }
    match condition.kyc_at_least.as_str() {
        "basic" => asks.push(texts.get(later::RULES_KYC_BASIC)),
        "full" => asks.push(texts.get(later::RULES_KYC_FULL)),
        _ => {}
    }
    if !condition.regions.is_empty() {
        let regions = condition.regions.join(", ");
        asks.push(texts.with(|catalog| later::rules_regions(catalog, &regions)));
    }
    asks.join(" ")
}
