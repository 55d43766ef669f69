//! What a new tournament can begin with: forms that are filled in as far as a kind of tournament says, as data.

use std::{collections::BTreeMap, sync::LazyLock};

use domain::{Locale, Timestamp};
use serde::Deserialize;

use super::form::TournamentForm;
use crate::console::zone::ViewerZone;

const HOUR_MS: i64 = 3_600_000;
/// A new tournament begins at the next such hour that leaves this much time to write and announce it.
const AHEAD_MS: i64 = HOUR_MS;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What stands in addresses.
    pub id: String,
    starts_at_hour: i8,
    lasts_hours: i64,
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

    /// The form that it begins, with times in a zone and from `now` on. The id is left to whoever fills it in.
    pub fn form(&self, zone: &ViewerZone, now: Timestamp) -> TournamentForm {
        let starts_at = zone.next_at_hour(now, AHEAD_MS, self.starts_at_hour);
        let ends_at = starts_at.plus_ms(self.lasts_hours.saturating_mul(HOUR_MS));
        let (starts_at, ends_at) = (zone.field(starts_at), zone.field(ends_at));
        let has_reset = self.fields.contains_key("reset.cron");
        TournamentForm::new(|name| match name {
            "starts_at" => &starts_at,
            "ends_at" => &ends_at,
            // It begins anew by the clock of whoever makes it.
            "reset.zone" if has_reset => zone.name(),
            other => self.fields.get(other).map(String::as_str).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::tournaments::form::FIELDS;

    #[test]
    fn each_template_needs_an_id_and_nothing_else() {
        let now = "2026-03-27T12:00:00Z".parse().unwrap();
        assert!(all().len() >= 5);
        for zone in ["UTC", "Europe/Rome", "America/New_York"] {
            let zone = ViewerZone::find(zone).unwrap();
            for template in all() {
                assert!(
                    template.fields.keys().all(|name| FIELDS.contains(&name.as_str())),
                    "{}",
                    template.id
                );
                let form = template.form(&zone, now);
                let errors = form.read(&zone).unwrap_err();
                assert_eq!(errors.len(), 1, "{}: {errors:?}", template.id);
                assert_eq!(errors[0].field, "tournament_id");
                let named = TournamentForm::new(|name| match name {
                    "tournament_id" => "cup",
                    other => form.field(other),
                });
                let definition = named.read(&zone).unwrap();
                assert!(definition.tournament.starts_at >= now.plus_ms(AHEAD_MS), "{}", template.id);
            }
        }
    }

    #[test]
    fn a_template_is_found_by_its_id() {
        assert_eq!(find("weekly_league").unwrap().title(Locale::Ru), "Недельная лига");
        assert!(find("nothing").is_none());
    }
}
