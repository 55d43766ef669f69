//! Final ranks, and what an auditor needs to compute their hash again.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::{app, later};
use leptos::prelude::*;

use crate::{
    account::api,
    compete::{
        game::Game,
        prizes::prize_text,
        wire::{Final, Results},
    },
    context::Context,
    data::Remote,
    net,
    part::{Part, block, nothing, part},
    reactive::{self, Shared},
    texts::Texts,
    ui::{ButtonKind, avatar, button, cell_skeleton, section},
};

/// How much of the hash is shown; all of it is copied.
const SHOWN: usize = 8;

/// The hash of a period's final ranks.
pub(super) fn proof(game: Game, period: u64) -> Part {
    let state = Shared::new(Remote::Loading);
    reactive::effect(move || reactive::spawn(load(game, period, state, 1)));
    let drawn = block(move || match state.get() {
        Remote::Ready(results) => section(None, None, vec![hash_cell(game, &results)]),
        Remote::Loading => section(None, None, vec![cell_skeleton()]),
        Remote::Failed(_) => nothing(),
    });
    part(drawn)
}

/// The final ranks of a period.
pub(super) fn results(game: Game, period: u64) -> Part {
    let texts = Context::get().texts;
    let state = Shared::new(Remote::Loading);
    let load_more = move || reactive::spawn(load(game, period, state, 50));
    reactive::effect(load_more);
    let drawn = block(move || match state.get() {
        Remote::Loading => section(None, None, vec![cell_skeleton(), cell_skeleton()]),
        Remote::Failed(code) => {
            let again = button(ButtonKind::Tinted, texts.get(app::RETRY), Arc::new(load_more));
            section(None, Some(texts.error(code)), vec![again])
        }
        Remote::Ready(results) => {
            let player = game.context.session.player();
            let rows = results
                .results
                .iter()
                .map(|result| row(texts, result, player.as_ref() == Some(&result.player)));
            let rows = rows.collect::<Vec<_>>();
            let more = match results.next_cursor {
                Some(_) => button(ButtonKind::Tinted, texts.get(app::TOURNAMENT_MORE), Arc::new(load_more)),
                None => nothing(),
            };
            part(view! {
                <div class="results">
                    <ol class="board board--plain" aria-label=texts.get(later::RESULTS_TITLE) data-testid="results">
                        {rows}
                    </ol>
                    {more}
                </div>
                {section(None, None, vec![hash_cell(game, &results)])}
            })
        }
    });
    part(drawn)
}

fn row(texts: Texts, result: &Final, is_me: bool) -> Part {
    let name = result.alias.clone().unwrap_or_else(|| texts.get(later::RESULTS_ERASED));
    let prize = result.prize.as_ref().map(|prize| {
        view! { <span class="row__prize">{prize_text(texts, prize)}</span> }
    });
    let class = if is_me { "row row--me" } else { "row" };
    let avatar = avatar(&name, result.player.as_str(), "avatar row__avatar");
    part(view! {
        <li class=class data-testid="result-row">
            <span class="row__rank">{texts.number(result.rank)}</span>
            {avatar}
            <span class="row__name row__name--result"><span class="row__alias">{name}</span>{prize}</span>
            <span class="row__score">{texts.score(result.score)}</span>
        </li>
    })
}

fn hash_cell(game: Game, results: &Results) -> Part {
    let texts = Context::get().texts;
    let hash = results.result_hash.clone();
    let shown = format!(
        "{}…{}",
        hash.get(..SHOWN).unwrap_or_default(),
        hash.get(hash.len().saturating_sub(SHOWN)..).unwrap_or_default()
    );
    let copy = move |_| reactive::spawn(copy(game, hash.clone()));
    part(view! {
        <div class="cell">
            <span class="cell__main">
                <span class="cell__subtitle">{texts.get(later::RESULTS_HASH)}</span>
                <code class="hash" data-testid="result-hash">{shown}</code>
            </span>
            <button type="button" class="cell__action cell__action--link" on:click=copy>
                {texts.get(later::RESULTS_COPY)}
            </button>
        </div>
    })
}

async fn copy(game: Game, hash: String) {
    let clipboard = net::field(&window().navigator(), "clipboard");
    let written = clipboard.and_then(|clipboard| net::call(&clipboard, "writeText", &[hash.as_str().into()]));
    let is_copied = match written.map(wasm_bindgen::JsCast::dyn_into::<js_sys::Promise>) {
        Some(Ok(promise)) => net::later::settled(promise).await.is_ok(),
        _ => false,
    };
    game.talk.say(if is_copied { later::RESULTS_COPIED } else { later::RESULTS_NOT_COPIED });
}

/// Asks for the ranks behind those that are there.
async fn load(game: Game, period: u64, state: Shared<Remote<Results>>, limit: u32) {
    let before = state.now().ready().cloned();
    let Some(mut url) = game.url("results") else { return };
    url.push_str(&format!("?period={period}&limit={limit}"));
    if let Some(cursor) = before.as_ref().and_then(|before| before.next_cursor.as_ref()) {
        url.push_str("&cursor=");
        url.push_str(cursor);
    }
    let answer: Result<Results, ErrorCode> = api::get(&url).await;
    state.set(match (answer, before) {
        (Ok(next), Some(mut all)) => {
            all.results.extend(next.results);
            Remote::Ready(Results { results: all.results, ..next })
        }
        (Ok(all), None) => Remote::Ready(all),
        (Err(code), None) => Remote::Failed(code),
        (Err(code), Some(all)) => {
            game.talk.fail(code);
            Remote::Ready(all)
        }
    });
}
