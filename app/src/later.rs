//! Pages whose code and texts are loaded when they are opened, so that the first route does not pay for them
//! (docs/adr/0018).
//!
//! Such a page shows nothing public, so its first sight, the server's too, is a page that is being prepared. It keeps
//! its frame and its way back the whole time; when the code can't be had, it says so and offers to try again.
//!
//! Invariant: [`split::draw`] is the only way into the code that is loaded later. What it calls and nothing else does is in
//! the other file; whatever the first route calls as well stays with the first route.

use std::{cell::Cell, sync::Arc};

use futures::{FutureExt as _, future};
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    account::{link_page, privacy_page, settings_page},
    context::Context,
    missions::{missions_page, rewards_page},
    pages::{frame, profile_page},
    part::{Part, block, nothing, part},
    reactive::{self, Shared},
    router::Route,
    texts::Texts,
    ui::{Way, cell_skeleton, placeholder, section},
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

/// The page at `route`, as soon as its code is there.
pub(crate) fn later_page(route: Route) -> Part {
    let Context { texts, later, .. } = Context::get();
    reactive::effect(move || later.load(texts));
    let content = block(move || match later.0.get() {
        State::Loading => loading(),
        // Loaded code answers at once.
        State::Ready => match split::draw(route.clone()).now_or_never() {
            Some(Ok(page)) => page,
            Some(Err(_)) | None => nothing(),
        },
        State::Failed => failed(),
    });
    part(content)
}

fn loading() -> Part {
    let texts = Context::get().texts;
    let cells = || vec![cell_skeleton(), cell_skeleton(), cell_skeleton()];
    frame(
        part(view! {
            <h1 class="visually-hidden" tabindex="-1">{texts.get(app::LOADING)}</h1>
            {section(None, None, cells())}
            {section(None, None, cells())}
        }),
        None,
    )
}

fn failed() -> Part {
    let Context { texts, later, network, .. } = Context::get();
    let retry = Arc::new(move || later.retry(texts, network.is_offline_now()));
    let way = Way::Press(texts.get(app::RETRY), retry);
    let text = texts.error(domain::ErrorCode::Offline);
    frame(placeholder(texts.get(app::FAILED_TITLE), text, way), None)
}

/// The pages themselves. What nobody else calls is loaded with them.
fn page(route: &Route) -> Part {
    match route {
        Route::Missions(marked) => missions_page(marked.as_ref()),
        Route::Rewards => rewards_page(),
        Route::Profile => profile_page(),
        Route::Settings => settings_page(),
        Route::Privacy => privacy_page(),
        Route::Link => link_page(),
        // The first route's own.
        Route::Lobby | Route::Tournament(_) => nothing(),
    }
}

/// Where the WASM is cut.
#[expect(clippy::unnecessary_wraps, reason = "the macro puts in what can fail: loading")]
mod split {
    use leptos::wasm_split::SplitLoaderError;

    use crate::{part::Part, router::Route};

    /// Draws a page that is loaded later.
    #[leptos::wasm_split::wasm_split(later, wasm_split_path = ::leptos::wasm_split, preload(load), fallible)]
    pub(super) fn draw(route: Route) -> Result<Part, SplitLoaderError> {
        Ok(super::page(&route))
    }
}
