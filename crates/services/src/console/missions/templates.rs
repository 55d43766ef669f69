//! What a new mission can begin with, as data.

use std::sync::LazyLock;

use domain::Timestamp;

use super::form::MissionForm;
use crate::console::{
    template::{self, Template},
    zone::ViewerZone,
};

const HOUR_MS: i64 = 3_600_000;

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| template::read(include_str!("templates.json")));

/// Every template.
pub fn all() -> &'static [Template] {
    &TEMPLATES
}

/// The form that the template of an id begins, from the next midnight of the zone on. The mission's id is left to whoever
/// fills it in.
pub fn form(id: &str, zone: &ViewerZone, now: Timestamp) -> Option<MissionForm> {
    let template = all().iter().find(|template| template.id == id)?;
    let starts_at = zone.field(zone.next_at_hour(now, HOUR_MS, template.starts_at_hour));
    Some(MissionForm::new(|name| match name {
        "starts_at" => &starts_at,
        "time_zone" => zone.name(),
        other => template.field(other),
    }))
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
            assert!(template.names().all(|name| FIELDS.contains(&name)), "{}", template.id);
            let form = form(&template.id, &zone, now).unwrap();
            assert_eq!(form.read(&zone).unwrap_err()[0].field, "mission_id", "{}", template.id);
            let named = MissionForm::new(|name| if name == "mission_id" { "m" } else { form.field(name) });
            assert_eq!(named.read(&zone).unwrap().starts_at, "2026-03-28T00:00:00Z".parse().unwrap());
        }
    }
}
