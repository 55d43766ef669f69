//! `/app/tournaments`: all tournaments that are live, upcoming or past.

use domain::board::TournamentCard;
use i18n::keys::{app, later};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::{
    account::api,
    compete::{paged::paged, wire::Entered},
    context::Context,
    node::nodes,
    pages::{countdown, frame, name_document, title},
    part::{Part, block, nothing},
    reactive::{self, Shared},
    router::{List, Route},
    ui::{Way, cell_link, placeholder, section},
};

/// How many tournaments a page has.
const LIMIT: u32 = 20;

/// The tournaments of a list.
pub(crate) fn list_page(list: List) -> Part {
    let Context { texts, session, .. } = Context::get();
    name_document(Some(texts.get(app::UNKNOWN_ALL)));
    let joined = Shared::new(Vec::new());
    reactive::effect(move || {
        if session.player().is_some() {
            reactive::spawn(load_joined(joined));
        }
    });
    let url = format!("/v1/tournaments?phase={}&limit={LIMIT}", list.name());
    let content = paged(url, move |page, more| {
        if page.items.is_empty() {
            let (label, other) = match list {
                List::Live => (later::LIST_SEE_UPCOMING, List::Upcoming),
                List::Upcoming | List::Past => (later::LIST_SEE_LIVE, List::Live),
            };
            let way = Way::Follow(texts.get(label), Route::Tournaments(other).path());
            return placeholder(texts.get(later::LIST_EMPTY), texts.get(later::LIST_EMPTY_NOTE), way);
        }
        let mut cells: Vec<Part> = page.of::<TournamentCard>().map(|card| cell(&card, joined)).collect();
        cells.push(more);
        section(None, None, cells)
    });
    let history = nodes! { <span class="cell__title">{texts.get(later::HISTORY_TITLE)}</span> };
    let content = nodes! {
        <h1 class="page-title" tabindex="-1">{texts.get(app::UNKNOWN_ALL)}</h1>
        {filter(list)}
        {content}
        {section(None, None, vec![cell_link(&Route::History, history)])}
    };
    frame(content, None)
}

/// The lists to choose from, by their addresses. A choice leaves no trace in the history: back leads out of the lists.
fn filter(chosen: List) -> Part {
    let Context { texts, router, .. } = Context::get();
    let one = |list: List| {
        let route = Route::Tournaments(list);
        let path = route.path();
        let is_chosen = (list == chosen).then_some("page");
        let label = texts.get(match list {
            List::Live => app::LIVE,
            List::Upcoming => app::PHASE_UPCOMING,
            List::Past => later::LIST_PAST,
        });
        let choose = move |event: web_sys::Event| {
            let press: &web_sys::MouseEvent = event.unchecked_ref();
            if !(press.meta_key() || press.ctrl_key() || press.shift_key()) {
                event.prevent_default();
                router.replace(route.clone());
            }
        };
        nodes! {
            <a class="segments__one" href={path} aria-current={is_chosen} on:click={choose}>{label}</a>
        }
    };
    nodes! {
        <nav class="segments" aria-label={texts.get(later::LIST_LABEL)}>
            {List::ALL.map(one).into_iter().collect::<Vec<_>>()}
        </nav>
    }
}

fn cell(card: &TournamentCard, joined: Shared<Vec<String>>) -> Part {
    let texts = Context::get().texts;
    let id = card.tournament.tournament_id.clone();
    let to = Route::Tournament(id.clone());
    let players = texts.with(|catalog| app::board_players(catalog, card.players));
    let is_joined = reactive::whether(move || joined.get().iter().any(|other| other == id.as_str()));
    // The mark comes late; the title makes room for it.
    let mark = block(move || {
        if !is_joined.get() {
            return nothing();
        }
        nodes! { <span class="tag" data-testid="joined">{texts.get(later::LIST_JOINED)}</span> }
    });
    let content = nodes! {
        <span class="cell__line"><span class="cell__title">{title(texts, card)}</span>{mark}</span>
        <span class="cell__subtitle"><span>{countdown(card, None)}</span>{format!(" · {players}")}</span>
    };
    cell_link(&to, content)
}

async fn load_joined(joined: Shared<Vec<String>>) {
    if let Ok(entered) = api::get("/v1/tg/entries").await.read::<Entered>() {
        joined.set(entered.tournaments);
    }
}
