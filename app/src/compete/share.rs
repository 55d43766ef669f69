//! Sharing a tournament: by a message that the bot has prepared where the client can show one, else by the link.

use domain::ErrorCode;
use i18n::keys::app;

use crate::{
    account::api,
    actions::Action,
    compete::{game::Game, wire::Prepared},
    reactive,
    telegram::{self, access},
};

/// The page's secondary action, in the place of the one that shares the link alone. `url` shares the link.
pub(super) fn offer(game: Game, url: Option<String>) -> impl Fn() -> Option<Action> {
    move || {
        let url = url.clone()?;
        game.context.session.player()?;
        // Clients that show no prepared message keep the page's own.
        if !game.context.telegram.host().supports((8, 0)) {
            return None;
        }
        let label = game.context.texts.get(app::ACTION_SHARE);
        Some(Action::new(label, move || reactive::spawn(share(game, url.clone()))))
    }
}

async fn share(game: Game, link: String) {
    let Some(url) = game.url("share") else { return };
    let host = game.context.telegram.host_now();
    let prepared: Result<Prepared, ErrorCode> = api::post(&url, "{}".to_owned()).await;
    let message = prepared.ok().and_then(|prepared| prepared.prepared_message_id);
    if !message.is_some_and(|message| access::share_message(host, &message)) {
        telegram::open_link(host, &link);
    }
}
