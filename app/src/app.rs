//! The root of the page.

use crate::{
    context::Context,
    later::{What, later},
    node::nodes,
    pages::{lobby_page, not_found_page, tournament_page},
    part::{Part, block},
    router::Route,
};

/// The whole page. A change of language draws it anew.
pub(crate) fn app(context: Context) -> Part {
    let page = block(move || {
        context.texts.track();
        match context.router.current() {
            Some(Route::Lobby) => lobby_page(),
            Some(Route::Tournament(id)) => tournament_page(&id),
            Some(route) => later(What::Page(route)),
            None => not_found_page(),
        }
    });
    nodes! { <div class="page">{page}</div> }
}
