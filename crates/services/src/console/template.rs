//! What something new can begin with: fields of a form that are filled in as far as a kind of it says, as data.

use std::collections::BTreeMap;

use domain::Locale;
use serde::Deserialize;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What stands in addresses.
    pub id: String,
    /// The hour of the day at which it begins, by the clock of whoever makes it.
    #[serde(default)]
    pub(super) starts_at_hour: i8,
    /// How many hours it lasts; 0: until somebody ends it.
    #[serde(default)]
    pub(super) lasts_hours: i64,
    fields: BTreeMap<String, String>,
}

impl Template {
    /// What it is called.
    pub fn title(&self, locale: Locale) -> &str {
        let own = self.fields.get(&format!("title.{}", locale.tag()));
        own.or_else(|| self.fields.get("title.en")).map_or(&self.id, String::as_str)
    }

    /// What it puts into a field.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The fields that it fills in.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }
}

/// The templates of a file that is part of the program. Tests read each: without one there would only be nothing to
/// begin with.
pub(super) fn read(file: &str) -> Vec<Template> {
    serde_json::from_str(file).unwrap_or_default()
}
