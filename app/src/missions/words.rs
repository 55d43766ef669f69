//! What cards and rewards say in words.

use domain::{Locale, Timestamp, mission::MissionState};
use i18n::{Catalog, keys::later};

use crate::{
    clock,
    json::Value,
    missions::wire::{self, Card, list, moment, number, text},
    texts::Texts,
};

/// As many letters have room in a ring.
const RING_LETTERS_MAX: usize = 5;

/// A text with arguments. One way for all of them, not one for each (docs/adr/0004).
pub(super) fn say(texts: Texts, words: &dyn Fn(&Catalog) -> String) -> String {
    texts.with(|catalog| words(catalog))
}

/// A decimal as the language writes it.
pub(super) fn decimal(texts: Texts, decimal: &str) -> String {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let Ok(points) = whole.parse() else { return decimal.to_owned() };
    let mut written = texts.number(points);
    if !fraction.is_empty() {
        written.push(if texts.locale() == Locale::En { '.' } else { ',' });
        written.push_str(fraction);
    }
    written
}

/// What a prize is called: as its owner has named it, else by its amount.
pub(super) fn prize(texts: Texts, prize: &Value) -> String {
    let title = wire::title(texts, prize, "title");
    if !title.is_empty() {
        return title;
    }
    let (amount, currency) = (text(prize, "amount"), text(prize, "currency"));
    let mut words = String::new();
    if !amount.is_empty() {
        words = decimal(texts, amount);
        words.push('\u{a0}');
    }
    let name = if currency.is_empty() { text(prize, "code") } else { currency };
    // What the platform calls it, as far as it can be read.
    words.extend(name.chars().map(|letter| if letter == '_' { ' ' } else { letter }));
    words
}

/// What a mission is called.
pub(super) fn title(texts: Texts, card: &Card) -> String {
    wire::title(texts, &card.value, "title")
}

/// How much of it is done, as a screen reader says it.
pub(super) fn progress(texts: Texts, card: &Card) -> String {
    let value = decimal(texts, text(&card.value, "value"));
    let target = decimal(texts, text(&card.value, "target"));
    say(texts, &|catalog| match card.streak() {
        Some(_) => later::missions_days(catalog, &target, &value),
        None => later::missions_progress(catalog, &target, &value),
    })
}

/// The same in a ring: in full when there is room, else in percent.
pub(super) fn short_progress(texts: Texts, card: &Card) -> String {
    let mut short = decimal(texts, text(&card.value, "value"));
    if card.streak().is_some() {
        return short;
    }
    short.push('/');
    short.push_str(&decimal(texts, text(&card.value, "target")));
    if short.len() <= RING_LETTERS_MAX {
        return short;
    }
    // What was begun is never nothing.
    let mut percent = texts.number((card.permille() / 10).max(u64::from(card.permille() > 0)));
    percent.push('%');
    percent
}

/// What there is for it: all that waits, else what is next.
pub(super) fn reward(texts: Texts, card: &Card) -> String {
    let (mut words, mut last) = (String::new(), String::new());
    for claimable in card.claimable() {
        let name = claimable.field("what").map(|what| prize(texts, what)).unwrap_or_default();
        // Of several days it is the same each time.
        if name != last {
            if !words.is_empty() {
                words.push_str(", ");
            }
            words.push_str(&name);
            last = name;
        }
    }
    match card.value.field("reward") {
        Some(next) if words.is_empty() => prize(texts, next),
        _ => words,
    }
}

/// Where a streak that goes on stands today, and how many missed days it still bears.
pub(super) fn streak(texts: Texts, card: &Card) -> Option<(String, String)> {
    let streak = card.streak()?;
    if !matches!(card.state(), MissionState::Available | MissionState::InProgress) {
        return None;
    }
    let is_today_done = streak.field("is_today_done") == Some(&Value::Bool(true));
    let today = if is_today_done { later::MISSIONS_TODAY_DONE } else { later::MISSIONS_TODAY_OPEN };
    let left = number(streak, "freezes_left");
    let freezes = match number(streak, "freezes") {
        0 => String::new(),
        _ => say(texts, &|catalog| later::missions_freezes(catalog, left)),
    };
    Some((texts.get(today), freezes))
}

/// The next moment that matters to the player.
pub(super) fn deadline(card: &Card) -> Option<Timestamp> {
    match card.state() {
        MissionState::Done => {
            let mut first: Option<Timestamp> = None;
            for at in card.claimable().iter().filter_map(|claimable| moment(claimable, "expires_at")) {
                first = Some(first.map_or(at, |first| first.min(at)));
            }
            first
        }
        MissionState::Claimed => moment(&card.value, "period_ends_at"),
        MissionState::Expired => None,
        MissionState::Locked | MissionState::Available | MissionState::InProgress => {
            moment(&card.value, "period_ends_at").or_else(|| moment(&card.value, "ends_at"))
        }
    }
}

