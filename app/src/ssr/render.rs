//! Pages as HTML.

use domain::Locale;
use i18n::keys::{app as texts, site};
use leptos::prelude::*;

use crate::{
    app::app,
    context::Context,
    document::{Document, Life},
    kit::kit,
    page_data::PageData,
    router::Route,
    ui::steps,
};

/// What the build has made of the page's code.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The path of the JavaScript.
    pub js: String,
    /// The path of the WASM.
    pub wasm: String,
    /// The style sheet itself.
    pub css: String,
    /// The paths of the WASM that later pages load.
    pub later: Vec<String>,
}

/// What a page is rendered with.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The built site.
    pub assets: &'a Assets,
    /// What the Content-Security-Policy of this answer names.
    pub nonce: &'a str,
    /// The reader's language.
    pub locale: Locale,
}

/// A page of the app, with all that it needs to come alive.
///
/// # Errors
/// Never for the data of this crate; the signature is `serde_json`'s.
pub fn render_app(
    setting: Setting<'_>,
    data: PageData,
    telegram_script: &str,
) -> Result<String, serde_json::Error> {
    let catalog = i18n::catalog(setting.locale);
    let json = data.to_json()?;
    let title = title(&data, setting.locale);
    let is_later = Route::parse(&data.path).is_some_and(|route| route.is_later());
    let body = render(move || {
        let context = Context::new(data, catalog.clone());
        context.provide();
        app(context)
    });
    let life = Some(Life { data: json, texts: catalog.page_json(), is_later, telegram_script });
    Ok(document(setting, &title, catalog.text(texts::TAGLINE), body, life))
}

/// `/`: what Podium is, and the way in. `bot` is the bot's username.
pub fn render_landing(setting: Setting<'_>, bot: Option<&str>) -> String {
    let catalog = i18n::catalog(setting.locale);
    let text = |key| catalog.text(key);
    let link = bot.map(|bot| format!("https://t.me/{bot}?startapp"));
    let body = render(|| {
        view! {
            <main class="site">
                {steps("steps site__logo")}
                <h1 class="site__title">{text(site::HEADING)}</h1>
                <p class="site__text">{text(site::TEXT)}</p>
                <div class="site__actions">
                    {link.map(|link| view! {
                        <a class="button button--filled" href=link>{text(site::OPEN)}</a>
                    })}
                    <a class="button button--tinted" href=Route::Lobby.path()>{text(site::WATCH)}</a>
                </div>
                <p class="site__note">{text(site::MONEY)}</p>
            </main>
        }
    });
    document(setting, text(site::TITLE), text(site::TEXT), body, None)
}

/// A path that leads nowhere.
pub fn render_not_found(setting: Setting<'_>) -> String {
    let catalog = i18n::catalog(setting.locale);
    let text = |key| catalog.text(key);
    let body = render(|| {
        view! {
            <main class="site">
                {steps("steps site__logo")}
                <h1 class="site__title">{text(texts::NOT_FOUND_TITLE)}</h1>
                <p class="site__text">{text(site::NOT_FOUND_TEXT)}</p>
                <div class="site__actions">
                    <a class="button button--filled" href="/">{text(site::NOT_FOUND_HOME)}</a>
                </div>
            </main>
        }
    });
    document(setting, text(texts::NOT_FOUND_TITLE), text(site::NOT_FOUND_TEXT), body, None)
}

/// `/kit`: every part of the design system in every state.
pub fn render_kit(setting: Setting<'_>) -> String {
    let body = render(|| kit(setting.locale));
    document(setting, "Podium: every part in every state", "The design system", body, None)
}

/// The HTML of a view. Nothing in it waits: all data is there before.
pub(crate) fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

pub(crate) fn document(
    setting: Setting<'_>,
    title: &str,
    description: &str,
    body: String,
    life: Option<Life<'_>>,
) -> String {
    let Setting { assets, nonce, locale } = setting;
    Document { assets, nonce, locale, title, description, body, life }.render()
}

/// The tournament's title, else the name of the app.
fn title(data: &PageData, locale: Locale) -> String {
    use crate::page_data::First;

    let name = i18n::catalog(locale).text(texts::TITLE);
    match &data.first {
        First::Tournament(page) => format!("{} · {name}", page.card.tournament.title.for_locale(locale)),
        First::Lobby(_) | First::Nothing | First::Failed(_) => name.to_owned(),
    }
}
