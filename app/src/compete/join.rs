//! Joining, and entering once more. The card says "you're in" at once, and takes it back with the reason when the server
//! refuses.

use domain::ErrorCode;
use i18n::keys::later;

use crate::{
    account::api,
    actions::Action,
    compete::{
        game::Game,
        stand::Stand,
        wire::{Entry, Mine},
    },
    reactive, router,
    telegram::haptics,
};

/// The page's main action while there is something to enter.
pub(super) fn offer(game: &Game) -> Option<Action> {
    let texts = game.context.texts;
    let (key, number) = match game.stand() {
        Stand::ToJoin(true) => (later::GAME_JOIN, 1),
        Stand::In => (later::GAME_JOIN_AGAIN, next_entry(game)?),
        _ => return None,
    };
    let game = game.clone();
    Some(Action::new(texts.get(key), move || reactive::spawn(join(game.clone(), number))))
}

/// The number of the next entry, for who has used all attempts and may enter again.
fn next_entry(game: &Game) -> Option<u64> {
    let (details, mine) = (game.known()?, game.mine.get()?);
    let entered = mine.entry?.entries;
    let is_used_up = mine.attempts_used? >= mine.attempts_allowed?;
    (is_used_up && entered < details.join.entries_max?).then_some(entered + 1)
}

async fn join(game: Game, number: u64) {
    let (Some(before), Some(url)) = (game.mine.now(), game.url("join")) else { return };
    if game.is_busy() {
        return;
    }
    game.talk.hush();
    game.turn();
    // The button is gone; who pressed it by the keyboard goes on from the card.
    router::move_focus(".stand-ins :focus", ".mine__title");
    game.mine.set(Some(joined(&game, before.clone(), number)));
    haptics::outcome(true);
    let answer: Result<Entry, ErrorCode> = api::post(&url, format!("{{\"entry\":{number}}}")).await.read();
    game.turn();
    if let Err(code) = answer {
        game.mine.set(Some(before));
        haptics::outcome(false);
        game.talk.fail(code);
    }
    game.load().await;
}

/// What joining will come to.
fn joined(game: &Game, before: Mine, number: u64) -> Mine {
    let per_entry = game.known().and_then(|details| details.attempts_max);
    let tier = before.entry.map_or(0, |entry| entry.tier);
    Mine {
        entry: Some(Entry { entries: number, tier, is_disqualified: false }),
        can_join: false,
        attempts_allowed: match (before.attempts_allowed, per_entry) {
            (Some(allowed), Some(more)) if number > 1 => Some(allowed + more),
            (_, per_entry) => per_entry,
        },
        ..before
    }
}
