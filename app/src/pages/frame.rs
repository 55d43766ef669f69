//! The frame around a page's content: notices above, the own place and the tab bar at its foot.

use crate::{
    board::{BoardStore, me_bar},
    node::nodes,
    pages::{
        dock::{back_button, dock},
        notices::notices,
    },
    part::{Part, nothing},
};

/// A page. `board` is the one whose own row stays in sight.
pub(crate) fn frame(content: Part, board: Option<BoardStore>) -> Part {
    let own_place = board.map_or_else(nothing, me_bar);
    nodes! {
        <main class="content">{back_button()}{notices()}{content}</main>
        <div class="dock">{own_place}{dock()}</div>
    }
}
