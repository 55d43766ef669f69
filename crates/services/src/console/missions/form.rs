//! A mission as a form. The rule is data and is written as such, in JSON; all else has a field of its own.

use std::collections::BTreeMap;

use domain::{Locale, MissionId, mission::Mission};
use serde_json::{Map, Value, json};

use crate::{
    console::{
        tournaments::{
            form::{FIELD_CHARS_MAX, FieldError, was},
            lines,
        },
        zone::ViewerZone,
    },
    missions,
};

/// Every field, in the order of the page.
pub const FIELDS: &[&str] = &[
    "mission_id",
    "title.en",
    "title.ru",
    "title.fr",
    "title.it",
    "description.en",
    "description.ru",
    "description.fr",
    "description.it",
    "kind",
    "rule",
    "days",
    "freezes",
    "tiers",
    "reward",
    "after",
    "starts_at",
    "ends_at",
    "claim_within_hours",
    "time_zone",
    "condition.linked",
    "condition.kyc_at_least",
    "condition.regions",
];

/// The fields for times.
const TIMES: &[&str] = &["starts_at", "ends_at"];

/// What an operator has typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MissionForm(BTreeMap<&'static str, String>);

impl MissionForm {
    /// A form of what `of` says each field holds.
    pub fn new<'a>(of: impl Fn(&str) -> &'a str) -> Self {
        let held = |name: &&'static str| {
            let text: String = of(name).trim().chars().take(FIELD_CHARS_MAX).collect();
            (!text.is_empty()).then_some((*name, text))
        };
        let kept: Vec<&'static str> = TIMES.iter().map(|name| was(name)).collect();
        Self(FIELDS.iter().chain(&kept).filter_map(held).collect())
    }

    /// What a field holds.
    pub fn field(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The form of a mission, with times in a zone.
    pub fn of(mission: &Mission, zone: &ViewerZone) -> Self {
        let value = serde_json::to_value(mission).unwrap_or_default();
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for name in ["mission_id", "kind", "time_zone"] {
            texts.insert(name.to_owned(), value[name].as_str().unwrap_or_default().to_owned());
        }
        for name in ["days", "freezes", "claim_within_hours"] {
            texts.insert(name.to_owned(), value[name].as_u64().map(|it| it.to_string()).unwrap_or_default());
        }
        for name in ["title", "description"] {
            for locale in Locale::ALL {
                let text = value[name][locale.tag()].as_str().unwrap_or_default();
                texts.insert(format!("{name}.{}", locale.tag()), text.to_owned());
            }
        }
        for (name, at) in [("starts_at", Some(mission.starts_at)), ("ends_at", mission.ends_at)] {
            texts.insert(name.to_owned(), at.map(|at| zone.field(at)).unwrap_or_default());
            texts.insert(was(name).to_owned(), at.map(|at| at.to_string()).unwrap_or_default());
        }
        let condition = &mission.condition;
        texts.extend(
            [
                ("rule", serde_json::to_string_pretty(&value["rule"]).unwrap_or_default()),
                ("reward", mission.reward.as_ref().map(lines::write_prize_line).unwrap_or_default()),
                ("tiers", lines::write_steps(&mission.tiers)),
                ("after", mission.after.iter().map(MissionId::as_str).collect::<Vec<_>>().join(" ")),
                ("condition.linked", if condition.linked { "on" } else { "" }.to_owned()),
                ("condition.kyc_at_least", condition.kyc_at_least.as_str().to_owned()),
                ("condition.regions", condition.regions.join(" ")),
            ]
            .map(|(name, text)| (name.to_owned(), text)),
        );
        Self::new(|name| texts.get(name).map(String::as_str).unwrap_or_default())
    }

    /// Reads the form, and checks what it says by itself.
    ///
    /// # Errors
    /// The fields that are wrong.
    pub fn read(&self, zone: &ViewerZone) -> Result<Mission, Vec<FieldError>> {
        let mut errors = Vec::new();
        let value = self.to_json(zone, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        missions::read(&value.to_string()).map_err(|invalid| vec![at_its_field(&invalid.0)])
    }

    fn to_json(&self, zone: &ViewerZone, errors: &mut Vec<FieldError>) -> Value {
        let mut all = Map::new();
        for name in ["mission_id", "kind", "time_zone"] {
            let text = self.field(name);
            if !text.is_empty() {
                all.insert(name.to_owned(), json!(text));
            }
        }
        for name in ["days", "freezes", "claim_within_hours"] {
            match (self.field(name), self.field(name).parse::<u32>()) {
                ("", _) => {}
                (_, Ok(number)) => drop(all.insert(name.to_owned(), json!(number))),
                (_, Err(_)) => errors.push(error(name, "must be a whole number")),
            }
        }
        for name in TIMES.iter().copied() {
            match (self.field(name), zone.parse_kept(self.field(name), self.field(was(name)))) {
                ("", _) => {}
                (_, Some(at)) => drop(all.insert(name.to_owned(), json!(at))),
                (_, None) => errors.push(error(name, "must be a date and a time")),
            }
        }
        for name in ["title", "description"] {
            let texts = self.texts(name);
            if !texts.is_empty() {
                all.insert(name.to_owned(), Value::Object(texts));
            }
        }
        match serde_json::from_str::<Value>(self.field("rule")) {
            Ok(rule @ Value::Object(_)) => drop(all.insert("rule".to_owned(), rule)),
            _ => errors
                .push(error("rule", "must be an object in JSON, such as {\"event\":\"bet\",\"target\":3}")),
        }
        if !self.field("reward").is_empty() {
            match lines::read_prize_line(self.field("reward")) {
                Ok(prize) => drop(all.insert("reward".to_owned(), json!(prize))),
                Err(what) => errors.push(error("reward", what)),
            }
        }
        match lines::read_steps(self.field("tiers")) {
            Ok(tiers) if tiers.is_empty() => {}
            Ok(tiers) => drop(all.insert("tiers".to_owned(), json!(tiers))),
            Err((line, what)) => errors.push(FieldError { line: Some(line), ..error("tiers", what) }),
        }
        let words = |name: &str| -> Vec<String> {
            let words = self.field(name).split([' ', ',', '\n', '\r', '\t']);
            words.filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
        };
        let level = match self.field("condition.kyc_at_least") {
            "" => "none",
            level => level,
        };
        all.insert("after".to_owned(), json!(words("after")));
        all.insert(
            "condition".to_owned(),
            json!({
                "linked": self.field("condition.linked") == "on",
                "kyc_at_least": level,
                "regions": words("condition.regions"),
            }),
        );
        Value::Object(all)
    }

    fn texts(&self, name: &str) -> Map<String, Value> {
        let text = |locale: &Locale| {
            let text = self.field(&format!("{name}.{}", locale.tag()));
            (!text.is_empty()).then(|| (locale.tag().to_owned(), json!(text)))
        };
        Locale::ALL.iter().filter_map(text).collect()
    }
}

/// An error at the field that a path names, or is a part of.
fn error(path: &str, what: impl Into<String>) -> FieldError {
    let is_at = |field: &&&str| path == **field || path.starts_with(&format!("{field}."));
    let is_in = |field: &&&str| path.starts_with(&format!("{field}["));
    let part = |field: &&&str| field.starts_with(&format!("{path}."));
    let found = FIELDS.iter().find(is_at).or(FIELDS.iter().find(is_in)).or(FIELDS.iter().find(part));
    let field = found.copied().unwrap_or("mission_id");
    FieldError { field, what: what.into(), ..FieldError::default() }
}

/// A refusal that begins with the path of its field; the whole of it where it names several.
pub(super) fn at_its_field(detail: &str) -> FieldError {
    let (path, what) = detail.split_once(' ').unwrap_or((detail, "is not right"));
    if let Some(first) = path.strip_suffix(',') {
        return error(first, detail);
    }
    let found = error(path, what);
    // The rule is one field, and says which part of it is meant.
    let is_deeper = path.len() > found.field.len() && path.starts_with(found.field);
    FieldError { part: is_deeper.then(|| path.to_owned()), ..found }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(more: &[(&str, &str)]) -> MissionForm {
        MissionForm::new(|name| {
            let own = more.iter().find(|(field, _)| *field == name).map(|(_, text)| *text);
            own.unwrap_or(match name {
                "mission_id" => "three_bets",
                "title.en" => "Three bets",
                "kind" => "daily",
                "rule" => r#"{"event":"bet","target":3}"#,
                "reward" => "free_spins | 5",
                "starts_at" => "2026-03-29T20:00",
                "time_zone" => "Europe/Rome",
                _ => "",
            })
        })
    }

    #[test]
    fn a_form_is_read_in_the_zone_of_whoever_fills_it_in_and_means_the_same_in_another() {
        let rome = ViewerZone::find("Europe/Rome").unwrap();
        let full = form(&[
            ("description.ru", "Три ставки за день"),
            ("ends_at", "2026-05-01T00:00"),
            ("claim_within_hours", "48"),
            ("after", "first, second"),
            ("condition.linked", "on"),
            ("condition.regions", "IT"),
        ]);
        let mission = full.read(&rome).unwrap();
        assert_eq!(mission.starts_at, "2026-03-29T18:00:00Z".parse().unwrap());
        assert_eq!(mission.after.len(), 2);
        for zone in [rome, ViewerZone::default()] {
            assert_eq!(MissionForm::of(&mission, &zone).read(&zone).unwrap(), mission);
        }
        let achievement = form(&[
            ("kind", "achievement"),
            ("rule", r#"{"event":"bet"}"#),
            ("reward", ""),
            ("tiers", "10 | bronze\n100 | cash | 5 EUR | Gold"),
        ]);
        let mission = achievement.read(&ViewerZone::default()).unwrap();
        assert_eq!(mission.tiers.len(), 2);
        assert_eq!(
            MissionForm::of(&mission, &ViewerZone::default()).field("tiers"),
            "10 | bronze\n100 | cash | 5 EUR | Gold"
        );
    }

    #[test]
    fn the_field_that_is_wrong_is_named_and_its_content_is_not_repeated() {
        for (field, text) in [
            ("mission_id", "two words secret"),
            ("title.en", ""),
            ("kind", "secret"),
            ("rule", "secret"),
            ("rule", r#"{"event":"bet","target":"secret"}"#),
            ("days", "secret"),
            ("days", "3"),
            ("tiers", "secret | a"),
            ("reward", ""),
            ("reward", "two words secret"),
            ("starts_at", "secret"),
            ("ends_at", "2026-03-29T19:00"),
            ("time_zone", "Europe/Secret"),
            ("condition.kyc_at_least", "secret"),
            ("claim_within_hours", "0"),
        ] {
            let errors = form(&[(field, text)]).read(&ViewerZone::default()).unwrap_err();
            assert_eq!(errors[0].field, field, "{text}: {errors:?}");
            assert!(errors.iter().all(|error| !error.what.contains("ecret")), "{errors:?}");
        }
    }
}
