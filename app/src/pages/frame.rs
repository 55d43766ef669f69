//! The frame around a page's content: notices above, the own place and the tab bar at its foot.

use leptos::prelude::*;

use crate::{
    board::{BoardStore, MeBar},
    pages::{
        dock::{BackLink, Dock},
        notices::Notices,
    },
};

/// A page. `board` is the one whose own row stays in sight.
pub(crate) fn frame(content: AnyView, board: Option<BoardStore>) -> AnyView {
    view! {
        <main class="content">
            {view! { <BackLink/> }.into_any()}
            {view! { <Notices/> }.into_any()}
            {content}
        </main>
        <div class="dock">
            {board.map(|store| view! { <MeBar store/> }.into_any())}
            {view! { <Dock/> }.into_any()}
        </div>
    }
    .into_any()
}
