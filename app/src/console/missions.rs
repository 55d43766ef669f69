//! `/console/missions`: every mission.

use domain::{
    Owner, Timestamp,
    console::Permission,
    mission::{Mission, MissionKind},
};
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::missions::{MissionList, MissionRow, templates};

use super::{
    frame::{Section, View, page},
    parts::{begin, cell, dash, head, id, when_in, zone_choice},
    tournaments::title_of,
};

/// What is shown.
#[derive(Debug)]
pub struct MissionsView {
    /// The missions.
    pub list: MissionList,
    /// Whether those that are over are shown too.
    pub all: bool,
    /// Whether earlier ones stand on a page before.
    pub is_later_page: bool,
}

const PATH: &str = "/console/missions";

/// The page.
pub fn render_missions(view: View<'_>, shown: MissionsView) -> String {
    let text = move |key| view.text(key);
    page(view, Some(Section::Missions), text(desk::NAV_MISSIONS), || {
        let MissionsView { list, all, is_later_page } = shown;
        let all = if all { "1" } else { "" };
        let next = list.next.as_ref().map(|after| {
            let address = view.address(PATH, &[("all", all), ("after", after.as_str())]);
            view! { <a class="button" rel="next" href=address>{text(desk::OLDER)}</a> }
        });
        let first = is_later_page.then(|| {
            view! { <a class="button" href=view.address(PATH, &[("all", all)])>{text(desk::FIRST)}</a> }
        });
        let new = view
            .operator
            .may(Permission::EditMissions)
            .then(|| begin(view, "/console/missions/new", templates::all(), desk::NEW_MISSION));
        let table = if list.rows.is_empty() {
            view! { <p class="note">{text(desk::NONE)}</p> }.into_any()
        } else {
            table(view, list)
        };
        view! {
            <div class="tools">
                <form class="zone" method="get" action=PATH>
                    <input type="hidden" name="zone" value=view.zone.name().to_owned() />
                    <label><input type="checkbox" name="all" value="1" checked=!all.is_empty() />" "{text(desk::M_ALL)}</label>
                    <button class="button button--small">{text(desk::FILTER)}</button>
                </form>
                {zone_choice(view, PATH, &[("all", all.to_owned())])}
            </div>
            {new}
            {table}
            <p class="pager">{first}{next}</p>
        }
        .into_any()
    })
}

fn table(view: View<'_>, list: MissionList) -> AnyView {
    let names = [desk::TITLE, desk::ID, desk::M_KIND, desk::STATE, desk::OWNER, desk::STARTS, desk::ENDS]
        .map(|key| view.text(key));
    let [title, key, kind, state, owner, starts, ends] = names;
    let now = list.now;
    let rows = list
        .rows
        .into_iter()
        .map(|row| {
            let badge = badge(view, &row, now);
            let Mission { mission_id, title: name, kind: how, starts_at, ends_at, .. } = row.mission;
            let path = view.address(&format!("{PATH}/{mission_id}"), &[]);
            view! {
                <tr>
                    {cell(title, view! { <a href=path><b>{title_of(&name, view.locale)}</b></a> })}
                    {cell(key, id(mission_id.to_string()))}
                    {cell(kind, view.text(kind_name(how)))}
                    {cell(state, badge)}
                    {cell(owner, view.text(owner_name(row.owner)))}
                    {cell(starts, when_in(view, starts_at))}
                    {cell(ends, ends_at.map_or_else(dash, |at| when_in(view, at)))}
                </tr>
            }
        })
        .collect_view();
    view! { <table class="table">{head(&names)}<tbody>{rows}</tbody></table> }.into_any()
}

/// Where a mission stands, as a mark.
pub(super) fn badge(view: View<'_>, row: &MissionRow, now: Timestamp) -> AnyView {
    let (class, key) = if row.mission.ends_at.is_some_and(|end| end <= now) {
        ("badge", desk::M_STATE_OVER)
    } else if row.stopped_at.is_some() {
        ("badge badge--bad", desk::M_STATE_STOPPED)
    } else if row.mission.starts_at > now {
        ("badge", desk::M_STATE_UPCOMING)
    } else {
        ("badge badge--good", desk::M_STATE_RUNNING)
    };
    view! { <span class=class>{view.text(key)}</span> }.into_any()
}

/// What a kind is called.
pub(super) const fn kind_name(kind: MissionKind) -> Key {
    match kind {
        MissionKind::OneOff => desk::M_KIND_ONE_OFF,
        MissionKind::Daily => desk::M_KIND_DAILY,
        MissionKind::Weekly => desk::M_KIND_WEEKLY,
        MissionKind::Streak => desk::M_KIND_STREAK,
        MissionKind::Achievement => desk::M_KIND_ACHIEVEMENT,
    }
}

/// What an owner is called.
pub(super) const fn owner_name(owner: Owner) -> Key {
    match owner {
        Owner::Platform => desk::OWNER_PLATFORM,
        Owner::Console => desk::OWNER_CONSOLE,
    }
}
