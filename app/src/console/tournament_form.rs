//! The form of a tournament: a new one, or one of the console's that is changed; with a preview of what it will do.

use domain::ErrorCode;
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::{
    dry_run::{DryRun, PLAYERS_MAX},
    form::{FieldError, TournamentForm},
    preview::Preview,
};

use super::{
    fields::{Fields, Kind, group},
    frame::{Section, View, page},
    parts::{cell, fact, form_key, head, or_dash, panel, zone_field},
    tournament::{prize, schedule},
};

/// What is shown.
#[derive(Debug)]
pub struct TournamentFormView {
    /// What its fields hold.
    pub form: TournamentForm,
    /// What is wrong with them.
    pub errors: Vec<FieldError>,
    /// Why nothing came of it, where that is none of its fields' fault.
    pub failed: Option<ErrorCode>,
    /// Whether it shows again what was sent: the page's script then has nothing to give back.
    pub is_again: bool,
    /// Which tournament it changes, as which revision, and whether that is a draft; `None` for a new one.
    pub changes: Option<(String, u64, bool)>,
    /// What it would do.
    pub preview: Option<Preview>,
    /// What it would have come to, and `Some(None)` when there is no such board.
    pub tried: Option<Option<DryRun>>,
    /// The board on which it is tried.
    pub tried_on: String,
}

/// The page.
pub fn render_tournament_form(view: View<'_>, shown: TournamentFormView) -> String {
    let text = move |key| view.text(key);
    let TournamentFormView { form, errors, failed, is_again, changes, preview, tried, tried_on } = shown;
    let title = match &changes {
        Some((id, ..)) => id.clone(),
        None => text(desk::NEW_TOURNAMENT).to_owned(),
    };
    page(view, Some(Section::Tournaments), &title, || {
        let held = |name: &str| form.field(name).to_owned();
        let fields = Fields { view, held: &held, errors: &errors, failed, is_fixed: false };
        let verdict = fields.verdict();
        let (action, revision) = match &changes {
            Some((id, revision, _)) => (format!("/console/tournaments/{id}/edit"), revision.to_string()),
            None => ("/console/tournaments/new".to_owned(), String::new()),
        };
        let preview = preview.map(|preview| panel(text(desk::SCHEDULE), schedule(view, &preview)));
        let tried = tried.map(|run| figures(view, run.as_ref(), &tried_on));
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
            {tried}
            <p class="hint">{desk::f_times(view.catalog(), view.zone.name())}</p>
            <form class="long" method="post" action=action novalidate data-again=is_again.then_some("")>
                {form_key(view.operator)}
                {zone_field(view.zone)}
                <input type="hidden" name="revision" value=revision />
                {groups(view, &fields, changes.is_some())}
                <p class="long__buttons">
                    {save("preview", desk::F_PREVIEW, "button")}
                    {save("try", desk::T_TRY, "button")}
                    <label class="inline" for="try-on">{text(desk::T_TRY_ON)}</label>
                    <input class="field" id="try-on" name="try_on" value=tried_on placeholder="winter-cup.3"
                        autocomplete="off" maxlength="96" />
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

/// What it would have come to.
fn figures(view: View<'_>, run: Option<&DryRun>, on: &str) -> AnyView {
    let text = |key| view.text(key);
    let Some(run) = run else {
        return panel(
            text(desk::T_TRY_TITLE),
            view! { <p class="flash flash--bad" role="alert">{text(desk::T_TRY_NO_BOARD)}</p> },
        );
    };
    let facts = vec![
        fact(text(desk::T_TRY_ON), on.to_owned()),
        fact(text(desk::PLAYERS), run.players.to_string()),
        fact(text(desk::T_TRY_SCORES), run.scores.to_string()),
        fact(text(desk::T_TRY_BEYOND), run.beyond.to_string()),
        fact(text(desk::T_TRY_WINNERS), run.winners.to_string()),
    ];
    let names = [desk::RANK, desk::T_TRY_WAS, desk::PLAYER, desk::SCORE, desk::PRIZE].map(text);
    let [rank, was, player, score, won] = names;
    let rows = run
        .rows
        .iter()
        .map(|row| {
            view! {
                <tr>
                    {cell(rank, row.rank.to_string())}
                    {cell(was, or_dash(row.was.map(|rank| rank.to_string())))}
                    {cell(player, row.alias.clone())}
                    {cell(score, row.key.score.points().to_string())}
                    {cell(won, or_dash(row.prize.as_ref().map(|what| prize(what, view.locale))))}
                </tr>
            }
        })
        .collect_view();
    let cut = run.is_cut.then(|| {
        view! { <p class="flash flash--bad">{desk::t_try_cut(view.catalog(), &PLAYERS_MAX.to_string())}</p> }
    });
    panel(
        text(desk::T_TRY_TITLE),
        view! {
            {cut}
            <dl class="facts" data-testid="tried">{facts}</dl>
            <table class="table" data-testid="tried-ranks">{head(&names)}<tbody>{rows}</tbody></table>
            <p class="hint">{text(desk::T_TRY_NOTE)}</p>
        },
    )
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
