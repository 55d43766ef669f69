//! `/console/missions/{id}`: one mission, and what can be done to it.

use domain::{Owner, Timestamp, console::Permission};
use i18n::keys::desk;
use leptos::prelude::*;
use services::console::missions::{MissionRow, form::MissionForm};

use super::{
    frame::{Section, View, page},
    mission_form::labels,
    missions::{badge, owner_name},
    parts::{fact, panel, sure, zone_choice},
    tournaments::title_of,
};

/// The page. `has_begun`: whether somebody has begun it.
pub fn render_mission(view: View<'_>, row: &MissionRow, has_begun: bool, now: Timestamp) -> String {
    let text = move |key| view.text(key);
    let title = title_of(&row.mission.title, view.locale);
    page(view, Some(Section::Missions), &title, || {
        let path = format!("/console/missions/{}", row.mission.mission_id);
        let is_ours = row.owner == Owner::Console;
        let may_edit = view.operator.may(Permission::EditMissions);
        let edit = (is_ours && may_edit).then(|| {
            let address = view.address(&format!("{path}/edit"), &[]);
            view! { <a class="button" href=address>{text(desk::EDIT)}</a> }
        });
        let foreign = (!is_ours).then(|| view! { <p class="note">{text(desk::M_PLATFORM_OWNED)}</p> });
        let begun = (is_ours && has_begun).then(|| view! { <p class="note">{text(desk::M_BEGUN)}</p> });
        let is_over = row.mission.ends_at.is_some_and(|end| end <= now);
        let act = (may_edit && !is_over).then(|| {
            let (name, title, why) = match row.stopped_at {
                None => ("stop", desk::M_STOP, desk::M_STOP_SURE),
                Some(_) => ("resume", desk::M_RESUME, desk::M_RESUME_SURE),
            };
            let content = view! { <p class="hint">{text(why)}</p> };
            let action = format!("{path}/{name}");
            let form = sure(view, action, text(title), content.into_any(), row.stopped_at.is_none(), None);
            panel(text(desk::ACT), view! { <div class="acts">{form}</div> })
        });
        let form = MissionForm::of(&row.mission, view.zone);
        let mut facts = vec![fact(text(desk::OWNER), text(owner_name(row.owner)))];
        facts.extend(labels(view).into_iter().filter_map(|(name, label)| {
            let value = form.field(name).to_owned();
            (!value.is_empty()).then(|| {
                view! { <div class="fact"><dt>{label}</dt><dd class="said">{value}</dd></div> }.into_any()
            })
        }));
        view! {
            <div class="tools">
                <p class="tools__state">{badge(view, row, now)}" "{edit}</p>
                {zone_choice(view, &path, &[])}
            </div>
            {foreign}
            {begun}
            <div class="columns">
                {panel(text(desk::FACTS), view! { <dl class="facts">{facts}</dl> })}
                {act}
            </div>
        }
        .into_any()
    })
}
