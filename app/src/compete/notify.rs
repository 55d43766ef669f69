//! "Notify me": a bell on the card. What stands in the way of a message is mended in the same step: the consent, and
//! whether the bot may write at all.

use domain::ErrorCode;
use i18n::{Key, keys::later};
use leptos::prelude::*;

use crate::{
    account::{api, wire::Consents},
    compete::{
        game::Game,
        stand::Stand,
        wire::{Mine, Person},
    },
    context::Context,
    net::later::{settled, sleep},
    node::nodes,
    part::{Part, attr, block, nothing, part},
    reactive::{self, Shared},
    router,
    telegram::{access, haptics},
};

const CONSENTS: &str = "/v1/tg/consents";
/// How often a tap that came too early looks whether it is its turn. Calls end in time, and so does its wait.
const TURN_MS: i32 = 50;

/// The bell, for who can be told something.
pub(super) fn bell(game: &Game) -> Part {
    let texts = Context::get().texts;
    let known = game.clone();
    let is_shown = reactive::whether(move || {
        let is_ahead = !matches!(
            known.stand(),
            Stand::Loading | Stand::Failed | Stand::Canceled | Stand::Out | Stand::Final(_) | Stand::Settling
        );
        known.mine.get().is_some() && is_ahead
    });
    let game = game.clone();
    let bell = block(move || {
        if !is_shown.get() {
            return nothing();
        }
        let (game, turned) = (game.clone(), game.mine);
        let is_pressed = attr(move || Some(is_on(turned).to_string()));
        let press = move |_| reactive::spawn(turn(game.clone()));
        nodes! {
            <button
                type="button"
                class="bell"
                data-testid="notify"
                aria-pressed={is_pressed}
                aria-label={texts.get(later::GAME_NOTIFY)}
                on:click={press}
            >
                // Drawn here: the other icons come with the first route.
                <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2.2 2.2 0 0 0 4 0"></path>
                </svg>
            </button>
        }
    });
    part(bell)
}

/// The way to the settings, after a no that can be changed there alone.
pub(super) fn settings_hint(game: &Game) -> Part {
    let texts = Context::get().texts;
    let is_muted = game.is_muted;
    let hint = block(move || {
        if !is_muted.get() {
            return nothing();
        }
        nodes! {
            <p class="said" role="status" data-testid="muted">
                {texts.get(later::GAME_NOTIFY_MUTED)} {" "}
                <a class="said__link" href={router::Route::Settings.path()}>{texts.get(later::SETTINGS_TITLE)}</a>
            </p>
        }
    });
    part(hint)
}

fn is_on(mine: Shared<Option<Mine>>) -> bool {
    mine.get().is_some_and(|mine| mine.wants_reminder)
}

fn set(game: &Game, wants_reminder: bool) {
    if let Some(mine) = game.mine.now() {
        game.mine.set(Some(Mine { wants_reminder, ..mine }));
    }
}

/// Turns the bell on or off, and back when that can't be.
async fn turn(game: Game) {
    // A tap right after joining is not lost: it waits for its turn.
    while game.is_busy() {
        // It never fails.
        let _ = settled(sleep(TURN_MS)).await;
    }
    let is_on = !game.mine.now().is_some_and(|mine| mine.wants_reminder);
    game.talk.hush();
    game.is_muted.set(false);
    game.turn();
    set(&game, is_on);
    haptics::selection();
    let done = if is_on { turn_on(&game).await } else { remove(&game).await };
    game.turn();
    match done {
        Ok(Some(said)) => game.talk.say(said),
        Ok(None) => {}
        Err(why) => {
            set(&game, !is_on);
            haptics::outcome(false);
            match why {
                Why::Refused(code) => game.talk.fail(code),
                Why::Said(key) => game.talk.say(key),
                Why::Muted => game.is_muted.set(true),
            }
        }
    }
    game.load_mine().await;
}

/// Why the bell stays as it was.
enum Why {
    Refused(ErrorCode),
    Said(Key),
    Muted,
}

async fn turn_on(game: &Game) -> Result<Option<Key>, Why> {
    let url = game.url("reminder").ok_or(Why::Refused(ErrorCode::Internal))?;
    let consents: Consents = api::get(CONSENTS).await.read().map_err(Why::Refused)?;
    if !consents.tournaments {
        if !game.talk.agree(later::GAME_NOTIFY_ASK, later::GAME_NOTIFY_YES).await {
            return Err(Why::Muted);
        }
        let yes = "{\"tournaments\":true}".to_owned();
        let _: Consents = api::post(CONSENTS, yes).await.read().map_err(Why::Refused)?;
    }
    let person: Person = api::get("/v1/tg/me").await.read().map_err(Why::Refused)?;
    let may_write = matches!(person.reachability.as_str(), "reachable" | "unknown")
        || access::request(game.context.telegram.host_now()).await;
    if !may_write {
        return Err(Why::Said(later::GAME_NOTIFY_CHAT));
    }
    api::post(&url, "{}".to_owned()).await.done().map_err(Why::Refused)?;
    Ok(Some(later::GAME_NOTIFY_DONE))
}

async fn remove(game: &Game) -> Result<Option<Key>, Why> {
    let url = game.url("reminder").ok_or(Why::Refused(ErrorCode::Internal))?;
    api::delete(&url).await.done().map_err(Why::Refused)?;
    Ok(None)
}
