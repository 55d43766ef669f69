//! The form of a tournament: a new one, or one of the console's that is changed; with a preview of what it will do.

use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::{
    form::{FieldError, TournamentForm},
    preview::Preview,
};

use super::{
    fields::{Fields, Kind, group},
    frame::{Section, View, page},
    parts::{form_key, panel, zone_field},
    tournament::schedule,
};

/// What is shown.
#[derive(Debug)]
pub struct TournamentFormView {
    /// What its fields hold.
    pub form: TournamentForm,
    /// What is wrong with them.
    pub errors: Vec<FieldError>,
    /// Which tournament it changes, as which revision, and whether that is a draft; `None` for a new one.
    pub changes: Option<(String, u64, bool)>,
    /// What it would do.
    pub preview: Option<Preview>,
}

/// The page.
pub fn render_tournament_form(view: View<'_>, shown: TournamentFormView) -> String {
    let text = move |key| view.text(key);
    let TournamentFormView { form, errors, changes, preview } = shown;
    let title = match &changes {
        Some((id, ..)) => id.clone(),
        None => text(desk::NEW_TOURNAMENT).to_owned(),
    };
    page(view, Some(Section::Tournaments), &title, || {
        let held = |name: &str| form.field(name).to_owned();
        let fields = Fields { view, held: &held, errors: &errors, is_fixed: false };
        let verdict = fields.verdict();
        let (action, revision) = match &changes {
            Some((id, revision, _)) => (format!("/console/tournaments/{id}/edit"), revision.to_string()),
            None => ("/console/tournaments/new".to_owned(), String::new()),
        };
        let preview = preview.map(|preview| panel(text(desk::SCHEDULE), schedule(view, &preview)));
        let is_published = changes.as_ref().is_some_and(|(.., is_draft)| !is_draft);
        let save = |wish: &'static str, key: Key, class: &'static str| {
            view! { <button class=class name="do" value=wish>{text(key)}</button> }.into_any()
        };
        let saves = if is_published {
            vec![save("publish", desk::F_SAVE, "button button--main")]
        } else {
            vec![
                save("draft", desk::F_DRAFT, "button"),
                save("publish", desk::F_PUBLISH, "button button--main"),
            ]
        };
        view! {
            {verdict}
            {preview}
            <p class="hint">{desk::f_times(view.catalog(), view.zone.name())}</p>
            <form class="long" method="post" action=action novalidate>
                {form_key(view.operator)}
                {zone_field(view.zone)}
                <input type="hidden" name="revision" value=revision />
                {groups(view, &fields, changes.is_some())}
                <p class="long__buttons">
                    {save("preview", desk::F_PREVIEW, "button")}
                    {saves}
                </p>
            </form>
        }
        .into_any()
    })
}

