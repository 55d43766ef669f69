//! How a board looks: three steps for the first three, rows below. One list, so that a player who climbs the steps
//! slides there, and a screen reader hears one ranking.

use domain::{Score, board::BoardEntry};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    board::{
        BoardStore,
        movement::{self, Places},
        store::Row,
    },
    reactive,
    session::Session,
    texts::Texts,
    ui::avatar,
};

/// The steps of the podium.
const STEPS: u64 = 3;

/// The ranking of `store`, as many rows as `limit` allows.
pub(crate) fn board(store: BoardStore, limit: usize) -> impl IntoView {
    let texts = Texts::expect();
    let list = NodeRef::<html::Ol>::new();
    let rows = move || {
        let mut rows = store.rows();
        rows.truncate(limit);
        rows
    };
    let taken = reactive::memo(move || STEPS.min(store.rows().len() as u64));
    let free = move || (taken.get() + 1..=STEPS).map(free_step).collect::<Vec<_>>();
    slide_rows(store, list);
    view! {
        <ol class="board" data-testid="board" aria-label=texts.get(i18n::keys::app::BOARD_TITLE) node_ref=list>
            <For each=rows key=|row| row.player.clone() children=|row| board_row(row)/>
            {free}
        </ol>
    }
}

/// A step that nobody stands on.
fn free_step(place: u64) -> impl IntoView {
    let texts = Texts::expect();
    view! {
        <li class="row row--free" data-place=place.to_string()>
            <span class="row__avatar avatar avatar--free" aria-hidden="true"></span>
            <span class="row__name">{texts.get(i18n::keys::app::FREE_PLACE)}</span>
            <span class="row__rank" aria-hidden="true">{place.to_string()}</span>
        </li>
    }
}

/// Slides the rows when the board has changed.
fn slide_rows(store: BoardStore, list: NodeRef<html::Ol>) {
    let places = StoredValue::new_local(None::<Places>);
    reactive::effect(move || {
        store.version();
        // The rows themselves change in the same turn; by the next frame they are where they belong.
        request_animation_frame(move || {
            let Some(Some(board)) = list.try_get_untracked() else { return };
            places.try_update_value(|places| {
                let after = movement::slide(&board, places.as_ref());
                *places = Some(after);
            });
        });
    });
}

fn board_row(row: Row) -> impl IntoView {
    let texts = Texts::expect();
    let session = Session::expect();
    let entry = row.entry;
    let (of_rank, of_place, of_name, of_number) =
        (entry.clone(), entry.clone(), entry.clone(), entry.clone());
    let of_score = entry.clone();
    let place = move || {
        let rank = of_place.get().rank;
        (rank <= STEPS).then(|| rank.to_string())
    };
    let initial = entry.get_untracked().alias;
    let player = row.player;
    let key = player.to_string();
    let seed = key.clone();
    let is_me = reactive::memo(move || session.player().get().as_ref() == Some(&player));
    let class = move || if is_me.get() { "row row--me" } else { "row" };
    let element = NodeRef::<html::Span>::new();
    tint_gains(entry, element);
    view! {
        <li
            class=class
            data-testid="board-row"
            data-player=key
            data-rank=move || of_rank.get().rank.to_string()
            data-place=place
        >
            <span class="row__rank">{move || texts.number(of_number.get().rank)}</span>
            {avatar(initial, seed, "row__avatar")}
            <span class="row__name">
                <span class="row__alias">{move || of_name.get().alias}</span>
                {move || is_me.get().then(|| you())}
            </span>
            <span class="row__score" node_ref=element>{move || texts.score(of_score.get().score)}</span>
        </li>
    }
}

/// The mark of the player's own row.
pub(super) fn you() -> impl IntoView {
    view! { <span class="tag">{Texts::expect().get(i18n::keys::app::ME_YOU)}</span> }
}

/// Tints a score that has changed.
fn tint_gains(entry: ArcRwSignal<BoardEntry>, element: NodeRef<html::Span>) {
    let mut before = None::<Score>;
    reactive::effect(move || {
        let score = entry.get().score;
        if before.replace(score).is_some_and(|before| before != score)
            && let Some(element) = element.get_untracked()
        {
            movement::tint(element.unchecked_ref());
        }
    });
}

/// The rows around the player, when they are below the window.
pub(crate) fn neighbors(store: BoardStore) -> impl IntoView {
    let title = Texts::expect().get(i18n::keys::app::TOURNAMENT_AROUND);
    move || {
        let around = store.around();
        (!around.is_empty()).then(|| {
            let row =
                |entry: BoardEntry| Row { player: entry.player.clone(), entry: ArcRwSignal::new(entry) };
            let rows = around.into_iter().map(|entry| board_row(row(entry))).collect::<Vec<_>>();
            view! {
                <h2 class="section__header">{title.clone()}</h2>
                <ol class="board board--plain" aria-label=title.clone()>{rows}</ol>
            }
        })
    }
}
