//! Earlier periods of a tournament that begins anew, and their final ranks.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::{app, later};
use leptos::prelude::*;

use crate::{
    account::api,
    clock,
    compete::{
        game::Game,
        results::results,
        wire::{Period, Periods},
    },
    context::Context,
    data::Remote,
    part::{Part, block, part},
    reactive::{self, Shared},
    router,
    ui::{ButtonKind, Shape, button, cell_skeleton, icon, section},
};

/// The panel of the earlier periods.
pub(super) fn past_panel(game: Game) -> Part {
    let texts = Context::get().texts;
    let state = Shared::new(Remote::Loading);
    let opened: Shared<Option<Period>> = Shared::new(None);
    let load_more = move || reactive::spawn(load(game, state));
    reactive::effect(load_more);
    let drawn = block(move || {
        if let Some(period) = opened.get() {
            let back = button(
                ButtonKind::Plain,
                texts.get(later::PAST_ALL),
                Arc::new(move || {
                    opened.set(None);
                    router::give_focus(".segments [aria-pressed=true]");
                }),
            );
            let head = section(Some(span(&period)), None, vec![back]);
            return part((head, results(game, period.period)));
        }
        match state.get() {
            Remote::Loading => section(None, None, vec![cell_skeleton(), cell_skeleton()]),
            Remote::Failed(code) => {
                let again = button(ButtonKind::Tinted, texts.get(app::RETRY), Arc::new(load_more));
                section(None, Some(texts.error(code)), vec![again])
            }
            Remote::Ready(periods) => {
                let over = periods.periods.into_iter().filter(|period| period.is_final);
                let mut cells: Vec<Part> = over.map(|period| period_cell(period, opened)).collect();
                let note = cells.is_empty().then(|| texts.get(later::PAST_NONE));
                if periods.next_cursor.is_some() {
                    cells.push(button(
                        ButtonKind::Plain,
                        texts.get(app::TOURNAMENT_MORE),
                        Arc::new(load_more),
                    ));
                }
                section(Some(texts.get(later::PAST_TITLE)), note, cells)
            }
        }
    });
    part(drawn)
}

fn period_cell(period: Period, opened: Shared<Option<Period>>) -> Part {
    let label = span(&period);
    let open = move |_| {
        opened.set(Some(period.clone()));
        router::give_focus(".section .button--plain");
    };
    part(view! {
        <button type="button" class="cell cell--link cell--press" data-testid="period" on:click=open>
            <span class="cell__main"><span class="cell__wrap">{label}</span></span>
            <span class="cell__chevron">{icon(Shape::Chevron)}</span>
        </button>
    })
}

fn span(period: &Period) -> String {
    let texts = Context::get().texts;
    let [from, until] = [period.starts_at, period.ends_at].map(|at| clock::moment(texts.locale(), at));
    texts.with(|catalog| later::rules_window(catalog, &from, &until))
}

/// Asks for the periods behind those that are there.
async fn load(game: Game, state: Shared<Remote<Periods>>) {
    let before = state.now().ready().cloned();
    let Some(mut url) = game.url("periods") else { return };
    if let Some(cursor) = before.as_ref().and_then(|before| before.next_cursor.as_ref()) {
        url.push_str("?cursor=");
        url.push_str(cursor);
    }
    let answer: Result<Periods, ErrorCode> = api::get(&url).await;
    state.set(match (answer, before) {
        (Ok(next), Some(mut all)) => {
            all.periods.extend(next.periods);
            Remote::Ready(Periods { periods: all.periods, ..next })
        }
        (Ok(all), None) => Remote::Ready(all),
        (Err(code), None) => Remote::Failed(code),
        (Err(code), Some(all)) => {
            game.talk.fail(code);
            Remote::Ready(all)
        }
    });
}
