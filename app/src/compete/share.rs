//! Sharing a tournament: by a message that the bot has prepared where the client can show one, else by the link.

use domain::{ErrorCode, board::TournamentCard};
use i18n::keys::app;

use crate::{
    account::api,
    actions::Action,
    compete::{game::Game, wire::Prepared},
    context::Context,
    pages::title,
    reactive,
    router::Route,
    telegram::{self, access},
};

/// The page's secondary action.
pub(super) fn offer(game: &Game, card: &TournamentCard) -> impl Fn() -> Option<Action> + use<> {
    let (url, game) = (share_url(card), game.clone());
    move || {
        let url = url.clone()?;
        let game = game.clone();
        let label = game.context.texts.get(app::ACTION_SHARE);
        Some(Action::new(label, move || reactive::spawn(share(game.clone(), url.clone()))))
    }
}

/// What shares the link.
fn share_url(card: &TournamentCard) -> Option<String> {
    let Context { texts, bot, .. } = Context::get();
    let link = bot.link_to(&Route::Tournament(card.tournament.tournament_id.clone()))?;
    let title = title(texts, card);
    let text = texts.with(|catalog| app::share_text(catalog, &title));
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    Some(format!("https://t.me/share/url?url={}&text={}", encode(&link), encode(&text)))
}

async fn share(game: Game, link: String) {
    let Context { telegram, session, .. } = game.context;
    let host = telegram.host_now();
    // Clients that show no prepared message are given the link at once, and so is who has no name.
    if host.supports((8, 0))
        && session.player_now().is_some()
        && let Some(url) = game.url("share")
    {
        let prepared: Result<Prepared, ErrorCode> = api::post(&url, "{}".to_owned()).await.read();
        let message = prepared.ok().and_then(|prepared| prepared.prepared_message_id);
        if let Some(message) = message
            && access::share_message(&message).await
        {
            return;
        }
    }
    telegram::open_link(host, &link);
}
