//! The form of a mission: a new one, or one of the console's that is changed; and what would have come of it.

use domain::ErrorCode;
use i18n::keys::desk;
use leptos::prelude::*;
use services::{
    console::{
        missions::{form::MissionForm, save::Changed},
        tournaments::form::FieldError,
    },
    missions::{ACTIVITIES_KEPT_DAYS, dry_run::DryRun},
};

use super::{
    fields::{Fields, Kind, group},
    frame::{Section, View, page},
    parts::{cell, fact, form_key, head, panel, zone_field},
    tournament_form::kyc,
};

/// What is shown.
#[derive(Debug)]
pub struct MissionFormView {
    /// What its fields hold.
    pub form: MissionForm,
    /// What is wrong with them.
    pub errors: Vec<FieldError>,
    /// Why nothing came of it, where that is none of its fields' fault.
    pub failed: Option<ErrorCode>,
    /// Whether it shows again what was sent: the page's script then has nothing to give back.
    pub is_again: bool,
    /// Which mission it changes, as which revision; `None` for a new one.
    pub changes: Option<Changed>,
    /// What would have come of it.
    pub tried: Option<Tried>,
    /// For how many days back it is tried.
    pub days: u32,
}

/// What would have come of a mission.
#[derive(Debug)]
pub struct Tried {
    /// The figures.
    pub run: DryRun,
}

/// The page.
pub fn render_mission_form(view: View<'_>, shown: MissionFormView) -> String {
    let text = move |key| view.text(key);
    let MissionFormView { form, errors, failed, is_again, changes, tried, days } = shown;
    let title = match &changes {
        Some(changed) => changed.mission_id.to_string(),
        None => text(desk::NEW_MISSION).to_owned(),
    };
    page(view, Some(Section::Missions), &title, || {
        let held = |name: &str| form.field(name).to_owned();
        let fields = Fields { view, held: &held, errors: &errors, failed, is_fixed: false };
        let (action, revision) = match &changes {
            Some(Changed { mission_id, revision }) => {
                (format!("/console/missions/{mission_id}/edit"), revision.clone())
            }
            None => ("/console/missions/new".to_owned(), String::new()),
        };
        let tried = tried.map(|tried| figures(view, &tried.run, days));
        view! {
            {fields.verdict()}
            {tried}
            <p class="hint">{desk::f_times(view.catalog(), view.zone.name())}</p>
            <form class="long" method="post" action=action novalidate data-again=is_again.then_some("")>
                {form_key(view.operator)}
                {zone_field(view.zone)}
                <input type="hidden" name="revision" value=revision />
                {groups(view, &fields, changes.is_some())}
                <p class="long__buttons">
                    <button class="button" name="do" value="try">{text(desk::M_TRY)}</button>
                    <label class="inline" for="try-days">{text(desk::M_TRY_DAYS)}</label>
                    <input class="field field--number" id="try-days" name="days_back" type="number" min="1"
                        max=ACTIVITIES_KEPT_DAYS.to_string() value=days.to_string() />
                    <button class="button button--main" name="do" value="save">{text(desk::F_SAVE)}</button>
                </p>
            </form>
        }
        .into_any()
    })
}

