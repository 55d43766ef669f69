//! `/t/{id}/rules`: how a tournament counts, what it asks and what is won, for the button "Rules" in the chat.
//!
//! The same facts as the app's panel of rules has, for whoever has not opened the app: so in the same words, but with times
//! that name their zone.

use std::num::NonZeroU32;

use domain::{
    KycLevel, Operator, Order, Prize, Timestamp, Tournament,
    tournament::{
        rules::{Join, PrizeRange, RewardMode},
        view::TournamentDetails,
    },
};
use i18n::{
    Catalog,
    keys::{app as texts, later, site},
};
use leptos::prelude::*;

use crate::{
    router::Route,
    ssr::render::{Setting, document, render},
};

/// The rules of a tournament. `grace_s` is for how long after the end earlier scores are taken.
pub fn render_rules(
    setting: Setting<'_>,
    tournament: &Tournament,
    details: &TournamentDetails,
    grace_s: u64,
) -> String {
    let catalog = i18n::catalog(setting.locale);
    let text = |key| catalog.text(key);
    let title = tournament.title.for_locale(setting.locale);
    let board = Route::Tournament(tournament.tournament_id.clone()).path();
    let told: Vec<String> = details
        .rules_text
        .iter()
        .flat_map(|told| told.for_locale(setting.locale).lines())
        .filter(|line| !line.trim().is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let facts = [counting(catalog, tournament, details, grace_s), asked(catalog, details)].concat();
    let prizes = prizes(catalog, details);
    let body = render(|| {
        let list = |items: Vec<String>| {
            let items: Vec<_> = items.into_iter().map(|item| view! { <li>{item}</li> }).collect();
            view! { <ul class="site__list">{items}</ul> }
        };
        let told = (!told.is_empty()).then(|| {
            let lines: Vec<_> =
                told.into_iter().map(|line| view! { <p class="site__told">{line}</p> }).collect();
            view! { <h2 class="site__part">{text(later::RULES_TOLD)}</h2> {lines} }
        });
        let won = (!prizes.is_empty()).then(|| {
            view! { <h2 class="site__part">{text(later::PANEL_PRIZES)}</h2> {list(prizes)} }
        });
        view! {
            <main class="site">
                <h1 class="site__title">{text(site::RULES_TITLE)}</h1>
                <p class="site__text">{title.to_owned()}</p>
                {told}
                <h2 class="site__part">{text(later::RULES_FACTS)}</h2>
                {list(facts)}
                {won}
                <div class="site__actions">
                    <a class="button button--filled" href=board>{text(texts::BOARD_TITLE)}</a>
                </div>
                <p class="site__note">{text(site::MONEY)}</p>
            </main>
        }
    });
    document(setting, &format!("{} · {title}", text(site::RULES_TITLE)), text(site::RULES_TITLE), body, None)
}

/// When it takes place and how scores count.
fn counting(
    catalog: &Catalog,
    tournament: &Tournament,
    details: &TournamentDetails,
    grace_s: u64,
) -> Vec<String> {
    let text = |key| catalog.text(key).to_owned();
    let counts = match tournament.operator {
        Operator::Best => site::RULES_BEST,
        Operator::Sum => site::RULES_SUM,
        Operator::Latest => site::RULES_LATEST,
        Operator::Count => site::RULES_COUNT,
    };
    let order = match tournament.order {
        Order::Desc => site::RULES_MORE,
        Order::Asc => site::RULES_LESS,
    };
    let column = |(number, order): (u64, Order)| match order {
        Order::Desc => site::rules_tie_more(catalog, number),
        Order::Asc => site::rules_tie_less(catalog, number),
    };
    let columns: Vec<String> = (1..).zip(tournament.ties.iter()).map(column).collect();
    let ties = match columns.as_slice() {
        [] => text(site::RULES_TIES),
        columns => site::rules_ties_columns(catalog, &columns.join(", ")),
    };
    let mut facts =
        vec![site::rules_window(catalog, &moment(tournament.starts_at), &moment(tournament.ends_at))];
    if details.reset.is_some() {
        let window =
            later::rules_window(catalog, &moment(details.period.starts_at), &moment(details.period.ends_at));
        facts.push(fact(catalog, later::RULES_PERIOD, &window));
    }
    facts.extend([text(counts), text(order), ties, site::rules_late(catalog, grace_s)]);
    facts
}

/// Who takes part, how often, and against whom.
fn asked(catalog: &Catalog, details: &TournamentDetails) -> Vec<String> {
    let mut facts = vec![fact(catalog, later::RULES_JOINING, &joining(catalog, &details.join))];
    if let Some(attempts) = details.attempts_max {
        let attempts = later::game_attempts(catalog, attempts.into());
        facts.push(fact(catalog, later::RULES_ATTEMPTS, &attempts));
    }
    let condition = &details.condition;
    let mut asks = Vec::new();
    if condition.linked {
        asks.push(catalog.text(later::RULES_LINKED).to_owned());
    }
    match condition.kyc_at_least {
        KycLevel::None => {}
        KycLevel::Basic => asks.push(catalog.text(later::RULES_KYC_BASIC).to_owned()),
        KycLevel::Full => asks.push(catalog.text(later::RULES_KYC_FULL).to_owned()),
    }
    if !condition.regions.is_empty() {
        asks.push(later::rules_regions(catalog, &condition.regions.join(", ")));
    }
    if !asks.is_empty() {
        facts.push(fact(catalog, later::RULES_WHO, &asks.join(" ")));
    }
    for tier in details.cohorts.iter().flat_map(|cohorts| &cohorts.tiers) {
        let moves = later::rules_tier(catalog, tier.demote.into(), tier.promote.into());
        let league = format!("{}, {moves}", tier.title.for_locale(catalog.locale()));
        facts.push(fact(catalog, later::RULES_LEAGUE, &league));
    }
    facts
}

fn joining(catalog: &Catalog, join: &Join) -> String {
    let mut facts =
        vec![catalog.text(if join.required { later::RULES_JOIN } else { later::RULES_FREE }).to_owned()];
    facts.extend(join.opens_at.map(|at| later::game_early_note(catalog, &moment(at))));
    facts.extend(join.closes_at.map(|at| later::rules_until(catalog, &moment(at))));
    facts.extend(join.size_max.map(|places| later::rules_places(catalog, places.get().into())));
    let entries = join.entries_max.map(NonZeroU32::get).filter(|entries| *entries > 1);
    facts.extend(entries.map(|entries| later::rules_entries(catalog, entries.into())));
    facts.join(" ")
}

/// What is won, by rank, and how winners come to it.
fn prizes(catalog: &Catalog, details: &TournamentDetails) -> Vec<String> {
    let prize = |range: &PrizeRange| {
        let ranks = if range.from == range.to {
            later::prizes_place(catalog, range.from.into())
        } else {
            later::prizes_places(catalog, range.from.into(), range.to.into())
        };
        let tiers = details.cohorts.as_ref().map_or(&[][..], |cohorts| &cohorts.tiers);
        let league = range.tier.and_then(|tier| tiers.get(tier as usize));
        let league = league.map(|tier| format!("{}, ", tier.title.for_locale(catalog.locale())));
        format!("{}{ranks}: {}", league.unwrap_or_default(), what(catalog, &range.what))
    };
    let mut lines: Vec<String> = details.prizes.iter().map(prize).collect();
    if !lines.is_empty() {
        let (key, days) = match details.rewards {
            RewardMode::Automatic => (later::PRIZES_AUTOMATIC, None),
            RewardMode::Claim => (later::PRIZES_CLAIM, details.claim_days),
        };
        let days = days.map(|days| format!(" {}", later::prizes_days(catalog, days.into())));
        lines.push(format!("{}{}", catalog.text(key), days.unwrap_or_default()));
    }
    lines
}

/// A prize as players read it.
fn what(catalog: &Catalog, prize: &Prize) -> String {
    let name = || prize.code.as_str().replace('_', " ");
    match (&prize.title, &prize.amount, &prize.currency) {
        (Some(title), ..) => title.for_locale(catalog.locale()).to_owned(),
        (None, Some(amount), Some(currency)) => format!("{}\u{a0}{currency}", amount.as_str()),
        (None, Some(amount), None) => format!("{}\u{a0}{}", amount.as_str(), name()),
        (None, None, _) => name(),
    }
}

fn fact(catalog: &Catalog, label: i18n::Key, fact: &str) -> String {
    format!("{}: {fact}", catalog.text(label))
}

/// A moment to the minute. The page does not know the reader's time zone, so it says which one it means.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use domain::{Locale, TieOrders};

    use super::*;
    use crate::kit::samples;

    #[test]
    fn a_moment_names_its_zone() {
        assert_eq!(moment(Timestamp::from_millis(1_767_225_600_000)), "2026-01-01 00:00 UTC");
    }

    #[test]
    fn equal_scores_are_decided_by_what_the_tournament_says() {
        let mut tournament = samples::lobby().tournaments.remove(0).tournament;
        let window = serde_json::json!({
            "period": 0, "starts_at": tournament.starts_at, "ends_at": tournament.ends_at,
            "phase": "running", "is_final": false,
        });
        let details: TournamentDetails = serde_json::from_value(serde_json::json!({
            "tournament_id": "cup", "phase": "running", "is_frozen": false, "period": window, "join": {},
            "entries": 0, "attempts_max": null, "condition": {}, "reset": null, "cohorts": null, "prizes": [],
            "rewards": "automatic", "claim_days": null, "rules_text": null, "cover": null,
        }))
        .unwrap();
        for locale in Locale::ALL {
            let catalog = i18n::catalog(locale);
            tournament.ties = TieOrders::default();
            assert_eq!(counting(catalog, &tournament, &details, 60)[3], catalog.text(site::RULES_TIES));
            tournament.ties = TieOrders::new(&[Order::Desc, Order::Asc]).unwrap();
            let told = counting(catalog, &tournament, &details, 60).remove(3);
            for column in [site::rules_tie_more(catalog, 1), site::rules_tie_less(catalog, 2)] {
                assert!(told.contains(&column), "{told}");
            }
        }
    }
}
