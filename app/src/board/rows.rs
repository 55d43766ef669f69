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
    session::Session,
    texts::Texts,
    ui::Avatar,
};

/// The steps of the podium.
const STEPS: usize = 3;

/// The ranking of `store`, as many rows as `limit` allows.
#[component]
pub(crate) fn Board(
    /// What to show.
    store: BoardStore,
    /// At most this many rows.
    #[prop(optional)]
    limit: Option<usize>,
) -> impl IntoView {
    let texts = Texts::expect();
    let list = NodeRef::<html::Ol>::new();
    let rows = Signal::derive(move || {
        let mut rows = store.rows().get();
        rows.truncate(limit.unwrap_or(usize::MAX));
        rows
    });
    let free = Memo::new(move |_| (rows.with(Vec::len) + 1..=STEPS).collect::<Vec<_>>());
    slide_rows(store, list);
    view! {
        <ol class="board" data-testid="board" aria-label=texts.get(i18n::keys::app::BOARD_TITLE) node_ref=list>
            <For each=move || rows.get() key=|row| row.player.clone() let:row>
                <BoardRow row/>
            </For>
            <For each=move || free.get() key=|place| *place let:place>
                <li class="row row--free" data-place=place.to_string()>
                    <span class="row__avatar avatar avatar--free" aria-hidden="true"></span>
                    <span class="row__name">{texts.get(i18n::keys::app::FREE_PLACE)}</span>
                    <span class="row__rank" aria-hidden="true">{place}</span>
                </li>
            </For>
        </ol>
    }
}

/// Measures the rows before the page changes and slides them afterwards.
fn slide_rows(store: BoardStore, list: NodeRef<html::Ol>) {
    let places = StoredValue::new_local(None::<Places>);
    Effect::new(move |_| {
        store.version().track();
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

#[component]
fn BoardRow(row: Row) -> impl IntoView {
    let texts = Texts::expect();
    let session = Session::expect();
    let entry = row.entry;
    let rank = Signal::derive({
        let entry = entry.clone();
        move || entry.with(|entry| entry.rank)
    });
    let name = {
        let entry = entry.clone();
        move || entry.with(|entry| entry.alias.clone())
    };
    let score = {
        let entry = entry.clone();
        move || texts.score(entry.with(|entry| entry.score))
    };
    let initial = entry.with_untracked(|entry| entry.alias.clone());
    let player = row.player;
    let key = player.to_string();
    let seed = key.clone();
    let is_me = {
        let player = player.clone();
        Memo::new(move |_| session.player().with(|me| me.as_ref() == Some(&player)))
    };
    let place = move || (rank.get() <= STEPS as u64).then(|| rank.get().to_string());
    let element = NodeRef::<html::Span>::new();
    tint_gains(entry, element);
    view! {
        <li
            class="row"
            class=("row--me", is_me)
            data-testid="board-row"
            data-player=key
            data-rank=move || rank.get().to_string()
            data-place=place
        >
            <span class="row__rank">{move || texts.number(rank.get())}</span>
            <Avatar name=initial seed class="row__avatar"/>
            <span class="row__name">
                <span class="row__alias">{name}</span>
                <Show when=move || is_me.get()>
                    <span class="tag">{texts.get(i18n::keys::app::ME_YOU)}</span>
                </Show>
            </span>
            <span class="row__score" node_ref=element>{score}</span>
        </li>
    }
}

/// Tints a score that has changed.
fn tint_gains(entry: ArcRwSignal<BoardEntry>, element: NodeRef<html::Span>) {
    Effect::new(move |before: Option<Score>| {
        let score = entry.with(|entry| entry.score);
        if before.is_some_and(|before| before != score)
            && let Some(element) = element.get_untracked()
        {
            movement::tint(element.unchecked_ref());
        }
        score
    });
}

/// The rows around the player, when they are below the window.
#[component]
pub(crate) fn Neighbors(
    /// Whose.
    store: BoardStore,
) -> impl IntoView {
    let texts = Texts::expect();
    let is_shown = Memo::new(move |_| store.around().with(|around| !around.is_empty()));
    view! {
        <Show when=move || is_shown.get()>
            <h2 class="section__header">{texts.get(i18n::keys::app::TOURNAMENT_AROUND)}</h2>
            <ol class="board board--plain" aria-label=texts.get(i18n::keys::app::TOURNAMENT_AROUND)>
                <For each=move || store.around().get() key=neighbor_key let:entry>
                    <BoardRow row=Row { player: entry.player.clone(), entry: ArcRwSignal::new(entry) }/>
                </For>
            </ol>
        </Show>
    }
}

fn neighbor_key(entry: &BoardEntry) -> (u64, String, i64) {
    (entry.rank, entry.player.to_string(), entry.score.points())
}
