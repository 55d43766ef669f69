//! A tournament as a form: what an operator types, read into a definition with an error at each field that is wrong, and
//! a definition as what its form holds.
//!
//! Fields are named as the rules name them (`join.size_max`), so that an error of the rules finds its field.

use std::{collections::BTreeMap, num::NonZeroU32, str::FromStr};

use domain::{
    Locale, Operator, Order, TieOrders, Timestamp, Tournament,
    condition::KycLevel,
    tournament::{
        Title,
        cohort::Cohorts,
        rules::{FinishNotice, Join, Reset, RewardMode, RulesText, TournamentRules},
    },
};
use serde::{Serialize, de::DeserializeOwned};

use super::lines;
use crate::{
    console::zone::ViewerZone,
    tournaments::definition::{self, Definition},
};

/// The most characters of a field; rules to read are the longest.
pub const FIELD_CHARS_MAX: usize = 16_000;

/// Every field, in the order of the page.
pub const FIELDS: &[&str] = &[
    "tournament_id",
    "title.en",
    "title.ru",
    "title.fr",
    "title.it",
    "starts_at",
    "ends_at",
    "operator",
    "order",
    "ties",
    "reset.cron",
    "reset.zone",
    "join.required",
    "join.opens_at",
    "join.closes_at",
    "join.size_max",
    "join.entries_max",
    "attempts_max",
    "condition.linked",
    "condition.kyc_at_least",
    "condition.regions",
    "cohorts.size",
    "cohorts.tiers",
    "prizes",
    "rewards",
    "claim_days",
    "rules_text.en",
    "rules_text.ru",
    "rules_text.fr",
    "rules_text.it",
    "cover",
    "is_private",
    "finish_notice",
];

/// The fields for times, and beside each the one that holds the moment with which it was filled in.
pub const TIMES: &[(&str, &str)] = &[
    ("starts_at", "starts_at.was"),
    ("ends_at", "ends_at.was"),
    ("join.opens_at", "join.opens_at.was"),
    ("join.closes_at", "join.closes_at.was"),
];

/// The field that holds the moment with which a field for a time was filled in.
pub fn was(name: &str) -> &'static str {
    TIMES.iter().find(|(time, _)| *time == name).map_or("", |(_, was)| was)
}

/// What a field holds that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldError {
    /// Which field.
    pub field: &'static str,
    /// Which of its lines, from 1; none where it is one.
    pub line: Option<usize>,
    /// Which part of it, where the rules name one: `rule.where`.
    pub part: Option<String>,
    /// What is wrong with it: the English words of the rules, nothing of its content.
    pub what: String,
}

/// What an operator has typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TournamentForm(BTreeMap<&'static str, String>);

