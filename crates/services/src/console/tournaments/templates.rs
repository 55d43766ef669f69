//! What a new tournament can begin with: forms that are filled in as far as a kind of tournament says, as data.

use std::sync::LazyLock;

use domain::Timestamp;

use super::form::TournamentForm;
use crate::console::{
    template::{self, Template},
    zone::ViewerZone,
};

const HOUR_MS: i64 = 3_600_000;
/// A new tournament begins at the next such hour that leaves this much time to write and announce it.
const AHEAD_MS: i64 = HOUR_MS;

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| template::read(include_str!("templates.json")));

/// Every template.
pub fn all() -> &'static [Template] {
    &TEMPLATES
}

/// The form that the template of an id begins, with times in a zone and from `now` on. The tournament's id is left to
/// whoever fills it in.
pub fn form(id: &str, zone: &ViewerZone, now: Timestamp) -> Option<TournamentForm> {
    let template = all().iter().find(|template| template.id == id)?;
    let starts_at = zone.next_at_hour(now, AHEAD_MS, template.starts_at_hour);
    let ends_at = starts_at.plus_ms(template.lasts_hours.saturating_mul(HOUR_MS));
    let (starts_at, ends_at) = (zone.field(starts_at), zone.field(ends_at));
    let has_reset = !template.field("reset.cron").is_empty();
    Some(TournamentForm::new(|name| match name {
        "starts_at" => &starts_at,
        "ends_at" => &ends_at,
        // It begins anew by the clock of whoever makes it.
        "reset.zone" if has_reset => zone.name(),
        other => template.field(other),
    }))
}

#[cfg(test)]
mod tests {
    use domain::Locale;

    use super::*;
    use crate::console::tournaments::form::FIELDS;

    #[test]
    fn each_template_needs_an_id_and_nothing_else() {
        let now = "2026-03-27T12:00:00Z".parse().unwrap();
        assert!(all().len() >= 5);
        for zone in ["UTC", "Europe/Rome", "America/New_York"] {
            let zone = ViewerZone::find(zone).unwrap();
            for template in all() {
                assert!(template.names().all(|name| FIELDS.contains(&name)), "{}", template.id);
                let form = form(&template.id, &zone, now).unwrap();
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
    fn a_template_has_a_title_in_each_language_and_no_other_is_there() {
        let league = all().iter().find(|template| template.id == "weekly_league").unwrap();
        assert_eq!(league.title(Locale::Ru), "Недельная лига");
        assert_eq!(form("nothing", &ViewerZone::default(), Timestamp::from_millis(0)), None);
    }
}