fn groups(view: View<'_>, fields: &Fields<'_>, is_change: bool) -> AnyView {
    let text = |key| view.text(key);
    // The id is what a change goes by: it can't be one of the things that change.
    let id = Fields { is_fixed: is_change, ..*fields };
    let field = |name, key, kind, hint| fields.field(name, text(key), kind, hint);
    view! {
        {group(text(desk::F_GROUP_WHAT), vec![
            id.field("tournament_id", text(desk::ID), Kind::Text, None),
            fields.texts(["title.en", "title.ru", "title.fr", "title.it"], desk::F_TITLE, Kind::Text),
            fields.check("is_private", desk::F_PRIVATE),
        ])}
        {group(text(desk::F_GROUP_TIME), vec![
            field("starts_at", desk::STARTS, Kind::Time, None),
            field("ends_at", desk::ENDS, Kind::Time, None),
            field("reset.cron", desk::F_CRON, Kind::Text, Some(desk::F_CRON_HINT)),
            field("reset.zone", desk::F_CRON_ZONE, Kind::Text, None),
        ])}
        {group(text(desk::F_GROUP_RANKING), vec![
            fields.choice("operator", desk::F_OPERATOR, &[
                ("best", desk::F_OPERATOR_BEST),
                ("sum", desk::F_OPERATOR_SUM),
                ("latest", desk::F_OPERATOR_LATEST),
                ("count", desk::F_OPERATOR_COUNT),
            ]),
            fields.choice("order", desk::F_ORDER, &[("desc", desk::F_ORDER_DESC), ("asc", desk::F_ORDER_ASC)]),
            field("ties", desk::F_TIES, Kind::Text, Some(desk::F_TIES_HINT)),
            field("attempts_max", desk::F_ATTEMPTS, Kind::Number, None),
        ])}
        {group(text(desk::F_GROUP_JOIN), vec![
            fields.check("join.required", desk::F_REQUIRED),
            field("join.opens_at", desk::F_OPENS, Kind::Time, None),
            field("join.closes_at", desk::F_CLOSES, Kind::Time, None),
            field("join.size_max", desk::F_SIZE, Kind::Number, None),
            field("join.entries_max", desk::F_ENTRIES, Kind::Number, None),
            fields.check("condition.linked", desk::F_LINKED),
            kyc(fields),
            field("condition.regions", desk::F_REGIONS, Kind::Text, Some(desk::F_REGIONS_HINT)),
        ])}
        {group(text(desk::F_GROUP_COHORTS), vec![
            field("cohorts.size", desk::F_COHORT, Kind::Number, None),
            field("cohorts.tiers", desk::F_TIERS, Kind::Lines, Some(desk::F_TIERS_HINT)),
        ])}
        {group(text(desk::F_GROUP_PRIZES), vec![
            field("prizes", desk::F_PRIZES, Kind::Lines, Some(desk::F_PRIZES_HINT)),
            fields.choice("rewards", desk::F_REWARDS, &[
                ("automatic", desk::F_REWARDS_AUTOMATIC),
                ("claim", desk::F_REWARDS_CLAIM),
            ]),
            field("claim_days", desk::F_CLAIM_DAYS, Kind::Number, None),
            fields.choice("finish_notice", desk::F_NOTICE, &[
                ("winners", desk::F_NOTICE_WINNERS),
                ("everyone", desk::F_NOTICE_EVERYONE),
                ("nobody", desk::F_NOTICE_NOBODY),
            ]),
        ])}
        {group(text(desk::F_GROUP_TEXTS), vec![
            fields.texts(
                ["rules_text.en", "rules_text.ru", "rules_text.fr", "rules_text.it"], desk::F_TEXT, Kind::Lines,
            ),
            field("cover", desk::F_COVER, Kind::Text, Some(desk::F_COVER_HINT)),
        ])}
    }
    .into_any()
}

/// How far players must be identified: of tournaments and of missions.
pub(super) fn kyc(fields: &Fields<'_>) -> AnyView {
    let levels = [("none", desk::F_KYC_NONE), ("basic", desk::F_KYC_BASIC), ("full", desk::F_KYC_FULL)];
    fields.choice("condition.kyc_at_least", desk::F_KYC, &levels)
}

/// What each rule is called, in the order of a tournament's page.
pub(super) fn labels(view: View<'_>) -> Vec<(&'static str, &'static str)> {
    [
        ("operator", desk::F_OPERATOR),
        ("order", desk::F_ORDER),
        ("ties", desk::F_TIES),
        ("attempts_max", desk::F_ATTEMPTS),
        ("reset.cron", desk::F_CRON),
        ("reset.zone", desk::F_CRON_ZONE),
        ("join.required", desk::F_REQUIRED),
        ("join.opens_at", desk::F_OPENS),
        ("join.closes_at", desk::F_CLOSES),
        ("join.size_max", desk::F_SIZE),
        ("join.entries_max", desk::F_ENTRIES),
        ("condition.linked", desk::F_LINKED),
        ("condition.kyc_at_least", desk::F_KYC),
        ("condition.regions", desk::F_REGIONS),
        ("cohorts.size", desk::F_COHORT),
        ("cohorts.tiers", desk::F_TIERS),
        ("prizes", desk::F_PRIZES),
        ("rewards", desk::F_REWARDS),
        ("claim_days", desk::F_CLAIM_DAYS),
        ("finish_notice", desk::F_NOTICE),
        ("is_private", desk::F_PRIVATE),
        ("rules_text.en", desk::F_TEXT),
        ("cover", desk::F_COVER),
    ]
    .map(|(name, key)| (name, view.text(key)))
    .to_vec()
}