impl TournamentForm {
    /// A form of what `of` says each field holds. What is too long is cut off, and then refused by what it is.
    pub fn new<'a>(of: impl Fn(&str) -> &'a str) -> Self {
        let held = |name: &&'static str| {
            let text: String = of(name).trim().chars().take(FIELD_CHARS_MAX).collect();
            (!text.is_empty()).then_some((*name, text))
        };
        Self(FIELDS.iter().chain(TIMES.iter().map(|(_, was)| was)).filter_map(held).collect())
    }

    /// What a field holds.
    pub fn field(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn put(&mut self, name: &'static str, text: impl Into<String>) {
        self.0.insert(name, text.into());
    }

    fn put_time(&mut self, name: &'static str, at: Option<Timestamp>, zone: &ViewerZone) {
        if let Some(at) = at {
            self.put(name, zone.field(at));
            self.put(was(name), at.to_string());
        }
    }

    /// The form of a definition, with times in a zone.
    pub fn of(definition: &Definition, zone: &ViewerZone) -> Self {
        let Definition { tournament, rules, .. } = definition;
        let mut form = Self::default();
        form.put("tournament_id", tournament.tournament_id.as_str());
        form.put_texts("title", &tournament.title);
        form.put_time("starts_at", Some(tournament.starts_at), zone);
        form.put_time("ends_at", Some(tournament.ends_at), zone);
        form.put("operator", word(&tournament.operator));
        form.put("order", word(&tournament.order));
        let ties: Vec<String> = tournament.ties.iter().map(|order| word(&order)).collect();
        form.put("ties", ties.join(" "));
        form.put_rules(rules, zone);
        form.0.retain(|_, text| !text.is_empty());
        form
    }

    fn put_rules(&mut self, rules: &TournamentRules, zone: &ViewerZone) {
        let number = |number: Option<NonZeroU32>| number.map(|number| number.to_string()).unwrap_or_default();
        let flag = |is_set: bool| if is_set { "on" } else { "" };
        if let Some(reset) = &rules.reset {
            self.put("reset.cron", reset.cron.as_str());
            self.put("reset.zone", reset.zone.as_str());
        }
        self.put("join.required", flag(rules.join.required));
        self.put_time("join.opens_at", rules.join.opens_at, zone);
        self.put_time("join.closes_at", rules.join.closes_at, zone);
        self.put("join.size_max", number(rules.join.size_max));
        self.put("join.entries_max", number(rules.join.entries_max));
        self.put("attempts_max", number(rules.attempts_max));
        self.put("condition.linked", flag(rules.condition.linked));
        self.put("condition.kyc_at_least", rules.condition.kyc_at_least.as_str());
        self.put("condition.regions", rules.condition.regions.join(" "));
        if let Some(cohorts) = &rules.cohorts {
            self.put("cohorts.size", cohorts.size.to_string());
            self.put("cohorts.tiers", lines::write_tiers(&cohorts.tiers));
        }
        self.put("prizes", lines::write_prizes(&rules.prizes));
        self.put("rewards", word(&rules.rewards));
        self.put("claim_days", number(rules.claim_days));
        if let Some(text) = &rules.rules_text {
            self.put_texts("rules_text", text);
        }
        self.put("cover", rules.cover.clone().unwrap_or_default());
        self.put("is_private", flag(rules.is_private));
        self.put("finish_notice", word(&rules.finish_notice));
    }

    /// Texts by language, into the fields of the languages that there are.
    fn put_texts(&mut self, name: &str, texts: &impl Serialize) {
        let texts = serde_json::to_value(texts).unwrap_or_default();
        for locale in Locale::ALL {
            let text = texts.get(locale.tag()).and_then(serde_json::Value::as_str).unwrap_or_default();
            if let Some(field) = field_of(&format!("{name}.{}", locale.tag())) {
                self.put(field, text);
            }
        }
    }

    /// Reads the form, and checks what it says by itself.
    ///
    /// # Errors
    /// Each field that is wrong.
    pub fn read(&self, zone: &ViewerZone) -> Result<Definition, Vec<FieldError>> {
        let mut reader = Reader { form: self, zone, errors: Vec::new() };
        let tournament = reader.tournament();
        let rules = reader.rules();
        let errors = reader.errors;
        let Some(tournament) = tournament.filter(|_| errors.is_empty()) else { return Err(errors) };
        let definition = Definition { tournament, rules, is_draft: false };
        match definition::check(&definition) {
            Ok(()) => Ok(definition),
            Err((field, what)) => Err(vec![error(field, what)]),
        }
    }
}

/// The stored word of a value.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The value of a stored word.
fn of_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

fn field_of(name: &str) -> Option<&'static str> {
    FIELDS.iter().copied().find(|field| *field == name)
}

/// An error of the rules at the field that it concerns: the one that it names, the one that it is a part of, or the first
/// of its parts.
pub(super) fn error(named: &str, what: impl Into<String>) -> FieldError {
    let around = |field: &&&str| named.starts_with(&format!("{field}."));
    let part = |field: &&&str| field.starts_with(&format!("{named}."));
    let found = field_of(named)
        .or_else(|| FIELDS.iter().filter(around).max_by_key(|field| field.len()).copied())
        .or_else(|| FIELDS.iter().find(part).copied());
    FieldError { field: found.unwrap_or("tournament_id"), what: what.into(), ..FieldError::default() }
}

/// Reads fields, and remembers what is wrong with them.
struct Reader<'a> {
    form: &'a TournamentForm,
    zone: &'a ViewerZone,
    errors: Vec<FieldError>,
}

