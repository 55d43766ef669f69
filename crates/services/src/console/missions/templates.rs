//! What a new mission can begin with, as data.

use std::{collections::BTreeMap, sync::LazyLock};

use domain::{Locale, Timestamp};
use serde::Deserialize;

use super::form::MissionForm;
use crate::console::zone::ViewerZone;

const HOUR_MS: i64 = 3_600_000;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What stands in addresses.
    pub id: String,
    fields: BTreeMap<String, String>,
}

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    // A test reads the file; without it there would only be nothing to begin with.
    serde_json::from_str(include_str!("templates.json")).unwrap_or_default()
});

/// Every template.
pub fn all() -> &'static [Template] {
    &TEMPLATES
}

/// The template of an id.
pub fn find(id: &str) -> Option<&'static Template> {
    all().iter().find(|template| template.id == id)
}

impl Template {
    /// What it is called.
    pub fn title(&self, locale: Locale) -> &str {
        let own = self.fields.get(&format!("title.{}", locale.tag()));
        own.or_else(|| self.fields.get("title.en")).map_or(&self.id, String::as_str)
    }

    /// The form that it begins: from the next midnight of the zone on. The id is left to whoever fills it in.
    pub fn form(&self, zone: &ViewerZone, now: Timestamp) -> MissionForm {
        let starts_at = zone.field(zone.next_at_hour(now, HOUR_MS, 0));
        MissionForm::new(|name| match name {
            "starts_at" => &starts_at,
            "time_zone" => zone.name(),
            other => self.fields.get(other).map(String::as_str).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::missions::form::FIELDS;

    #[test]
    fn each_template_needs_an_id_and_nothing_else() {
        let (zone, now) = (ViewerZone::default(), "2026-03-27T12:00:00Z".parse().unwrap());
        assert!(all().len() >= 6);
        for template in all() {
            assert!(template.fields.keys().all(|name| FIELDS.contains(&name.as_str())), "{}", template.id);
            let form = template.form(&zone, now);
            assert_eq!(form.read(&zone).unwrap_err()[0].field, "mission_id", "{}", template.id);
            let named = MissionForm::new(|name| if name == "mission_id" { "m" } else { form.field(name) });
            assert_eq!(named.read(&zone).unwrap().starts_at, "2026-03-28T00:00:00Z".parse().unwrap());
        }
    }
}
