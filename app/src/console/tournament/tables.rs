//! The tables of a tournament: ranks, boards, periods, who is excluded, what is planned.

use domain::{Locale, reward::Prize};
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::sheet::{PeriodState, Sheet, TopLine};

use crate::console::{
    frame::View,
    parts::{cell, dash, head, id, or_dash, panel, when_in},
};

/// A prize in one line.
pub(in crate::console) fn prize(prize: &Prize, locale: Locale) -> String {
    let title = prize.title.as_ref().map(|title| title.for_locale(locale).to_owned());
    let amount = prize.amount.as_ref().map(|amount| amount.as_str().to_owned());
    let currency = prize.currency.as_ref().map(|currency| currency.as_str().to_owned());
    let parts = [title, Some(prize.code.to_string()), amount, currency];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The first ranks of a board.
pub(super) fn ranks(view: View<'_>, path: &str, sheet: &Sheet) -> AnyView {
    let text = |key| view.text(key);
    let Some((board, lines)) = &sheet.top else {
        return panel(text(desk::TOP), view! { <p class="note">{text(desk::TOP_NONE)}</p> });
    };
    let shown = sheet.boards.iter().find(|line| line.board.board_id == *board);
    let is_final = shown.is_some_and(|line| line.board.is_final);
    let hash = shown.and_then(|line| line.board.result_hash);
    let hash = hash.map(|hash| {
        view! { <p class="hint">{text(desk::HASH)}": "<code class="id" data-testid="hash">{hex::encode(hash)}</code></p> }
    });
    let content = if lines.is_empty() {
        view! { <p class="note">{text(desk::TOP_NONE)}</p> }.into_any()
    } else {
        let names = [desk::RANK, desk::PLAYER, desk::SCORE, desk::REACHED, desk::PRIZE].map(text);
        let period = board.period().to_string();
        let rows = lines.iter().map(|line| rank(view, path, &period, names, line)).collect_view();
        view! { <table class="table" data-testid="ranks">{head(&names)}<tbody>{rows}</tbody></table> }
            .into_any()
    };
    let title = text(if is_final { desk::TOP_FINAL } else { desk::TOP });
    panel(title, view! { <p class="hint">{id(board.to_string())}</p>{content}{hash} })
}

fn rank(view: View<'_>, path: &str, period: &str, names: [&'static str; 5], line: &TopLine) -> AnyView {
    let [rank, player, score, reached, won] = names;
    let who = match &line.alias {
        Some(alias) => {
            let address = view.address(&format!("{path}/players/{}", line.player), &[("period", period)]);
            view! { <a href=address>{alias.clone()}</a> }.into_any()
        }
        None => view! { <span class="dim">{view.text(desk::ERASED)}</span> }.into_any(),
    };
    view! {
        <tr>
            {cell(rank, line.rank.to_string())}
            {cell(player, who)}
            {cell(score, line.score.points().to_string())}
            {cell(reached, when_in(view, line.achieved_at))}
            {cell(won, or_dash(line.prize.as_ref().map(|what| prize(what, view.locale))))}
        </tr>
    }
    .into_any()
}

/// The boards of the period, where there are several.
pub(super) fn boards(view: View<'_>, path: &str, sheet: &Sheet) -> AnyView {
    let text = |key| view.text(key);
    let names = [desk::BOARD, desk::TIER, desk::PLAYERS, desk::VERSION, desk::STATE, desk::HASH].map(text);
    let [name, tier, players, version, state, hash] = names;
    let period = sheet.period.period.to_string();
    let tiers = sheet.row.status.rules.cohorts.as_ref().map(|cohorts| &cohorts.tiers);
    let rows = sheet
        .boards
        .iter()
        .map(|line| {
            let board = line.board.board_id.to_string();
            let address = view.address(path, &[("period", &period), ("board", &board)]);
            let title = tiers
                .and_then(|tiers| tiers.get(line.board.tier as usize))
                .map(|tier| tier.title.for_locale(view.locale).to_owned());
            let word = if line.board.is_final { desk::PERIOD_FINAL } else { desk::PERIOD_OPEN };
            let version_now = line.row.as_ref().map(|row| row.version.to_string());
            view! {
                <tr>
                    {cell(name, view! { <a href=address><code class="id">{board}</code></a> })}
                    {cell(tier, or_dash(title))}
                    {cell(players, line.board.players.to_string())}
                    {cell(version, or_dash(version_now))}
                    {cell(state, text(word))}
                    {cell(hash, line.board.result_hash.map_or_else(dash, |hash| id(hex::encode(hash))))}
                </tr>
            }
        })
        .collect_view();
    panel(text(desk::BOARDS), view! { <table class="table">{head(&names)}<tbody>{rows}</tbody></table> })
}

