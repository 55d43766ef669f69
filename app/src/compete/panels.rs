//! What can be looked at in the place of the board: prizes, rules, earlier periods.
//!
//! The board itself is the page's; the style sheet hides it while something else is shown.

use std::sync::Arc;

use domain::board::TournamentCard;
use i18n::{Key, keys::later};
use leptos::prelude::*;

use crate::{
    compete::{game::Game, past::past_panel, prizes::prizes_panel, rules::rules_panel},
    context::Context,
    data::Remote,
    node::nodes,
    part::{Part, attr, block, nothing},
    reactive,
};

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Panel {
    /// The board.
    #[default]
    Board,
    /// What is won.
    Prizes,
    /// What holds.
    Rules,
    /// Earlier periods.
    Past,
}

impl Panel {
    const ALL: [Self; 4] = [Self::Board, Self::Prizes, Self::Rules, Self::Past];

    /// What the style sheet calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Prizes => "prizes",
            Self::Rules => "rules",
            Self::Past => "past",
        }
    }

    const fn label(self) -> Key {
        match self {
            Self::Board => later::PANEL_BOARD,
            Self::Prizes => later::PANEL_PRIZES,
            Self::Rules => later::PANEL_RULES,
            Self::Past => later::PANEL_PAST,
        }
    }
}

/// The choice and what is chosen.
pub(super) fn panels(game: &Game, card: Arc<TournamentCard>) -> Part {
    let texts = Context::get().texts;
    // What there is to choose is known with the details, and hardly ever changes.
    let details = game.details;
    let has = reactive::memo(move || match details.get() {
        Remote::Ready(details) => format!("{}{}", !details.prizes.is_empty(), details.has_periods),
        _ => "falsefalse".to_owned(),
    });
    let owned = game.clone();
    let choice = block(move || {
        let has = has.get();
        let is_there = |panel: &Panel| match panel {
            Panel::Board | Panel::Rules => true,
            Panel::Prizes => has.starts_with("true"),
            Panel::Past => has.ends_with("true"),
        };
        nodes! { {Panel::ALL.into_iter().filter(is_there).map(|panel| one(&owned, panel)).collect::<Vec<_>>()} }
    });
    let game = game.clone();
    let chosen = block(move || match game.panel.get() {
        Panel::Board => nothing(),
        Panel::Prizes => prizes_panel(&game),
        Panel::Rules => rules_panel(&game, &card),
        Panel::Past => past_panel(&game),
    });
    nodes! {
        <div class="segments" role="group" aria-label={texts.get(later::PANEL_LABEL)}>{choice}</div>
        {chosen}
    }
}

fn one(game: &Game, panel: Panel) -> Part {
    let texts = Context::get().texts;
    let shown = game.panel;
    let is_pressed = attr(move || Some((shown.get() == panel).to_string()));
    nodes! {
        <button
            type="button"
            class="segments__one"
            aria-pressed={is_pressed}
            on:click={move |_| shown.set(panel)}
        >
            {texts.get(panel.label())}
        </button>
    }
}