impl Reader<'_> {
    fn wrong(&mut self, field: &str, what: impl Into<String>) {
        self.errors.push(error(field, what));
    }

    /// A field that may be empty.
    fn optional<T>(&mut self, name: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.form.field(name);
        if text.is_empty() {
            return None;
        }
        let value = read(text);
        if value.is_none() {
            self.wrong(name, what);
        }
        value
    }

    fn needed<T>(&mut self, name: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        if self.form.field(name).is_empty() {
            self.wrong(name, what);
            return None;
        }
        self.optional(name, what, read)
    }

    fn number<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.optional(name, "must be a whole number, 1 or more", |text| text.parse().ok())
    }

    fn time(&mut self, name: &str) -> Option<Timestamp> {
        let (zone, was) = (self.zone, self.form.field(was(name)));
        self.optional(name, "must be a date and a time", |text| zone.parse_kept(text, was))
    }

    fn needed_time(&mut self, name: &str) -> Option<Timestamp> {
        let (zone, was) = (self.zone, self.form.field(was(name)));
        self.needed(name, "must be a date and a time", |text| zone.parse_kept(text, was))
    }

    fn chosen<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        self.optional(name, "must be one of the choices", of_word).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let text = |locale: &Locale| {
            let text = self.form.field(&format!("{name}.{}", locale.tag()));
            (!text.is_empty()).then(|| (locale.tag().to_owned(), text.to_owned()))
        };
        Locale::ALL.iter().filter_map(text).collect()
    }

    fn tournament(&mut self) -> Option<Tournament> {
        let id = "must be 1 to 62 letters, digits, _ or -";
        let tournament_id = self.needed("tournament_id", id, |text| text.parse().ok());
        let title = Title::new(self.texts("title"));
        if title.is_none() || self.form.field("title.en").is_empty() {
            self.wrong(
                "title.en",
                "must be 1 to 120 characters; English is what other languages fall back to",
            );
        }
        let starts_at = self.needed_time("starts_at");
        let ends_at = self.needed_time("ends_at");
        if starts_at.zip(ends_at).is_some_and(|(starts_at, ends_at)| ends_at <= starts_at) {
            self.wrong("ends_at", "must be later than the start");
        }
        let operator: Option<Operator> = self.needed("operator", "must be one of the choices", of_word);
        let order: Option<Order> = self.needed("order", "must be one of the choices", of_word);
        let ties = self.optional("ties", "must be up to three of desc and asc", |text| {
            let orders: Option<Vec<Order>> = text.split_whitespace().map(of_word).collect();
            TieOrders::new(&orders?)
        });
        Some(Tournament {
            tournament_id: tournament_id?,
            title: title?,
            starts_at: starts_at?,
            ends_at: ends_at?,
            operator: operator?,
            order: order?,
            ties: ties.unwrap_or_default(),
        })
    }

    fn rules(&mut self) -> TournamentRules {
        let join = Join {
            required: self.form.field("join.required") == "on",
            opens_at: self.time("join.opens_at"),
            closes_at: self.time("join.closes_at"),
            size_max: self.number("join.size_max"),
            entries_max: self.number("join.entries_max"),
        };
        let regions = self.form.field("condition.regions").split([' ', ',', '\n', '\r', '\t']);
        let regions = regions.filter(|region| !region.is_empty()).map(ToOwned::to_owned).collect();
        let condition = domain::condition::Condition {
            linked: self.form.field("condition.linked") == "on",
            kyc_at_least: self
                .optional("condition.kyc_at_least", "must be one of the choices", KycLevel::from_text)
                .unwrap_or_default(),
            regions,
        };
        let texts = self.texts("rules_text");
        let rules_text: Option<RulesText> = (!texts.is_empty())
            .then(|| serde_json::to_value(texts).and_then(serde_json::from_value).ok())
            .flatten();
        let cover = self.form.field("cover");
        TournamentRules {
            join,
            attempts_max: self.number("attempts_max"),
            condition,
            reset: self.reset(),
            cohorts: self.cohorts(),
            prizes: self.lines("prizes", lines::read_prizes),
            rewards: self.chosen::<RewardMode>("rewards"),
            claim_days: self.number("claim_days"),
            rules_text,
            cover: (!cover.is_empty()).then(|| cover.to_owned()),
            is_private: self.form.field("is_private") == "on",
            finish_notice: self.chosen::<FinishNotice>("finish_notice"),
        }
    }

    fn reset(&mut self) -> Option<Reset> {
        let cron = self.form.field("reset.cron").to_owned();
        if cron.is_empty() {
            return None;
        }
        let zone = match self.form.field("reset.zone") {
            "" => "UTC",
            zone => zone,
        };
        Some(Reset { cron, zone: zone.to_owned() })
    }

    fn cohorts(&mut self) -> Option<Cohorts> {
        let tiers = self.lines("cohorts.tiers", lines::read_tiers);
        let size = self.number("cohorts.size");
        if size.is_none() && !tiers.is_empty() {
            self.wrong("cohorts.size", "is needed for tiers: they are made of cohorts");
        }
        size.map(|size| Cohorts { size, tiers })
    }

    fn lines<T: Default>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, lines::Wrong>) -> T {
        match read(self.form.field(name)) {
            Ok(value) => value,
            Err((line, what)) => {
                self.errors.push(FieldError { line: Some(line), ..error(name, what) });
                T::default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(more: &[(&'static str, &str)]) -> TournamentForm {
        let mut form = TournamentForm::default();
        for (name, text) in [
            ("tournament_id", "cup"),
            ("title.en", "Cup"),
            ("starts_at", "2026-03-29T20:00"),
            ("ends_at", "2026-04-05T20:00"),
            ("operator", "best"),
            ("order", "desc"),
        ] {
            form.put(name, text);
        }
        for (name, text) in more {
            form.put(name, *text);
        }
        form
    }

    fn rome() -> ViewerZone {
        ViewerZone::find("Europe/Rome").unwrap()
    }

    #[test]
    fn a_form_is_read_in_the_zone_of_whoever_fills_it_in_and_written_as_it_was() {
        let form = form(&[
            ("title.ru", "Кубок"),
            ("ties", "asc desc"),
            ("reset.cron", "0 20 * * SUN"),
            ("reset.zone", "Europe/Rome"),
            ("join.required", "on"),
            ("join.opens_at", "2026-03-01T00:00"),
            ("join.size_max", "100"),
            ("join.entries_max", "3"),
            ("attempts_max", "5"),
            ("condition.linked", "on"),
            ("condition.kyc_at_least", "basic"),
            ("condition.regions", "DE IT"),
            ("cohorts.size", "50"),
            ("cohorts.tiers", "Bronze | 10 | 0\nGold | 0 | 10"),
            ("prizes", "1 | cup | 500 EUR | Champion\n2-10 | badge"),
            ("rewards", "claim"),
            ("claim_days", "30"),
            ("rules_text.en", "Play fair."),
            ("cover", "https://cdn.example/cup.png"),
            ("is_private", "on"),
            ("finish_notice", "everyone"),
        ]);
        let definition = form.read(&rome()).unwrap();
        assert_eq!(definition.tournament.starts_at, "2026-03-29T18:00:00Z".parse().unwrap());
        assert_eq!(definition.rules.prizes.len(), 2);
        let written = TournamentForm::of(&definition, &rome());
        assert!(FIELDS.iter().all(|name| written.field(name) == form.field(name)), "{written:?}");
        assert_eq!(written.field("ends_at.was"), "2026-04-05T18:00:00.000Z");
        let elsewhere = TournamentForm::of(&definition, &ViewerZone::default());
        assert_eq!(elsewhere.field("starts_at"), "2026-03-29T18:00");
        assert_eq!(elsewhere.read(&ViewerZone::default()).unwrap(), definition);
    }

    #[test]
    fn what_is_left_out_asks_for_nothing() {
        let definition = form(&[]).read(&ViewerZone::default()).unwrap();
        assert_eq!(definition.rules, TournamentRules::default());
    }

    #[test]
    fn each_field_that_is_wrong_is_named_and_its_content_is_not_repeated() {
        let cases: [(&'static str, &str); 17] = [
            ("tournament_id", "two words secret"),
            ("title.en", ""),
            ("starts_at", "secret"),
            ("ends_at", "2026-03-29T20:00"),
            ("operator", "secret"),
            ("ties", "desc desc desc desc"),
            ("reset.cron", "secret"),
            ("join.size_max", "0"),
            ("join.opens_at", "secret"),
            ("attempts_max", "many secret"),
            ("condition.regions", "Germany-secret"),
            ("condition.kyc_at_least", "secret"),
            ("cohorts.tiers", "Bronze | secret"),
            ("prizes", "1 | cup\n1 | secret"),
            ("claim_days", "3"),
            ("cover", "http://secret.example/a.png"),
            ("finish_notice", "secret"),
        ];
        for (field, text) in cases {
            let errors = form(&[(field, text)]).read(&ViewerZone::default()).unwrap_err();
            assert!(errors.iter().any(|error| error.field == field), "{field}: {errors:?}");
            assert!(errors.iter().all(|error| !error.what.contains("secret")), "{errors:?}");
        }
        let several = form(&[("title.en", ""), ("operator", "")]).read(&ViewerZone::default()).unwrap_err();
        assert_eq!(several.len(), 2);
    }

    #[test]
    fn an_error_of_the_rules_finds_its_field() {
        for (named, field) in [
            ("prizes.what", "prizes"),
            ("title", "title.en"),
            ("rules_text", "rules_text.en"),
            ("cohorts.tiers.title", "cohorts.tiers"),
            ("join.size_max", "join.size_max"),
            ("something", "tournament_id"),
        ] {
            assert_eq!(error(named, "is wrong").field, field, "{named}");
        }
    }
}
