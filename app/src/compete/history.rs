//! `/app/history`: what the player has come to in tournaments that are over.

use i18n::keys::later;

use crate::{
    account::start::signed_in_page,
    clock,
    compete::{paged::paged, prizes::prize_text, wire::Past, words::of_locale},
    context::Context,
    node::nodes,
    pages::name_document,
    part::Part,
    router::{List, Route},
    texts::Texts,
    ui::{Way, cell_link, placeholder, section},
};

/// The player's history.
pub(crate) fn history_page() -> Part {
    let texts = Context::get().texts;
    name_document(Some(texts.get(later::HISTORY_TITLE)));
    signed_in_page(later::HISTORY_TITLE, move || {
        paged("/v1/tg/history?limit=20".to_owned(), move |page, more| {
            if page.items.is_empty() {
                let live = Route::Tournaments(List::Live).path();
                let way = Way::Follow(texts.get(later::LIST_SEE_LIVE), live);
                return placeholder(
                    texts.get(later::HISTORY_EMPTY),
                    texts.get(later::HISTORY_EMPTY_NOTE),
                    way,
                );
            }
            let mut cells: Vec<Part> = page.of::<Past>().map(|past| past_cell(texts, &past)).collect();
            cells.push(more);
            section(None, None, cells)
        })
    })
}

fn past_cell(texts: Texts, past: &Past) -> Part {
    let place = (past.rank <= 3).then(|| past.rank.to_string());
    let rank = texts.with(|catalog| later::history_rank(catalog, past.players, past.rank));
    let when = clock::day(texts.locale(), past.ended_at);
    let prize = past.prize.as_ref().map(|prize| {
        let prize = prize_text(texts, prize);
        nodes! { <span class="cell__subtitle cell__subtitle--won">{prize}</span> }
    });
    let content = nodes! {
        <span class="cell__title">{of_locale(texts, &past.title)}</span>
        <span class="cell__subtitle">{format!("{rank} · {}", texts.score(past.score))}</span>
        {prize}
        <span class="cell__subtitle">{when}</span>
    };
    let content = nodes! {
        <span class="past" data-testid="past">
            <span class="medal" data-place={place} aria-hidden="true">{texts.number(past.rank)}</span>
            <span class="cell__main">{content}</span>
        </span>
    };
    if let Ok(id) = past.tournament_id.parse() {
        return cell_link(&Route::Tournament(id), content);
    }
    nodes! { <div class="cell">{content}</div> }
}
