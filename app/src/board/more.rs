//! The way on below the rows that are shown: one press brings the next ones, in the places that were kept for them.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    board::{BoardStore, tail},
    context::Context,
    node::nodes,
    part::{Part, block, nothing, part, text},
    reactive::{self, Shared},
    router,
    texts::Texts,
    ui::{ButtonKind, button, rows_skeleton},
};

/// A button for more rows, as long as there are more. What loads has its place at once, so that nothing jumps when it
/// comes; a screen reader hears how far the board is shown then, and the keyboard goes on from the first new row.
pub(crate) fn more(store: BoardStore) -> Part {
    // The server draws none of it: nothing would answer a press before the page is alive.
    let is_alive = Shared::new(false);
    reactive::effect(move || is_alive.set(true));
    part(block(move || if is_alive.get() { way_on(store) } else { nothing() }))
}

fn way_on(store: BoardStore) -> Part {
    let texts = Context::get().texts;
    let told = Shared::new(String::new());
    let has_more = reactive::whether(move || store.rest() > 0);
    let is_loading = reactive::whether(move || store.is_loading());
    let awaited = block(move || {
        if is_loading.get() {
            rows_skeleton(untrack(move || tail::next_rows(store)), texts.get(app::LOADING))
        } else {
            nothing()
        }
    });
    let button = block(move || {
        if has_more.get() {
            let press = Arc::new(move || reactive::spawn(load(store, texts, told)));
            button(ButtonKind::Tinted, texts.get(app::TOURNAMENT_MORE), press)
        } else {
            nothing()
        }
    });
    nodes! {
        {awaited}
        <div class="more">
            {button}
            <p class="more__told" role="status">{text(move || told.get())}</p>
        </div>
    }
}

async fn load(store: BoardStore, texts: Texts, told: Shared<String>) {
    if store.is_loading_now() {
        return;
    }
    told.set(String::new());
    let before = store.shown();
    let outcome: Result<(), ErrorCode> = tail::load_more(store).await;
    told.set(match outcome {
        Ok(()) => texts.with(|catalog| {
            let shown = store.shown() as u64;
            app::tournament_shown(catalog, shown, store.total_now().max(shown))
        }),
        Err(code) => texts.error(code),
    });
    if let Some(player) = store.player_behind(before) {
        router::move_focus(".more .button:focus", &format!("[data-player='{player}']"));
    }
}
