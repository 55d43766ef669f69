//! What a tournament's page offers to do. Main: to join, else to the own row and back to the leaders. Secondary: to share.

use domain::board::TournamentCard;
use i18n::keys::app;
use leptos::prelude::Get as _;

use crate::{
    actions::Action,
    board::bring_into_sight,
    compete::{game::Game, join, share},
    context::Context,
    reactive::{self, Shared},
};

/// Offers it for as long as the calling part is shown.
pub(super) fn offer(game: &Game, card: &TournamentCard) {
    let Context { texts, session, actions, .. } = Context::get();
    let is_at_me = Shared::new(false);
    let store = game.store;
    let is_far_down = reactive::whether(move || store.me().is_some_and(|me| me.rank > 3));
    let (share, game) = (share::offer(game, card), game.clone());
    let main = move || {
        if let Some(join) = join::offer(&game) {
            return Some(join);
        }
        if !is_far_down.get() {
            return None;
        }
        let at_me = is_at_me.get();
        let label = texts.get(if at_me { app::ACTION_TOP } else { app::ACTION_SHOW_ME });
        Some(Action::new(label, move || {
            match session.player_now() {
                Some(player) if !at_me => {
                    bring_into_sight(&format!("[data-player='{player}']"), "center", true);
                }
                _ => bring_into_sight("main", "start", true),
            }
            is_at_me.set(!at_me);
        }))
    };
    actions.offer(main, share);
}
