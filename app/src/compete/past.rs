//! Earlier periods of a tournament that begins anew, and their final ranks.

use std::sync::Arc;

use i18n::keys::later;

use crate::{
    clock,
    compete::{game::Game, paged::paged, results::results, wire::Period},
    context::Context,
    node::nodes,
    part::{Part, block, nothing, part},
    reactive::Shared,
    router,
    ui::{ButtonKind, Shape, button, icon, section},
};

/// The panel of the earlier periods.
pub(super) fn past_panel(game: &Game) -> Part {
    let texts = Context::get().texts;
    let opened: Shared<Option<Period>> = Shared::new(None);
    let game = game.clone();
    let drawn = block(move || {
        let Some(period) = opened.get() else { return periods(&game, opened) };
        let back = move || {
            opened.set(None);
            router::give_focus(".segments [aria-pressed=true]");
        };
        let back = button(ButtonKind::Plain, texts.get(later::PAST_ALL), Arc::new(back));
        nodes! { {section(Some(span(&period)), None, vec![back])} {results(&game, period.period)} }
    });
    part(drawn)
}

fn periods(game: &Game, opened: Shared<Option<Period>>) -> Part {
    let texts = Context::get().texts;
    let Some(url) = game.url("periods?limit=20") else { return nothing() };
    paged(url, move |page, more| {
        let over = page.of::<Period>().filter(|period| period.is_final);
        let mut cells: Vec<Part> = over.map(|period| period_cell(period, opened)).collect();
        let note = cells.is_empty().then(|| texts.get(later::PAST_NONE));
        cells.push(more);
        section(Some(texts.get(later::PAST_TITLE)), note, cells)
    })
}

fn period_cell(period: Period, opened: Shared<Option<Period>>) -> Part {
    let label = span(&period);
    let open = move |_| {
        opened.set(Some(period.clone()));
        router::give_focus(".section .button--plain");
    };
    nodes! {
        <button type="button" class="cell cell--link cell--press" data-testid="period" on:click={open}>
            <span class="cell__main"><span class="cell__wrap">{label}</span></span>
            <span class="cell__chevron">{icon(Shape::Chevron)}</span>
        </button>
    }
}

fn span(period: &Period) -> String {
    let texts = Context::get().texts;
    let [from, until] = [period.starts_at, period.ends_at].map(|at| clock::moment(texts.locale(), at));
    texts.with(|catalog| later::rules_window(catalog, &from, &until))
}
