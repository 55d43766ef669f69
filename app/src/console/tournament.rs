//! `/console/tournaments/{id}`: one tournament, and what can be done to it.

mod acts;
mod chart;
mod tables;

pub(super) use self::tables::prize;

use domain::{Owner, console::Permission, tournament::steps::Step};
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::{
    form::TournamentForm,
    preview::{Moment, Preview},
    pulse::Pulse,
    sheet::{Sheet, definition_of},
};

pub use self::chart::render_pulse;
use super::{
    frame::{Section, View, page},
    parts::{Again, cell, fact, head, id, panel, when_in, zone_choice},
    tournament_form::labels,
    tournaments::{badge, marks, owner_name, title_of},
};

/// What is shown.
#[derive(Debug)]
pub struct TournamentPageView {
    /// The tournament.
    pub sheet: Sheet,
    /// What goes on in it.
    pub pulse: Pulse,
    /// The end to which it could not be extended.
    pub extend_again: Option<Again>,
}

/// The page.
pub fn render_tournament(view: View<'_>, shown: TournamentPageView) -> String {
    let text = move |key| view.text(key);
    let TournamentPageView { sheet, pulse, extend_again } = shown;
    let title = title_of(&sheet.row.tournament.title, view.locale);
    page(view, Some(Section::Tournaments), &title, || {
        let path = format!("/console/tournaments/{}", sheet.row.tournament.tournament_id);
        let period = sheet.period.period.to_string();
        let zone = zone_choice(view, &path, &[("period", period)]);
        let is_ours = sheet.row.status.owner == Owner::Console;
        let may_edit = view.operator.may(Permission::EditTournaments);
        let edit = (is_ours && may_edit).then(|| {
            let address = view.address(&format!("{path}/edit"), &[]);
            view! { <a class="button" href=address>{text(desk::EDIT)}</a> }
        });
        let foreign = (!is_ours).then(|| view! { <p class="note">{text(desk::PLATFORM_OWNED)}</p> });
        view! {
            <div class="tools">
                <p class="tools__state">
                    {badge(view, sheet.row.status.state)}
                    {marks(view, sheet.row.status.is_frozen, sheet.row.status.rules.is_private)}
                    " "{edit}
                </p>
                {zone}
            </div>
            {foreign}
            <div class="columns">
                <div class="stack">
                    {facts(view, &sheet)}
                    {chart::live(view, &path, &pulse)}
                    {tables::ranks(view, &path, &sheet)}
                </div>
                <div class="stack">
                    {acts::acts(view, &path, &sheet, extend_again.as_ref())}
                    {acts::find(view, &path)}
                    {panel(text(desk::SCHEDULE), schedule(view, &sheet.preview))}
                </div>
            </div>
            {tables::boards(view, &path, &sheet)}
            {tables::periods(view, &path, &sheet)}
            {tables::excluded(view, &path, &sheet)}
            {tables::jobs(view, &sheet)}
            {rules(view, &sheet)}
        }
        .into_any()
    })
}

fn facts(view: View<'_>, sheet: &Sheet) -> AnyView {
    let text = |key| view.text(key);
    let (tournament, status) = (&sheet.row.tournament, &sheet.row.status);
    let facts = vec![
        fact(text(desk::ID), id(tournament.tournament_id.to_string())),
        fact(text(desk::OWNER), text(owner_name(status.owner))),
        fact(text(desk::STARTS), when_in(view, tournament.starts_at)),
        fact(text(desk::ENDS), when_in(view, tournament.ends_at)),
        fact(text(desk::PLAYERS), sheet.effects.players.to_string()),
        fact(text(desk::ENTRIES), sheet.effects.entries.to_string()),
        fact(text(desk::SCORES), sheet.effects.scores.to_string()),
        fact(text(desk::WINNERS), sheet.effects.winners.to_string()),
        fact(text(desk::REVISION), status.revision.to_string()),
    ];
    panel(text(desk::FACTS), view! { <dl class="facts">{facts}</dl> })
}

/// What is to come.
pub(super) fn schedule(view: View<'_>, preview: &Preview) -> AnyView {
    let text = |key| view.text(key);
    if preview.moments.is_empty() {
        return view! { <p class="note">{text(desk::SCHEDULE_NONE)}</p> }.into_any();
    }
    let (step, at) = (text(desk::STEP), text(desk::AT));
    let rows = preview
        .moments
        .iter()
        .map(|moment| {
            let more = (preview.is_cut && moment.step == Step::End)
                .then(|| view! { <p class="hint">{text(desk::SCHEDULE_MORE)}</p> });
            let Moment { step: what, at: when } = *moment;
            view! {
                <tr data-step=format!("{what:?}").to_lowercase()>
                    {cell(step, view! { {more}{text(step_name(what))} })}
                    {cell(at, when_in(view, when))}
                </tr>
            }
        })
        .collect_view();
    view! { <table class="table" data-testid="schedule">{head(&[step, at])}<tbody>{rows}</tbody></table> }
        .into_any()
}

const fn step_name(step: Step) -> Key {
    match step {
        Step::OpenEntry => desk::STEP_OPENS,
        Step::Remind => desk::STEP_REMIND,
        Step::Start => desk::STEP_START,
        Step::Reset => desk::STEP_RESET,
        Step::End => desk::STEP_END,
        Step::Close => desk::STEP_CLOSE,
    }
}

/// The rules as the form has them, without what is not said.
fn rules(view: View<'_>, sheet: &Sheet) -> AnyView {
    let form = TournamentForm::of(&definition_of(&sheet.row), view.zone);
    let said: Vec<AnyView> = labels(view)
        .into_iter()
        .filter_map(|(name, label)| {
            let value = form.field(name).to_owned();
            (!value.is_empty()).then(|| {
                view! { <div class="fact"><dt>{label}</dt><dd class="said">{value}</dd></div> }.into_any()
            })
        })
        .collect();
    panel(view.text(desk::RULES), view! { <dl class="facts">{said}</dl> })
}
