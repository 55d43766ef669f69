//! `/console/tournaments`: every tournament, drafts included.

use domain::{Locale, Owner, console::Permission, tournament::lifecycle::State};
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::{QUERY_CHARS_MAX, TournamentList, TournamentSearch, templates};

use super::{
    frame::{Section, View, page},
    parts::{begin, cell, head, id, when_in, zone_choice},
};

/// What is shown.
#[derive(Debug)]
pub struct TournamentsView {
    /// What was asked for.
    pub search: TournamentSearch,
    /// Whether earlier ones stand on a page before.
    pub is_later_page: bool,
    /// The tournaments.
    pub list: TournamentList,
}

const PATH: &str = "/console/tournaments";

/// The page.
pub fn render_tournaments(view: View<'_>, shown: TournamentsView) -> String {
    let text = move |key| view.text(key);
    page(view, Some(Section::Tournaments), text(desk::NAV_TOURNAMENTS), || {
        let TournamentsView { search, is_later_page, list } = shown;
        let state = search.state.map_or("", State::as_str);
        let owner = search.owner.map_or("", Owner::as_str);
        let address = |after: &str| {
            view.address(PATH, &[("q", &search.text), ("state", state), ("owner", owner), ("after", after)])
        };
        let next = list.next.as_deref().map(|after| {
            view! { <a class="button" rel="next" href=address(after)>{text(desk::OLDER)}</a> }
        });
        let first =
            is_later_page.then(|| view! { <a class="button" href=address("")>{text(desk::FIRST)}</a> });
        let kept = [("q", search.text.clone()), ("state", state.to_owned()), ("owner", owner.to_owned())];
        let zone = zone_choice(view, PATH, &kept);
        let new = view
            .operator
            .may(Permission::EditTournaments)
            .then(|| begin(view, "/console/tournaments/new", templates::all(), desk::NEW_TOURNAMENT));
        let table = if list.rows.is_empty() {
            view! { <p class="note">{text(desk::NONE)}</p> }.into_any()
        } else {
            table(view, list)
        };
        view! {
            <div class="tools">
                {filter(view, &search)}
                {zone}
            </div>
            {new}
            {table}
            <p class="pager">{first}{next}</p>
        }
        .into_any()
    })
}

fn filter(view: View<'_>, search: &TournamentSearch) -> AnyView {
    let text = |key| view.text(key);
    let states = State::ALL
        .into_iter()
        .map(|one| {
            let is_chosen = search.state == Some(one);
            view! { <option value=one.as_str() selected=is_chosen>{text(state_name(one))}</option> }
        })
        .collect_view();
    let owners = Owner::ALL
        .into_iter()
        .map(|one| {
            let is_chosen = search.owner == Some(one);
            view! { <option value=one.as_str() selected=is_chosen>{text(owner_name(one))}</option> }
        })
        .collect_view();
    view! {
        <form class="search" method="get" action=PATH role="search">
            <label class="search__label" for="query">{text(desk::SEARCH)}</label>
            <div class="search__row">
                <input class="field search__field" id="query" name="q" type="search" value=search.text.clone()
                    maxlength=QUERY_CHARS_MAX.to_string() autocomplete="off" spellcheck="false" data-field />
                <select class="field" name="state" aria-label=text(desk::STATE)>
                    <option value="">{text(desk::ANY_STATE)}</option>
                    {states}
                </select>
                <select class="field" name="owner" aria-label=text(desk::OWNER)>
                    <option value="">{text(desk::ANY_OWNER)}</option>
                    {owners}
                </select>
                <input type="hidden" name="zone" value=view.zone.name().to_owned() />
                <button class="button">{text(desk::FILTER)}</button>
            </div>
        </form>
    }
    .into_any()
}

fn table(view: View<'_>, list: TournamentList) -> AnyView {
    let names = [desk::TITLE, desk::ID, desk::STATE, desk::OWNER, desk::STARTS, desk::ENDS, desk::PLAYERS]
        .map(|key| view.text(key));
    let [title, key, state, owner, starts, ends, players] = names;
    let rows = list
        .rows
        .into_iter()
        .map(|row| {
            let tournament = row.tournament;
            let path = view.address(&format!("{PATH}/{}", tournament.tournament_id), &[]);
            let name = title_of(&tournament.title, view.locale);
            let marks = marks(view, row.status.is_frozen, row.status.rules.is_private);
            view! {
                <tr>
                    {cell(title, view! { <a href=path><b>{name}</b></a> })}
                    {cell(key, id(tournament.tournament_id.to_string()))}
                    {cell(state, view! { {badge(view, row.status.state)}{marks} })}
                    {cell(owner, view.text(owner_name(row.status.owner)))}
                    {cell(starts, when_in(view, tournament.starts_at))}
                    {cell(ends, when_in(view, tournament.ends_at))}
                    {cell(players, row.players.to_string())}
                </tr>
            }
        })
        .collect_view();
    view! { <table class="table">{head(&names)}<tbody>{rows}</tbody></table> }.into_any()
}

/// A title for whoever looks.
pub(super) fn title_of(title: &domain::tournament::Title, locale: Locale) -> String {
    title.for_locale(locale).to_owned()
}

/// What is to be seen beside the state.
pub(super) fn marks(view: View<'_>, is_frozen: bool, is_private: bool) -> AnyView {
    let mark = |is_set: bool, class: &'static str, key: Key| {
        is_set.then(|| view! { " "<span class=class>{view.text(key)}</span> })
    };
    view! {
        {mark(is_frozen, "badge badge--bad", desk::FROZEN)}
        {mark(is_private, "badge", desk::PRIVATE)}
    }
    .into_any()
}

/// A state, as a mark.
pub(super) fn badge(view: View<'_>, state: State) -> AnyView {
    let class = match state {
        State::Open | State::Running => "badge badge--good",
        State::Draft | State::Finalizing => "badge badge--note",
        State::Canceled => "badge badge--bad",
        State::Scheduled | State::Finished => "badge",
    };
    view! { <span class=class data-state=state.as_str()>{view.text(state_name(state))}</span> }.into_any()
}

const fn state_name(state: State) -> Key {
    match state {
        State::Draft => desk::STATE_DRAFT,
        State::Scheduled => desk::STATE_SCHEDULED,
        State::Open => desk::STATE_OPEN,
        State::Running => desk::STATE_RUNNING,
        State::Finalizing => desk::STATE_FINALIZING,
        State::Finished => desk::STATE_FINISHED,
        State::Canceled => desk::STATE_CANCELED,
    }
}

/// What an owner is called.
pub(super) const fn owner_name(owner: Owner) -> Key {
    match owner {
        Owner::Platform => desk::OWNER_PLATFORM,
        Owner::Console => desk::OWNER_CONSOLE,
    }
}
