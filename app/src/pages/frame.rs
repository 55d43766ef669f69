//! The frame around a page's content: notices above, the own place and the tab bar at its foot.

use leptos::prelude::*;

use crate::{
    board::{BoardStore, me_bar},
    pages::{
        dock::{back_button, dock},
        notices::notices,
    },
    part::{Part, nothing, part},
};

/// A page. `board` is the one whose own row stays in sight.
pub(crate) fn frame(content: Part, board: Option<BoardStore>) -> Part {
    let own_place = board.map_or_else(nothing, me_bar);
    part(view! {
        <main class="content">{back_button()}{notices()}{content}</main>
        <div class="dock">{own_place}{dock()}</div>
    })
}