/// The time that is left. What is over by time is asked for anew; until then there is nothing to say.
pub(super) fn time_left(texts: Texts, card: &Card, now: Timestamp) -> String {
    let Some(at) = deadline(card).filter(|at| *at > now) else { return String::new() };
    let time = clock::countdown(texts, at, now);
    say(texts, &|catalog| match card.state() {
        MissionState::Done => later::missions_claim_left(catalog, &time),
        MissionState::Claimed => later::missions_again(catalog, &time),
        _ => later::missions_time_left(catalog, &time),
    })
}

/// The first moment after `now` at which one of the cards is not true any more.
pub(super) fn changes_at(cards: &[Card], now: Timestamp) -> Option<Timestamp> {
    let mut first: Option<Timestamp> = None;
    let mut note = |at: Option<Timestamp>| {
        if let Some(at) = at.filter(|at| *at > now && first.is_none_or(|first| *at < first)) {
            first = Some(at);
        }
    };
    for card in cards {
        note(moment(&card.value, "period_ends_at"));
        note(moment(&card.value, "ends_at"));
        for claimable in list(&card.value, "claimable") {
            note(moment(claimable, "expires_at"));
        }
    }
    first
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::mission::MissionCard;
    use leptos::prelude::Owner;

    use super::*;
    use crate::{
        json,
        missions::wire::tests::{read, served},
    };

    fn texts(locale: Locale) -> Texts {
        Texts::new(i18n::catalog(locale).clone())
    }

    #[test]
    fn numbers_and_prizes_are_written_as_the_language_does() {
        Owner::new().with(|| {
            let (english, french) = (texts(Locale::En), texts(Locale::Fr));
            assert_eq!(decimal(english, "12345.50"), "12,345.50");
            assert_eq!(decimal(french, "0.5"), "0,5");
            let named = |json: &str| prize(french, &json::parse(json).unwrap());
            assert_eq!(named(r#"{"code":"cash","amount":"12.50","currency":"EUR"}"#), "12,50\u{a0}EUR");
            assert_eq!(named(r#"{"code":"free_spins","amount":"20"}"#), "20\u{a0}free spins");
            assert_eq!(named(r#"{"code":"free_spins"}"#), "free spins");
            assert_eq!(named(r#"{"code":"badge","title":{"fr":"Un badge"}}"#), "Un badge");
        });
    }

    #[test]
    fn a_ring_says_as_much_as_has_room() {
        Owner::new().with(|| {
            let texts = texts(Locale::En);
            let short = |value: &str, target: &str, permille| {
                let (value, target) = (value.to_owned(), target.to_owned());
                let card = MissionCard { value, target, permille, streak: None, ..served() };
                short_progress(texts, &read(&card))
            };
            assert_eq!(short("3", "5", 600), "3/5");
            assert_eq!(short("10", "50", 200), "10/50");
            assert_eq!(short("120", "500", 240), "24%");
            assert_eq!(short("1", "5000", 0), "0%");
            assert_eq!(short("2", "5000", 4), "1%");
            assert_eq!(short_progress(texts, &read(&served())), "2", "a streak says its days");
        });
    }

    #[test]
    fn what_waits_several_times_is_said_once() {
        Owner::new().with(|| {
            let mut card = served();
            card.claimable.push(card.claimable[0].clone());
            assert_eq!(reward(texts(Locale::En), &read(&card)), "20\u{a0}free spins");
            card.claimable.clear();
            assert_eq!(reward(texts(Locale::En), &read(&card)), "20\u{a0}free spins", "what is next");
        });
    }

    #[test]
    fn the_time_is_the_next_one_that_matters() {
        let now = Timestamp::from_millis(1_796_000_000_000);
        let (soon, late) = (now.plus_ms(60_000), now.plus_ms(120_000));
        let mut card = MissionCard { period_ends_at: Some(soon), ends_at: Some(late), ..served() };
        card.claimable[0].expires_at = Some(late);
        assert_eq!(deadline(&read(&card)), Some(late));
        card.state = MissionState::InProgress;
        assert_eq!(deadline(&read(&card)), Some(soon));
        card.state = MissionState::Claimed;
        assert_eq!(deadline(&read(&card)), Some(soon));
        card.state = MissionState::Expired;
        assert_eq!(deadline(&read(&card)), None);
        let cards = [read(&card)];
        assert_eq!(changes_at(&cards, now), Some(soon));
        assert_eq!(changes_at(&cards, soon), Some(late));
        assert_eq!(changes_at(&cards, late), None);
    }
}