/// The periods.
pub(super) fn periods(view: View<'_>, path: &str, sheet: &Sheet) -> AnyView {
    let text = |key| view.text(key);
    let names = [desk::PERIOD, desk::STARTS, desk::ENDS, desk::ENTRIES, desk::STATE].map(text);
    let [number, starts, ends, entries, state] = names;
    let rows = sheet
        .periods
        .iter()
        .map(|period| {
            let text_of = period.period.to_string();
            let address = view.address(path, &[("period", &text_of)]);
            let current = (period.period == sheet.period.period).then_some("true");
            view! {
                <tr>
                    {cell(number, view! { <a href=address aria-current=current>{text_of}</a> })}
                    {cell(starts, when_in(view, period.starts_at))}
                    {cell(ends, when_in(view, period.ends_at))}
                    {cell(entries, period.entries.to_string())}
                    {cell(state, text(period_state(period.state)))}
                </tr>
            }
        })
        .collect_view();
    panel(text(desk::PERIODS), view! { <table class="table">{head(&names)}<tbody>{rows}</tbody></table> })
}

const fn period_state(state: PeriodState) -> Key {
    match state {
        PeriodState::Open => desk::PERIOD_OPEN,
        PeriodState::Closed => desk::PERIOD_CLOSED,
        PeriodState::Final => desk::PERIOD_FINAL,
    }
}

/// Who is excluded.
pub(super) fn excluded(view: View<'_>, path: &str, sheet: &Sheet) -> AnyView {
    let text = |key| view.text(key);
    if sheet.excluded.is_empty() {
        return panel(text(desk::EXCLUDED), view! { <p class="note">{text(desk::EXCLUDED_NONE)}</p> });
    }
    let names = [desk::PLAYER, desk::SINCE, desk::REASON].map(text);
    let [player, since, reason] = names;
    let period = sheet.period.period.to_string();
    let rows = sheet
        .excluded
        .iter()
        .map(|line| {
            let address = view.address(&format!("{path}/players/{}", line.player), &[("period", &period)]);
            let hidden = || view! { <span class="dim">{text(desk::REASON_HIDDEN)}</span> }.into_any();
            view! {
                <tr>
                    {cell(player, view! { <a href=address>{line.alias.clone()}</a> })}
                    {cell(since, when_in(view, line.at))}
                    {cell(reason, line.reason.clone().map_or_else(hidden, IntoAny::into_any))}
                </tr>
            }
        })
        .collect_view();
    panel(text(desk::EXCLUDED), view! { <table class="table">{head(&names)}<tbody>{rows}</tbody></table> })
}

/// What is planned.
pub(super) fn jobs(view: View<'_>, sheet: &Sheet) -> AnyView {
    let text = |key| view.text(key);
    if sheet.jobs.is_empty() {
        return panel(text(desk::JOBS), view! { <p class="note">{text(desk::JOBS_NONE)}</p> });
    }
    let names = [desk::JOB, desk::JOB_KEY, desk::JOB_AT, desk::STATE, desk::JOB_TRIES].map(text);
    let [job, key, at, state, tries] = names;
    let rows = sheet
        .jobs
        .iter()
        .map(|row| {
            view! {
                <tr>
                    {cell(job, view! { <code class="action">{row.kind.as_str()}</code> })}
                    {cell(key, id(row.key.clone()))}
                    {cell(at, when_in(view, row.run_at))}
                    {cell(state, view! { <code class="action">{row.state.as_str()}</code> })}
                    {cell(tries, row.attempt.to_string())}
                </tr>
            }
        })
        .collect_view();
    panel(text(desk::JOBS), view! { <table class="table">{head(&names)}<tbody>{rows}</tbody></table> })
}
