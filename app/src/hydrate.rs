//! How the page comes alive in the WebView.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    app::app,
    board::page_opened,
    context::Context,
    json,
    page_data::PageData,
    reactive,
    telegram::{Host, buttons, haptics, launch, look},
};

/// Takes over the page that the server rendered. Does nothing to a page that carries no data: that one stands still.
pub fn hydrate() {
    let text = |id: &str| document().get_element_by_id(id).and_then(|element| element.text_content());
    let Some(root) = document().get_element_by_id("podium") else { return };
    let data = text("page-data").and_then(|json| json::read::<PageData>(&json));
    let catalog = text("page-texts").and_then(|json| read_catalog(&json));
    let (Some(data), Some(catalog)) = (data, catalog) else { return };
    let handle = leptos::mount::hydrate_from(root.unchecked_into(), move || {
        let context = Context::new(data, catalog);
        context.provide();
        come_alive(context);
        app(context)
    });
    handle.forget();
}

/// The texts that the server has put into the page, or sent.
fn read_catalog(json: &str) -> Option<i18n::Catalog> {
    i18n::Catalog::from_texts(json::read(json)?).ok()
}

/// Starts everything that only a WebView has.
fn come_alive(context: Context) {
    reactive::effect(move || {
        context.now.start();
        context.network.listen();
        context.visible.listen();
        context.router.listen();
        page_opened();
        reactive::spawn(speak_the_players_language(context));
    });
    let mut is_tied = false;
    reactive::effect(move || {
        let host = context.telegram.host();
        if matches!(host, Host::Present(_)) && !std::mem::replace(&mut is_tied, true) {
            haptics::enable(host.supports((6, 1)));
            look::follow(host);
            buttons::tie(host, context.actions, context.router);
            context.visible.listen_to_telegram();
        }
    });
    reactive::spawn(context.telegram.find());
    reactive::spawn(context.session.start(context.telegram));
}

async fn speak_the_players_language(context: Context) {
    if let Some(catalog) = launch::texts().await.and_then(|json| read_catalog(&json)) {
        context.speak(catalog);
    }
}
