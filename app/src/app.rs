//! The root of the page: the contexts that parts share, and the frame around the pages.

use leptos::{either::EitherOf4, prelude::*};

use crate::{
    actions::Actions,
    clock::Now,
    data::Data,
    json,
    net::status::Network,
    page_data::PageData,
    pages::{lobby_page, not_found_page, profile_page, tournament_page},
    reactive,
    router::{Route, Router},
    session::Session,
    telegram::Telegram,
    texts::Texts,
    visible::Visible,
};

/// The bot that the app belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bot(StoredValue<Option<String>>);

impl Bot {
    /// The bot of this username.
    pub(crate) fn new(username: Option<String>) -> Self {
        Self(StoredValue::new(username))
    }

    /// The bot of this page.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The link that opens a page of the app from Telegram.
    pub(crate) fn link_to(self, route: &Route) -> Option<String> {
        let username = self.0.get_value()?;
        Some(match route {
            Route::Tournament(id) => format!("https://t.me/{username}?startapp=t_{id}"),
            Route::Lobby | Route::Profile => format!("https://t.me/{username}?startapp"),
        })
    }
}

/// What the parts of the page share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared {
    pub(crate) texts: Texts,
    pub(crate) router: Router,
    pub(crate) session: Session,
    pub(crate) telegram: Telegram,
    pub(crate) network: Network,
    pub(crate) visible: Visible,
    pub(crate) now: Now,
    pub(crate) actions: Actions,
}

impl Shared {
    /// Makes what is shared and provides it to everything below the current owner.
    pub(crate) fn provide(data: PageData, catalog: i18n::Catalog) -> Self {
        let route = Route::parse(&data.path);
        provide_context(Data::new(data.first, route.as_ref()));
        provide_context(Bot::new(data.bot));
        let shared = Self {
            texts: Texts::new(catalog),
            router: Router::new(route),
            session: Session::new(),
            telegram: Telegram::new(),
            network: Network::new(),
            visible: Visible::new(),
            now: Now::new(data.now),
            actions: Actions::new(),
        };
        shared.provide_all();
        shared
    }

    /// Provides each part under its own type.
    pub(crate) fn provide_all(self) {
        provide_context(self.texts);
        provide_context(self.router);
        provide_context(self.session);
        provide_context(self.telegram);
        provide_context(self.network);
        provide_context(self.visible);
        provide_context(self.now);
        provide_context(self.actions);
    }
}

/// The whole page.
pub(crate) fn app(shared: Shared) -> impl IntoView {
    view! {
        <div class="page">
            {move || {
                shared.texts.track();
                match shared.router.current() {
                    Some(Route::Lobby) => EitherOf4::A(lobby_page()),
                    Some(Route::Tournament(id)) => EitherOf4::B(tournament_page(&id)),
                    Some(Route::Profile) => EitherOf4::C(profile_page()),
                    None => EitherOf4::D(not_found_page()),
                }
            }}
        </div>
    }
}

/// The texts that the server has put into the page, or sent.
#[cfg(feature = "hydrate")]
fn read_catalog(json: &str) -> Option<i18n::Catalog> {
    i18n::Catalog::from_texts(json::read(json)?).ok()
}

/// Takes over the page that the server rendered. Does nothing to a page that carries no data: that one stands still.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    use wasm_bindgen::JsCast;

    let text = |id: &str| document().get_element_by_id(id).and_then(|element| element.text_content());
    let Some(root) = document().get_element_by_id("podium") else { return };
    let data = text("page-data").and_then(|json| json::read::<PageData>(&json));
    let catalog = text("page-texts").and_then(|json| read_catalog(&json));
    let (Some(data), Some(catalog)) = (data, catalog) else { return };
    let handle = leptos::mount::hydrate_from(root.unchecked_into(), move || {
        let shared = Shared::provide(data, catalog);
        come_alive(shared);
        app(shared)
    });
    handle.forget();
}

/// Starts everything that only a WebView has.
#[cfg(feature = "hydrate")]
fn come_alive(shared: Shared) {
    use crate::{
        board::page_opened,
        telegram::{Host, buttons, haptics, launch, look},
    };

    reactive::effect(move || {
        shared.now.start();
        shared.network.listen();
        shared.visible.listen();
        shared.router.listen();
        page_opened();
        reactive::spawn(async move {
            if let Some(catalog) = launch::texts().await.and_then(|json| read_catalog(&json)) {
                if let Some(page) = document().document_element() {
                    let _ = page.set_attribute("lang", catalog.locale().tag());
                }
                shared.texts.replace(catalog);
            }
        });
    });
    let is_tied = StoredValue::new(false);
    reactive::effect(move || {
        let host = shared.telegram.host();
        if matches!(host, Host::Present(_)) && !is_tied.get_value() {
            is_tied.set_value(true);
            haptics::enable(host.supports((6, 1)));
            look::follow(host);
            buttons::tie(host, shared.actions, shared.router);
            shared.visible.listen_to_telegram();
        }
    });
    reactive::spawn(shared.telegram.find());
    reactive::spawn(shared.session.start(shared.telegram));
}
