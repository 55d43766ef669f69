//! Claiming what was won in a tournament.

use domain::ErrorCode;

use crate::{
    account::api,
    compete::{
        game::Game,
        wire::{Mine, Reward},
    },
    router,
    telegram::haptics,
};

/// Whether there is something to claim.
pub(super) fn is_claimable(mine: &Mine) -> bool {
    mine.reward.as_ref().is_some_and(|reward| reward.state == "offered")
}

/// Claims it. It is the player's at once, and not when the server refuses.
pub(super) async fn claim(game: Game) {
    let Some(before) = game.mine.now() else { return };
    let Some(reward) = before.reward.clone() else { return };
    if game.is_busy() {
        return;
    }
    game.talk.hush();
    game.turn();
    let url = format!("/v1/rewards/{}/claim", reward.reward_id);
    let granted = Reward { state: "granted".to_owned(), ..reward };
    game.mine.set(Some(Mine { reward: Some(granted), ..before.clone() }));
    game.has_won.set(true);
    // The button is gone; who pressed it by the keyboard goes on from the card.
    router::keep_focus();
    haptics::outcome(true);
    let answer: Result<Reward, ErrorCode> = api::post(&url, "{}".to_owned()).await.read();
    game.turn();
    if let Err(code) = answer {
        game.mine.set(Some(before));
        game.has_won.set(false);
        haptics::outcome(false);
        game.talk.fail(code);
    }
    game.load_mine().await;
}
