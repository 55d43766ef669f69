//! Final ranks, and what an auditor needs to compute their hash again.

use i18n::keys::later;
use leptos::prelude::*;

use crate::{
    account::talk::Talk,
    compete::{
        game::Game,
        paged::{Paged, paged},
        prizes::prize_text,
        wire::Final,
    },
    context::Context,
    json::FromJson,
    net,
    node::nodes,
    part::{Part, nothing},
    reactive,
    texts::Texts,
    ui::{avatar, section},
};

/// How much of the hash is shown; all of it is copied.
const SHOWN: usize = 8;

/// The hash of a period's final ranks.
pub(super) fn proof(game: &Game, period: u64) -> Part {
    let Some(url) = game.url(&format!("results?period={period}&limit=1")) else { return nothing() };
    let game = game.clone();
    paged(url, move |page, _| section(None, None, vec![hash_cell(&game, page)]))
}

/// The final ranks of a period.
pub(super) fn results(game: &Game, period: u64) -> Part {
    let texts = Context::get().texts;
    let Some(url) = game.url(&format!("results?period={period}&limit=50")) else { return nothing() };
    let game = game.clone();
    paged(url, move |page, more| {
        let player = game.context.session.player();
        let rows =
            page.of::<Final>().map(|result| row(texts, &result, player.as_ref() == Some(&result.player)));
        let rows = rows.collect::<Vec<_>>();
        nodes! {
            <div class="results">
                <ol class="board board--plain" aria-label={texts.get(later::RESULTS_TITLE)} data-testid="results">
                    {rows}
                </ol>
                {more}
            </div>
            {section(None, None, vec![hash_cell(&game, page)])}
        }
    })
}

fn row(texts: Texts, result: &Final, is_me: bool) -> Part {
    let name = result.alias.clone().unwrap_or_else(|| texts.get(later::RESULTS_ERASED));
    let prize = result.prize.as_ref().map(|prize| {
        nodes! { <span class="row__prize">{prize_text(texts, prize)}</span> }
    });
    let class = if is_me { "row row--me" } else { "row" };
    let avatar = avatar(&name, result.player.as_str(), "avatar row__avatar");
    nodes! {
        <li class={class} data-testid="result-row">
            <span class="row__rank">{texts.number(result.rank)}</span>
            {avatar}
            <span class="row__name row__name--result"><span class="row__alias">{name}</span>{prize}</span>
            <span class="row__score">{texts.score(result.score)}</span>
        </li>
    }
}

fn hash_cell(game: &Game, page: &Paged) -> Part {
    let texts = Context::get().texts;
    let hash = page.whole.field("result_hash").and_then(String::from_json).unwrap_or_default();
    let shown = format!(
        "{}…{}",
        hash.get(..SHOWN).unwrap_or_default(),
        hash.get(hash.len().saturating_sub(SHOWN)..).unwrap_or_default()
    );
    let talk = game.talk;
    let copy = move |_| reactive::spawn(copy(talk, hash.clone()));
    nodes! {
        <div class="cell">
            <span class="cell__main">
                <span class="cell__subtitle">{texts.get(later::RESULTS_HASH)}</span>
                <code class="hash" data-testid="result-hash">{shown}</code>
            </span>
            <button type="button" class="cell__action cell__action--link" on:click={copy}>
                {texts.get(later::RESULTS_COPY)}
            </button>
        </div>
    }
}

async fn copy(talk: Talk, hash: String) {
    let clipboard = net::field(&window().navigator(), "clipboard");
    let written = clipboard.and_then(|clipboard| net::call(&clipboard, "writeText", &[hash.as_str().into()]));
    let is_copied = match written.map(wasm_bindgen::JsCast::dyn_into::<js_sys::Promise>) {
        Some(Ok(promise)) => net::later::settled(promise).await.is_ok(),
        _ => false,
    };
    talk.say(if is_copied { later::RESULTS_COPIED } else { later::RESULTS_NOT_COPIED });
}
