//! How a board looks: three steps for the first three, rows below. One list, so that a player who climbs the steps
//! slides there, and a screen reader hears one ranking.

use domain::{Score, board::BoardEntry};
use leptos::prelude::*;

use crate::{
    board::{
        BoardStore,
        movement::{self, Places},
        store::Row,
    },
    context::Context,
    node::nodes,
    part::{Part, attr, block, nothing, part, text},
    reactive::{self, Counted},
    ui::avatar,
};

/// The steps of the podium.
const STEPS: u64 = 3;

/// The ranking of `store`, as many rows as `limit` allows.
pub(crate) fn board(store: BoardStore, limit: usize) -> Part {
    let texts = Context::get().texts;
    let rows = move || {
        let mut rows = store.rows();
        rows.truncate(limit);
        rows
    };
    let steps_taken = reactive::memo(move || STEPS.min(store.rows().len() as u64).to_string());
    let free = block(move || {
        let taken = steps_taken.get().parse().unwrap_or(STEPS);
        nodes! { {(taken + 1..=STEPS).map(free_step).collect::<Vec<_>>()} }
    });
    slide_rows(store);
    let rows = part(view! { <For each=rows key=|row| row.player.clone() children=board_row/> });
    nodes! {
        <ol class="board" data-testid="board" aria-label={texts.get(i18n::keys::app::BOARD_TITLE)}>
            {rows}
            {free}
        </ol>
    }
}

/// A step that nobody stands on.
fn free_step(place: u64) -> Part {
    let texts = Context::get().texts;
    nodes! {
        <li class="row row--free" data-place={place.to_string()}>
            <span class="row__avatar avatar avatar--free" aria-hidden="true"></span>
            <span class="row__name">{texts.get(i18n::keys::app::FREE_PLACE)}</span>
            <span class="row__rank" aria-hidden="true">{place.to_string()}</span>
        </li>
    }
}

/// Slides the rows when the board has changed.
fn slide_rows(store: BoardStore) {
    let places = std::rc::Rc::new(std::cell::RefCell::new(None::<Places>));
    let mut asked = 0;
    reactive::effect(move || {
        store.version();
        let _ = store.rows();
        // Rows that the player has asked for take the places that were kept for them. They do not move.
        let asked_now = store.asked();
        if std::mem::replace(&mut asked, asked_now) != asked_now {
            places.borrow_mut().take();
        }
        let places = std::rc::Rc::clone(&places);
        // The rows themselves change in the same turn; by the next frame they are where they belong.
        request_animation_frame(move || {
            if let Ok(Some(board)) = document().query_selector(".board") {
                let mut places = places.borrow_mut();
                *places = Some(movement::slide(&board, places.as_ref()));
            }
        });
    });
}

fn board_row(row: Row) -> Part {
    let context = Context::get();
    let texts = context.texts;
    let player = row.player;
    let key = player.to_string();
    let entry = row.entry;
    let name = entry.now().alias;
    tint_gains(entry.clone(), &format!("[data-player='{key}'] .row__score"));
    let is_me = reactive::whether(move || context.session.player().as_ref() == Some(&player));
    let class = attr(move || Some(if is_me.get() { "row row--me" } else { "row" }.to_owned()));
    let of = |read: fn(BoardEntry) -> Option<String>| {
        let entry = entry.clone();
        attr(move || read(entry.get()))
    };
    let rank = of(|entry| Some(entry.rank.to_string()));
    let place = of(|entry| (entry.rank <= STEPS).then(|| entry.rank.to_string()));
    let texted = |read: Box<dyn Fn(BoardEntry) -> String + Send>| {
        let entry = entry.clone();
        text(move || read(entry.get()))
    };
    let number = texted(Box::new(move |entry| texts.number(entry.rank)));
    let alias = texted(Box::new(|entry| entry.alias));
    let score = texted(Box::new(move |entry| texts.score(entry.score)));
    let you = block(move || if is_me.get() { you() } else { nothing() });
    let avatar = avatar(&name, &key, "avatar row__avatar");
    nodes! {
        <li class={class} data-testid="board-row" data-player={key} data-rank={rank} data-place={place}>
            <span class="row__rank">{number}</span>
            {avatar}
            <span class="row__name"><span class="row__alias">{alias}</span>{you}</span>
            <span class="row__score">{score}</span>
        </li>
    }
}

/// The mark of the player's own row.
pub(super) fn you() -> Part {
    let text = Context::get().texts.get(i18n::keys::app::ME_YOU);
    nodes! { <span class="tag">{text}</span> }
}

/// Tints a score that has changed.
fn tint_gains(entry: Counted<BoardEntry>, selector: &str) {
    let selector = selector.to_owned();
    let mut before = None::<Score>;
    reactive::effect(move || {
        let score = entry.get().score;
        if before.replace(score).is_some_and(|before| before != score) {
            movement::tint(&selector);
        }
    });
}

/// The rows around the player, when they are below the window.
pub(crate) fn neighbors(store: BoardStore) -> Part {
    let title = Context::get().texts.get(i18n::keys::app::TOURNAMENT_AROUND);
    let rows = block(move || {
        let around = store.around();
        if around.is_empty() {
            return nothing();
        }
        let row = |entry: BoardEntry| Row { player: entry.player.clone(), entry: Counted::new(entry) };
        let rows = around.into_iter().map(|entry| board_row(row(entry))).collect::<Vec<_>>();
        nodes! {
            <h2 class="section__header">{title.clone()}</h2>
            <ol class="board board--plain" aria-label={title.clone()}>{rows}</ol>
        }
    });
    part(rows)
}
