//! `/app/history`: what the player has come to in tournaments that are over.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::{app, later};
use leptos::prelude::*;

use crate::{
    account::{api, start::signed_in_page},
    clock,
    compete::{
        prizes::prize_text,
        wire::{History, Past},
        words::of_locale,
    },
    context::Context,
    data::Remote,
    pages::name_document,
    part::{Part, block, part},
    reactive::{self, Shared},
    router::{List, Route},
    texts::Texts,
    ui::{ButtonKind, Way, button, cell_link, cell_skeleton, placeholder, section},
};

/// The player's history.
pub(crate) fn history_page() -> Part {
    let texts = Context::get().texts;
    name_document(Some(texts.get(later::HISTORY_TITLE)));
    signed_in_page(later::HISTORY_TITLE, move || {
        let state = Shared::new(Remote::Loading);
        let load_more = move || reactive::spawn(load(state));
        reactive::effect(load_more);
        let content = block(move || match state.get() {
            Remote::Loading => section(None, None, vec![cell_skeleton(), cell_skeleton(), cell_skeleton()]),
            Remote::Failed(code) => {
                let way = Way::Press(texts.get(app::RETRY), Arc::new(load_more));
                placeholder(texts.get(app::FAILED_TITLE), texts.error(code), way)
            }
            Remote::Ready(history) if history.results.is_empty() => {
                let way = Way::Follow(texts.get(later::LIST_SEE_LIVE), Route::Tournaments(List::Live).path());
                placeholder(texts.get(later::HISTORY_EMPTY), texts.get(later::HISTORY_EMPTY_NOTE), way)
            }
            Remote::Ready(history) => {
                let mut cells: Vec<Part> =
                    history.results.iter().map(|past| past_cell(texts, past)).collect();
                if history.next_cursor.is_some() {
                    let label = texts.get(app::TOURNAMENT_MORE);
                    cells.push(button(ButtonKind::Plain, label, Arc::new(load_more)));
                }
                section(None, None, cells)
            }
        });
        part(content)
    })
}

fn past_cell(texts: Texts, past: &Past) -> Part {
    let place = (past.rank <= 3).then(|| past.rank.to_string());
    let rank = texts.with(|catalog| later::history_rank(catalog, past.players, past.rank));
    let when = clock::day(texts.locale(), past.ended_at);
    let prize = past.prize.as_ref().map(|prize| {
        let prize = prize_text(texts, prize);
        view! { <span class="cell__subtitle cell__subtitle--won">{prize}</span> }
    });
    let content = part(view! {
        <span class="cell__title">{of_locale(texts, &past.title)}</span>
        <span class="cell__subtitle">{format!("{rank} · {}", texts.score(past.score))}</span>
        {prize}
        <span class="cell__subtitle">{when}</span>
    });
    let content = part(view! {
        <span class="past" data-testid="past">
            <span class="medal" data-place=place aria-hidden="true">{texts.number(past.rank)}</span>
            <span class="cell__main">{content}</span>
        </span>
    });
    match past.tournament_id.parse() {
        Ok(id) => cell_link(&Route::Tournament(id), content),
        Err(_) => part(view! { <div class="cell">{content}</div> }),
    }
}

/// Asks for the results behind those that are there.
async fn load(state: Shared<Remote<History>>) {
    let before = state.now().ready().cloned();
    let mut url = "/v1/tg/history?limit=20".to_owned();
    if let Some(cursor) = before.as_ref().and_then(|before| before.next_cursor.as_ref()) {
        url.push_str("&cursor=");
        url.push_str(cursor);
    }
    if before.is_none() {
        state.set(Remote::Loading);
    }
    let answer: Result<History, ErrorCode> = api::get(&url).await;
    state.set(match (answer, before) {
        (Ok(next), Some(mut all)) => {
            all.results.extend(next.results);
            Remote::Ready(History { results: all.results, ..next })
        }
        (Ok(all), None) => Remote::Ready(all),
        (Err(code), None) => Remote::Failed(code),
        // What is there stays, with its button.
        (Err(_), Some(all)) => Remote::Ready(all),
    });
}
