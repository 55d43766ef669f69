//! `/console/tournaments/{id}/players/{player}`: every score of a player, what each did, and what they come to.

use domain::{
    console::Permission,
    ranking::{Score, Standing, Ties},
};
use i18n::keys::desk;
use leptos::prelude::*;
use services::console::tournaments::dispute::{Dispute, Effect, EventLine, PAGE};

use super::{
    frame::{Section, View, page},
    parts::{Again, cell, dash, fact, head, id, or_dash, panel, sure, when_in, zone_choice},
    tournaments::title_of,
};

/// The most characters of a reason.
const REASON_CHARS_MAX: u32 = 200;

/// The page. `again`: the reason for which the player could not be excluded.
pub fn render_dispute(view: View<'_>, shown: &Dispute, again: Option<&Again>) -> String {
    let text = move |key| view.text(key);
    let title = desk::d_title(view.catalog(), &shown.alias);
    page(view, Some(Section::Tournaments), &title, || {
        let tournament = format!("/console/tournaments/{}", shown.row.tournament.tournament_id);
        let path = format!("{tournament}/players/{}", shown.player);
        let period = shown.period.to_string();
        let back = view.address(&tournament, &[("period", &period)]);
        let name = title_of(&shown.row.tournament.title, view.locale);
        let address = |from: usize| {
            let from = if from == 0 { String::new() } else { from.to_string() };
            view.address(&path, &[("period", &period), ("from", &from)])
        };
        let behind = shown.from + shown.events.len();
        let older = (behind < shown.rows).then(|| {
            view! { <a class="button" rel="next" href=address(behind)>{text(desk::OLDER)}</a> }
        });
        let newest = (shown.from > 0).then(|| {
            let before = shown.from.saturating_sub(PAGE);
            view! { <a class="button" rel="prev" href=address(before)>"←"</a> }
        });
        view! {
            <div class="tools">
                <p class="tools__state"><a href=back>{text(desk::D_BACK)}</a>" · "{name}</p>
                {zone_choice(view, &path, &[("period", period.clone())])}
            </div>
            <div class="columns">
                {facts(view, shown)}
                {exclusion(view, &path, shown, again)}
            </div>
            {log(view, shown)}
            <p class="pager">{newest}{older}</p>
            <p class="hint">{text(desk::D_REFUSED)}</p>
        }
        .into_any()
    })
}

/// Points and tie columns.
fn points(score: Score, ties: &Ties, columns: usize) -> String {
    let ties: Vec<String> =
        ties.columns().iter().take(columns).map(|value| value.points().to_string()).collect();
    if ties.is_empty() {
        score.points().to_string()
    } else {
        format!("{} ({})", score.points(), ties.join(", "))
    }
}

fn standing(view: View<'_>, standing: Option<&Standing>, columns: usize) -> AnyView {
    let Some(standing) = standing else { return dash() };
    let points = points(standing.score, &standing.ties, columns);
    view! { <b>{points}</b>" "{when_in(view, standing.achieved_at)} }.into_any()
}

fn facts(view: View<'_>, shown: &Dispute) -> AnyView {
    let text = |key| view.text(key);
    let columns = shown.row.tournament.ties.len();
    let stored = shown.stored.as_ref();
    let ranked = shown.ranked();
    let mut facts = vec![
        fact(
            text(desk::PLAYER),
            view! {
                <a href=format!("/console/players/{}", shown.player)>{id(shown.player.to_string())}</a>
            },
        ),
        fact(text(desk::PERIOD), shown.period.to_string()),
        fact(text(desk::BOARD), or_dash(shown.board.as_ref().map(|board| board.board_id.to_string()))),
        fact(text(desk::RANK), or_dash(shown.rank.map(|rank| rank.to_string()))),
        fact(text(desk::D_STANDING), standing(view, ranked.as_ref(), columns)),
        fact(text(desk::D_COMPUTED), standing(view, shown.computed.as_ref(), columns)),
        fact(text(desk::D_ATTEMPTS), or_dash(stored.map(|row| row.attempts.to_string()))),
    ];
    if let Some(result) = &shown.result {
        facts.push(fact(text(desk::D_FINAL), result.rank.to_string()));
    }
    if let Some(entry) = &shown.entry {
        facts.push(fact(text(desk::D_ENTRY), when_in(view, entry.joined_at)));
    }
    let verdict = (shown.is_whole && stored.is_some() && !shown.is_excluded()).then(|| {
        // A standing also remembers what no reader sees.
        let seen = |standing: &Standing| (standing.score, standing.ties, standing.achieved_at);
        let agree = ranked.as_ref().map(seen) == shown.computed.as_ref().map(seen);
        let (class, key) =
            if agree { ("flash", desk::D_AGREE) } else { ("flash flash--bad", desk::D_DIFFER) };
        view! { <p class=class data-testid="verdict">{text(key)}</p> }
    });
    let cut = (!shown.is_whole).then(|| view! { <p class="flash flash--bad">{text(desk::D_CUT)}</p> });
    panel(text(desk::FACTS), view! { <dl class="facts">{facts}</dl>{verdict}{cut} })
}

