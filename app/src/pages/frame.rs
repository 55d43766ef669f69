//! The frame around a page's content: notices above, the own place and the tab bar at its foot.

use leptos::prelude::*;

use crate::{
    board::{BoardStore, me_bar},
    pages::{
        dock::{back_link, dock},
        notices::notices,
    },
};

/// A page. `board` is the one whose own row stays in sight.
pub(crate) fn frame<V: IntoView>(content: V, board: Option<BoardStore>) -> impl IntoView {
    view! {
        <main class="content">
            {back_link()}
            {notices()}
            {content}
        </main>
        <div class="dock">
            {board.map(|store| me_bar(store))}
            {dock()}
        </div>
    }
}
