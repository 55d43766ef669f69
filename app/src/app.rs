//! The root of the page: the contexts that parts share, and the frame around the pages.

use leptos::prelude::*;

use crate::{
    actions::Actions,
    clock::Now,
    data::Data,
    net::status::Network,
    page_data::PageData,
    pages::{LobbyPage, NotFoundPage, ProfilePage, TournamentPage},
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

    /// Whether the server knows its bot.
    pub(crate) fn is_known(self) -> bool {
        self.0.with_value(Option::is_some)
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
#[component]
pub(crate) fn App(
    /// What its parts share.
    shared: Shared,
) -> impl IntoView {
    let route = shared.router.route();
    view! {
        <div class="page">
            {move || {
                shared.texts.track();
                match route.get() {
                    Some(Route::Lobby) => view! { <LobbyPage/> }.into_any(),
                    Some(Route::Tournament(id)) => view! { <TournamentPage id/> }.into_any(),
                    Some(Route::Profile) => view! { <ProfilePage/> }.into_any(),
                    None => view! { <NotFoundPage/> }.into_any(),
                }
            }}
        </div>
    }
}

/// Takes over the page that the server rendered. Does nothing to a page that carries no data: that one stands still.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    use wasm_bindgen::JsCast;

    let text = |id: &str| document().get_element_by_id(id).and_then(|element| element.text_content());
    let Some(root) = document().get_element_by_id("podium") else { return };
    let data = text("page-data").and_then(|json| serde_json::from_str::<PageData>(&json).ok());
    let catalog = text("page-texts").and_then(|json| i18n::Catalog::from_json(&json).ok());
    let (Some(data), Some(catalog)) = (data, catalog) else { return };
    let handle = leptos::mount::hydrate_from(root.unchecked_into(), move || {
        let shared = Shared::provide(data, catalog);
        come_alive(shared);
        view! { <App shared/> }
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

    Effect::new(move |_| {
        shared.now.start();
        shared.network.listen();
        shared.visible.listen();
        shared.router.listen();
        page_opened();
        leptos::task::spawn_local(async move {
            if let Some(catalog) = launch::texts().await.and_then(|json| i18n::Catalog::from_json(&json).ok())
            {
                if let Some(page) = document().document_element() {
                    let _ = page.set_attribute("lang", catalog.locale().tag());
                }
                shared.texts.replace(catalog);
            }
        });
    });
    let is_tied = StoredValue::new(false);
    Effect::new(move |_| {
        let host = shared.telegram.host().get();
        if matches!(host, Host::Present(_)) && !is_tied.get_value() {
            is_tied.set_value(true);
            haptics::enable(host.supports((6, 1)));
            look::follow(host);
            buttons::tie(host, shared.actions, shared.router);
            shared.visible.listen_to_telegram();
        }
    });
    leptos::task::spawn_local(shared.telegram.find());
    leptos::task::spawn_local(shared.session.start(shared.telegram));
}
