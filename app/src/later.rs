//! Pages, and parts of pages, whose code and texts are loaded when they are opened, so that the first route does not pay
//! for them (docs/adr/0018).
//!
//! Such a page shows nothing public, so its first sight, the server's too, is a page that is being prepared. It keeps
//! its frame and its way back the whole time; when the code can't be had, it says so and offers to try again. A part of
//! a page of the first route has its room from the start: nothing moves when it comes.
//!
//! Invariant: [`split::draw`] is the only way into the code that is loaded later. What it calls and nothing else does is in
//! the other file; whatever the first route calls as well stays with the first route.

use std::{cell::Cell, sync::Arc};

use futures::{FutureExt as _, future};
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    account::{link_page, privacy_page, settings_page},
    board::BoardStore,
    compete::{history_page, list_page, tournament_part},
    context::Context,
    missions::{missions_page, rewards_page},
    node::nodes,
    pages::{frame, profile_page},
    part::{Part, block, nothing, part},
    reactive::{self, Shared},
    router::Route,
    texts::Texts,
    ui::{Shape, Tone, Way, card, cell_skeleton, placeholder, section},
};

/// What the build calls the code of these pages in `assets.json`; the name of the cut below.
pub const LATER: &str = "later";

/// Where loading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Loading,
    Ready,
    Failed,
}

/// What is loaded later.
#[expect(clippy::large_enum_variant, reason = "one at a time, and never in a list")]
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A whole page.
    Page(Route),
    /// What a player has to do with a tournament, on its page.
    Tournament(BoardStore),
}

thread_local! {
    /// Whether a load is under way; two pages in a row share it.
    static RUNS: Cell<bool> = const { Cell::new(false) };
    /// Whether the player has asked to try again, and it has not worked yet.
    static WAS_RETRIED: Cell<bool> = const { Cell::new(false) };
}

/// The part of the app that is loaded later. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Later(Shared<State>);

impl Later {
    /// A part that is not there yet.
    pub(crate) fn new() -> Self {
        Self(Shared::new(State::Loading))
    }

    /// The texts that came with it are in another language than the page from now on.
    pub(crate) fn forget_texts(self) {
        self.0.set(State::Loading);
    }

    /// Loads it, unless it is there or on its way.
    fn load(self, texts: Texts) {
        if self.0.now() == State::Ready || RUNS.replace(true) {
            return;
        }
        self.0.set(State::Loading);
        reactive::spawn(async move {
            // The loader gives up by itself (xtask/src/site/split.rs).
            let (code, texts) = future::join(split::load(), texts.load_later()).await;
            RUNS.set(false);
            let is_there = code.is_ok() && texts;
            if is_there {
                WAS_RETRIED.set(false);
            }
            self.0.set(if is_there { State::Ready } else { State::Failed });
        });
    }

    /// Tries again. A page that was opened before a deployment names code that is gone: what fails again while the
    /// network works is cured by loading the document anew.
    fn retry(self, texts: Texts, is_offline: bool) {
        if WAS_RETRIED.replace(true) && !is_offline {
            // A browser that refuses leaves the page as it is, with its button.
            let _ = window().location().reload();
            return;
        }
        self.load(texts);
    }
}

/// The page or part `what`, as soon as its code is there.
pub(crate) fn later(what: What) -> Part {
    let Context { texts, later, .. } = Context::get();
    reactive::effect(move || later.load(texts));
    let is_page = matches!(what, What::Page(_));
    let content = block(move || match later.0.get() {
        State::Loading if is_page => loading(),
        State::Loading => tournament_room(),
        // Loaded code answers at once.
        State::Ready => match split::draw(what.clone()).now_or_never() {
            Some(Ok(page)) => page,
            Some(Err(_)) | None => nothing(),
        },
        State::Failed => failed(is_page),
    });
    part(content)
}

fn loading() -> Part {
    let texts = Context::get().texts;
    let cells = || vec![cell_skeleton(), cell_skeleton(), cell_skeleton()];
    frame(
        nodes! {
            <h1 class="visually-hidden" tabindex="-1">{texts.get(app::LOADING)}</h1>
            {section(None, None, cells())}
            {section(None, None, cells())}
        },
        None,
    )
}

/// The room of [`What::Tournament`], as high as what will stand in it.
pub(crate) fn tournament_room() -> Part {
    section(None, None, vec![cell_skeleton()])
}

fn failed(is_page: bool) -> Part {
    let Context { texts, later, network, .. } = Context::get();
    let retry = Arc::new(move || later.retry(texts, network.is_offline_now()));
    let way = Way::Press(texts.get(app::RETRY), retry);
    let (title, text) = (texts.get(app::FAILED_TITLE), texts.error(domain::ErrorCode::Offline));
    if is_page {
        frame(placeholder(title, text, way), None)
    } else {
        card(Tone::Trouble, Shape::Cloud, title, text, "later-failed", way)
    }
}

/// The pages and parts themselves. What nobody else calls is loaded with them.
fn draw(what: What) -> Part {
    match what {
        What::Page(Route::Tournaments(list)) => list_page(list),
        What::Page(Route::History) => history_page(),
        What::Page(Route::Profile) => profile_page(),
        What::Page(Route::Settings) => settings_page(),
        What::Page(Route::Privacy) => privacy_page(),
        What::Page(Route::Link) => link_page(),
        What::Page(Route::Missions(marked)) => missions_page(marked.as_ref()),
        What::Page(Route::Rewards) => rewards_page(),
        // The first route's own.
        What::Page(Route::Lobby | Route::Tournament(_)) => nothing(),
        What::Tournament(store) => tournament_part(store),
    }
}

/// Where the WASM is cut.
#[expect(clippy::unnecessary_wraps, reason = "the macro puts in what can fail: loading")]
mod split {
    use leptos::wasm_split::SplitLoaderError;

    use crate::{later::What, part::Part};

    /// Draws what is loaded later.
    #[leptos::wasm_split::wasm_split(later, wasm_split_path = ::leptos::wasm_split, preload(load), fallible)]
    pub(super) fn draw(what: What) -> Result<Part, SplitLoaderError> {
        Ok(super::draw(what))
    }
}