/// Whether the player is excluded, and the form that changes it.
fn exclusion(view: View<'_>, path: &str, shown: &Dispute, again: Option<&Again>) -> AnyView {
    let text = |key| view.text(key);
    let may = view.operator.may(Permission::DisqualifyPlayers);
    let scores = shown.stored.as_ref().map_or(0, |row| row.attempts);
    let numbers = match shown.rank {
        Some(rank) => desk::act_exclude_numbers(view.catalog(), rank, scores),
        None => desk::act_exclude_unranked(view.catalog(), scores),
    };
    let period = view! { <input type="hidden" name="period" value=shown.period.to_string() /> };
    let content = match shown.entry.as_ref().and_then(|entry| entry.disqualified.clone()) {
        Some((since, reason)) => {
            let reason = if may { reason } else { text(desk::REASON_HIDDEN).to_owned() };
            let back = may.then(|| {
                let content = view! {
                    {period}
                    <p class="hint">{numbers}</p>
                    <p class="hint">{text(desk::ACT_REINSTATE_SURE)}</p>
                };
                let action = format!("{path}/reinstate");
                sure(view, action, text(desk::ACT_REINSTATE), content.into_any(), false, None)
            });
            view! {
                <dl class="facts" data-testid="excluded">
                    {fact(text(desk::SINCE), when_in(view, since))}
                    {fact(text(desk::REASON), reason)}
                </dl>
                {back}
            }
            .into_any()
        }
        None if may => {
            let typed = again.map(|again| again.typed.clone()).unwrap_or_default();
            let said = again.map(|again| {
                again.said(view, desk::why_length(view.catalog(), &REASON_CHARS_MAX.to_string()))
            });
            let content = view! {
                {period}
                <p class="hint">{numbers}</p>
                <p class="hint">{text(desk::ACT_EXCLUDE_SURE)}</p>
                <label class="search__label" for="reason">{text(desk::REASON)}</label>
                <input class="field field--whole" id="reason" name="reason" required autocomplete="off"
                    maxlength=REASON_CHARS_MAX.to_string() value=typed />
            };
            let action = format!("{path}/exclude");
            sure(view, action, text(desk::ACT_EXCLUDE), content.into_any(), true, said)
        }
        None => view! { <p class="note">{text(desk::EXCLUDED_NONE)}</p> }.into_any(),
    };
    panel(text(desk::EXCLUDED), content)
}

fn log(view: View<'_>, shown: &Dispute) -> AnyView {
    let text = |key| view.text(key);
    if shown.events.is_empty() {
        return panel(text(desk::D_LOG), view! { <p class="note">{text(desk::D_NONE)}</p> });
    }
    let names = [
        desk::D_NUMBER,
        desk::D_HAPPENED,
        desk::D_RECEIVED,
        desk::SCORE,
        desk::D_EFFECT,
        desk::D_AFTER,
        desk::D_EVENT,
    ]
    .map(text);
    let columns = shown.row.tournament.ties.len();
    let rows = shown.events.iter().map(|line| row(view, names, line, columns)).collect_view();
    let table =
        view! { <table class="table" data-testid="scores">{head(&names)}<tbody>{rows}</tbody></table> };
    panel(text(desk::D_LOG), table)
}

fn row(view: View<'_>, names: [&'static str; 7], line: &EventLine, columns: usize) -> AnyView {
    let text = |key| view.text(key);
    let catalog = view.catalog();
    let [number, happened, received, score, effect, after, source] = names;
    let event = &line.event;
    let corrects = event.corrects.map(|number| number.to_string()).unwrap_or_default();
    let (word, did) = match line.effect {
        Effect::Moved => ("moved", text(desk::D_MOVED).to_owned()),
        Effect::Nothing => ("nothing", text(desk::D_NOTHING).to_owned()),
        Effect::Corrected => ("corrected", desk::d_corrected(catalog, &corrects)),
        Effect::Voided => ("voided", desk::d_voided(catalog, &corrects)),
    };
    let corrected = line.corrected_by.map(|number| {
        view! { <p class="hint">{desk::d_corrected_by(catalog, &number.to_string())}</p> }
    });
    let shown = match &event.result {
        Some((score, ties)) => points(*score, ties, columns),
        None => text(desk::D_VOID).to_owned(),
    };
    let shown =
        if line.corrected_by.is_some() { view! { <s>{shown}</s> }.into_any() } else { shown.into_any() };
    view! {
        <tr data-effect=word>
            {cell(number, event.number.to_string())}
            {cell(happened, when_in(view, event.happened_at))}
            {cell(received, when_in(view, event.received_at))}
            {cell(score, shown)}
            {cell(effect, view! { {did}{corrected} })}
            {cell(after, or_dash(line.standing.map(|now| points(now.score, &now.ties, columns))))}
            {cell(source, view! { <code class="id">{format!("{} {}", event.source, event.event_id)}</code> })}
        </tr>
    }
    .into_any()
}
