//! The player's card on a tournament's page, and what can be looked at in the place of the board.
//!
//! Its height is the same in all states: the board below stands still.

use std::sync::Arc;

use i18n::keys::{app, later};
use leptos::prelude::*;

use crate::{
    account::cabinet::{self, Page},
    board::BoardStore,
    compete::{
        claim::{claim, is_claimable},
        game::Game,
        notify,
        offer::offer,
        panels::panels,
        spark::spark,
        stand::{Stand, Unmet},
        words,
    },
    context::Context,
    node::nodes,
    part::{Part, attr, block, nothing, part, text},
    reactive,
    router::Route,
};

/// What a player has to do with a tournament.
pub(crate) fn tournament_part(store: BoardStore) -> Part {
    let Some(card) = Context::get().data.tournament_now().and_then(|known| known.card) else {
        return nothing();
    };
    let game = Game::new(&card, store);
    game.keep_current();
    offer(&game, &card);
    let panel = game.panel;
    let shown = attr(move || Some(panel.get().name().to_owned()));
    nodes! {
        <div class="game" data-panel={shown}>
            {mine(&game)}
            {notify::settings_hint(&game)}
            {game.talk.notices()}
            {panels(&game, Arc::new(card))}
            {game.talk.dialog()}
        </div>
    }
}

fn mine(game: &Game) -> Part {
    let texts = Context::get().texts;
    let (titled, noted, toned) = (game.clone(), game.clone(), game.clone());
    let title = text(move || words::title(texts, &titled));
    let note = text(move || words::note(texts, &noted));
    let tone = attr(move || {
        let tone = match toned.stand() {
            Stand::Final(true) if toned.has_won.get() => "won",
            Stand::In | Stand::Final(true) => "in",
            Stand::Out | Stand::Canceled | Stand::Frozen => "out",
            Stand::Loading | Stand::Failed | Stand::Free | Stand::Settling | Stand::Final(false) => "open",
            _ => "shut",
        };
        Some(tone.to_owned())
    });
    nodes! {
        <section class="mine" data-testid="my-card" data-tone={tone} aria-label={texts.get(later::GAME_LABEL)}>
            <div class="mine__text">
                <p class="mine__title" data-testid="my-state" role="status">{title}</p>
                <p class="mine__note" data-testid="my-note">{note}</p>
            </div>
            <div class="mine__side">
                {notify::bell(game)}
                {side(game)}
            </div>
        </section>
    }
}

/// What stands beside the note: a prize to claim, what to mend, or the way that the rank has gone.
fn side(game: &Game) -> Part {
    // Drawn anew only when it is something else.
    let known = game.clone();
    let kind = reactive::memo(move || {
        if known.mine.get().is_some_and(|mine| is_claimable(&mine)) {
            return "claim".to_owned();
        }
        match known.stand() {
            Stand::Unmet(Unmet::Link) => "link",
            Stand::Unmet(Unmet::Kyc) if known.person.get().is_some_and(|person| person.has_cabinet) => {
                "cabinet"
            }
            Stand::Failed => "retry",
            Stand::In | Stand::Frozen | Stand::Final(true) => "spark",
            _ => "",
        }
        .to_owned()
    });
    let game = game.clone();
    let drawn = block(move || {
        let game = game.clone();
        let texts = Context::get().texts;
        let pill = |key, test_id: &'static str, press: Arc<dyn Fn() + Send + Sync>| {
            nodes! {
                <button type="button" class="pill" data-testid={test_id} on:click={move |_| press()}>
                    {texts.get(key)}
                </button>
            }
        };
        match kind.get().as_str() {
            "claim" => {
                pill(later::GAME_CLAIM, "claim", Arc::new(move || reactive::spawn(claim(game.clone()))))
            }
            "link" => nodes! {
                <a class="pill" data-testid="mend" href={Route::Settings.path()}>{texts.get(later::GAME_LINK)}</a>
            },
            "cabinet" => pill(
                later::GAME_CABINET,
                "mend",
                Arc::new(move || {
                    let page = Page::Kyc(None);
                    reactive::spawn(cabinet::go(game.talk, game.context.telegram, page));
                }),
            ),
            "retry" => pill(app::RETRY, "retry", Arc::new(move || reactive::spawn(game.clone().load()))),
            "spark" => spark(&game),
            _ => nothing(),
        }
    });
    part(drawn)
}