fn groups(view: View<'_>, fields: &Fields<'_>, is_change: bool) -> AnyView {
    let text = |key| view.text(key);
    let id = Fields { is_fixed: is_change, ..*fields };
    let field = |name, key, kind, hint| fields.field(name, text(key), kind, hint);
    view! {
        {group(text(desk::F_GROUP_WHAT), vec![
            id.field("mission_id", text(desk::ID), Kind::Text, None),
            fields.texts(["title.en", "title.ru", "title.fr", "title.it"], desk::F_TITLE, Kind::Text),
            fields.texts(
                ["description.en", "description.ru", "description.fr", "description.it"],
                desk::M_DESCRIPTION, Kind::Text,
            ),
        ])}
        {group(text(desk::M_RULE), vec![
            fields.choice("kind", desk::M_KIND, &[
                ("one_off", desk::M_KIND_ONE_OFF),
                ("daily", desk::M_KIND_DAILY),
                ("weekly", desk::M_KIND_WEEKLY),
                ("streak", desk::M_KIND_STREAK),
                ("achievement", desk::M_KIND_ACHIEVEMENT),
            ]),
            field("rule", desk::M_RULE, Kind::Lines, Some(desk::M_RULE_HINT)),
            field("days", desk::M_DAYS, Kind::Number, None),
            field("freezes", desk::M_FREEZES, Kind::Number, None),
            field("tiers", desk::M_TIERS, Kind::Lines, Some(desk::M_TIERS_HINT)),
        ])}
        {group(text(desk::M_REWARD), vec![
            field("reward", desk::M_REWARD, Kind::Text, Some(desk::M_REWARD_HINT)),
            field("claim_within_hours", desk::M_CLAIM, Kind::Number, None),
        ])}
        {group(text(desk::F_GROUP_TIME), vec![
            field("starts_at", desk::STARTS, Kind::Time, None),
            field("ends_at", desk::ENDS, Kind::Time, None),
            field("time_zone", desk::M_ZONE, Kind::Text, None),
        ])}
        {group(text(desk::F_GROUP_JOIN), vec![
            field("after", desk::M_AFTER, Kind::Text, None),
            fields.check("condition.linked", desk::F_LINKED),
            kyc(fields),
            field("condition.regions", desk::F_REGIONS, Kind::Text, Some(desk::F_REGIONS_HINT)),
        ])}
    }
    .into_any()
}

/// What would have come of it.
fn figures(view: View<'_>, run: &DryRun, days: u32) -> AnyView {
    let text = |key| view.text(key);
    let facts = vec![
        fact(text(desk::M_TRY_DAYS), days.to_string()),
        fact(text(desk::M_TRY_COUNTED), run.counted.to_string()),
        fact(text(desk::M_TRY_BEGUN), run.begun.to_string()),
        fact(text(desk::M_TRY_DONE), run.done.to_string()),
    ];
    let names = [desk::M_TIERS, desk::M_TRY_REWARDED].map(text);
    let [tier, rewarded] = names;
    let rows = (1_u64..)
        .zip(&run.rewarded)
        .map(|(number, count)| {
            view! {
                <tr>
                    {cell(tier, desk::m_try_tier(view.catalog(), &number.to_string()))}
                    {cell(rewarded, count.to_string())}
                </tr>
            }
        })
        .collect_view();
    let far = [text(desk::M_TRY_FAR), text(desk::PLAYERS)];
    let [how_far, players] = far;
    let ranges = ["0–24 %", "25–49 %", "50–74 %", "75–99 %", "100 %"];
    let quarters = ranges
        .into_iter()
        .zip(run.farthest)
        .map(|(range, count)| view! { <tr>{cell(how_far, range)}{cell(players, count.to_string())}</tr> })
        .collect_view();
    let cut = run.is_cut.then(|| view! { <p class="flash flash--bad">{text(desk::M_TRY_CUT)}</p> });
    panel(
        text(desk::M_TRY_TITLE),
        view! {
            {cut}
            <dl class="facts" data-testid="tried">{facts}</dl>
            <div class="columns">
                <table class="table" data-testid="far">{head(&far)}<tbody>{quarters}</tbody></table>
                <table class="table">{head(&names)}<tbody>{rows}</tbody></table>
            </div>
            <p class="hint">{text(desk::M_TRY_NOTE)}</p>
        },
    )
}

/// What each part of a mission is called, in the order of its page.
pub(super) fn labels(view: View<'_>) -> Vec<(&'static str, &'static str)> {
    [
        ("mission_id", desk::ID),
        ("description.en", desk::M_DESCRIPTION),
        ("kind", desk::M_KIND),
        ("rule", desk::M_RULE),
        ("days", desk::M_DAYS),
        ("freezes", desk::M_FREEZES),
        ("tiers", desk::M_TIERS),
        ("reward", desk::M_REWARD),
        ("claim_within_hours", desk::M_CLAIM),
        ("starts_at", desk::STARTS),
        ("ends_at", desk::ENDS),
        ("time_zone", desk::M_ZONE),
        ("after", desk::M_AFTER),
        ("condition.linked", desk::F_LINKED),
        ("condition.kyc_at_least", desk::F_KYC),
        ("condition.regions", desk::F_REGIONS),
    ]
    .map(|(name, key)| (name, view.text(key)))
    .to_vec()
}
