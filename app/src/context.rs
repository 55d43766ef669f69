//! What all parts of a page share, under one name.

use leptos::prelude::{document, provide_context, use_context};

use crate::{
    actions::Actions,
    clock::Now,
    data::Data,
    later::Later,
    net::status::Network,
    page_data::PageData,
    reactive::Shared,
    router::{Route, Router},
    session::Session,
    telegram::Telegram,
    texts::Texts,
    visible::Visible,
};

/// The state of the page. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// The texts.
    pub texts: Texts,
    /// Where the player is.
    pub router: Router,
    /// Who is signed in.
    pub session: Session,
    /// The client around the page.
    pub telegram: Telegram,
    /// Whether the server can be reached.
    pub network: Network,
    /// Whether the page is seen.
    pub visible: Visible,
    /// The server's time.
    pub now: Now,
    /// What the page offers to do.
    pub actions: Actions,
    /// What the pages show.
    pub data: Data,
    /// The bot.
    pub bot: Bot,
    /// The pages whose code is loaded when they are opened.
    pub later: Later,
}

impl Context {
    /// The state of a page that begins with `data`.
    pub(crate) fn new(data: PageData, catalog: i18n::Catalog) -> Self {
        let route = Route::parse(&data.path);
        Self {
            data: Data::new(data.first, route.as_ref()),
            bot: Bot(Shared::new(data.bot)),
            texts: Texts::new(catalog),
            router: Router::new(route),
            session: Session::new(),
            telegram: Telegram::new(),
            network: Network::new(),
            visible: Visible::new(),
            now: Now::new(data.now),
            actions: Actions::new(),
            later: Later::new(),
        }
    }

    /// Makes it known to everything below the current owner.
    pub(crate) fn provide(self) {
        provide_context(self);
    }

    /// Draws the page anew in another language.
    pub(crate) fn speak(self, catalog: i18n::Catalog) {
        if let Some(page) = document().document_element() {
            // A page that keeps its old `lang` is read out with the wrong accent, nothing worse.
            let _ = page.set_attribute("lang", catalog.locale().tag());
        }
        self.later.forget_texts();
        self.texts.replace(catalog);
    }

    /// The state of this page.
    #[expect(clippy::expect_used, reason = "the root provides it before anything is drawn")]
    pub(crate) fn get() -> Self {
        use_context().expect("the page's context")
    }
}

/// The bot that the app belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bot(Shared<Option<String>>);

impl Bot {
    /// The link that opens a page of the app from Telegram.
    pub(crate) fn link_to(self, route: &Route) -> Option<String> {
        let username = self.0.now()?;
        Some(match route.start_parameter() {
            Some(parameter) => format!("https://t.me/{username}?startapp={parameter}"),
            None => format!("https://t.me/{username}?startapp"),
        })
    }
}
