//! What a tournament is called, where it stands in time and how many take part.

use domain::{
    board::TournamentCard,
    ranking::Order,
    tournament::{Operator, Phase},
};
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    board::BoardStore,
    clock,
    context::Context,
    part::{Part, Text, attr, block, late_part, nothing, part, text},
    reactive,
    session::SignIn,
    texts::Texts,
    ui::{Shape, icon},
};

/// The phase at `now`: a tournament moves on while the page is open, but one that was canceled.
fn phase_at(card: &TournamentCard, now: domain::Timestamp) -> Phase {
    if card.phase == Phase::Canceled { Phase::Canceled } else { card.tournament.phase(now) }
}

/// Where a tournament stands in time. Ticks by itself and touches nothing but its own text.
pub(crate) fn countdown(card: &TournamentCard) -> Text {
    let Context { texts, now, .. } = Context::get();
    let (tournament, shown) = (card.tournament.clone(), card.clone());
    text(move || {
        let now = now.get();
        let until = |at| clock::countdown(texts, at, now);
        match phase_at(&shown, now) {
            Phase::Upcoming => {
                texts.with(|catalog| app::tournament_starts_in(catalog, &until(tournament.starts_at)))
            }
            Phase::Running => {
                texts.with(|catalog| app::tournament_ends_in(catalog, &until(tournament.ends_at)))
            }
            Phase::Finished => texts.get(app::TOURNAMENT_ENDED),
            Phase::Canceled => texts.get(app::PHASE_CANCELED),
        }
    })
}

/// The mark of a tournament's phase.
pub(crate) fn phase_mark(card: &TournamentCard) -> Part {
    let Context { texts, now, .. } = Context::get();
    let (shown, marked) = (card.clone(), card.clone());
    let class = attr(move || {
        let is_running = phase_at(&shown, now.get()) == Phase::Running;
        Some(if is_running { "mark mark--live" } else { "mark" }.to_owned())
    });
    let label = text(move || {
        texts.get(match phase_at(&marked, now.get()) {
            Phase::Running => app::LIVE,
            Phase::Upcoming => app::PHASE_UPCOMING,
            Phase::Finished => app::PHASE_FINISHED,
            Phase::Canceled => app::PHASE_CANCELED,
        })
    });
    part(view! { <span class=class>{label}</span> })
}

/// Time and players in one line. The board, once it is there, knows the number of players better than the card.
pub(crate) fn facts(card: &TournamentCard, board: Option<BoardStore>) -> Part {
    let texts = Context::get().texts;
    let on_card = card.players;
    let players = text(move || {
        texts.with(|catalog| app::board_players(catalog, board.map_or(on_card, BoardStore::total)))
    });
    part(view! {
        <p class="facts">
            <span class="fact">{icon(Shape::Clock)}<span>{countdown(card)}</span></span>
            <span class="fact">{icon(Shape::People)}<span>{players}</span></span>
        </p>
    })
}

/// The player by name, once it is known.
pub(crate) fn hello() -> Part {
    let Context { session, texts, .. } = Context::get();
    let name = reactive::memo(move || match session.state() {
        SignIn::In(me) => me.first_name,
        _ => String::new(),
    });
    let hello = block(move || {
        let name = name.get();
        if name.is_empty() {
            return nothing();
        }
        late_part(view! {
            <p class="hello">{texts.get(app::HELLO)} " " <span data-testid="player-name">{name}</span></p>
        })
    });
    part(hello)
}

/// How scores count, in one sentence.
pub(crate) fn rule(texts: Texts, card: &TournamentCard) -> String {
    let rule = texts.get(match card.tournament.operator {
        Operator::Best => app::TOURNAMENT_RULE_BEST,
        Operator::Sum => app::TOURNAMENT_RULE_SUM,
        Operator::Latest => app::TOURNAMENT_RULE_LATEST,
        Operator::Count => app::TOURNAMENT_RULE_COUNT,
    });
    match card.tournament.order {
        Order::Desc => rule,
        Order::Asc => format!("{rule} {}", texts.get(app::TOURNAMENT_RULE_ASC)),
    }
}

/// Gives the browser's tab and history the name of what is shown, or of the app.
pub(crate) fn name_document(shown: Option<String>) {
    let texts = Context::get().texts;
    reactive::effect(move || {
        let name = texts.get(app::TITLE);
        let title = shown.as_ref().map_or_else(|| name.clone(), |shown| format!("{shown} · {name}"));
        document().set_title(&title);
    });
}

/// The title in the player's language.
pub(crate) fn title(texts: Texts, card: &TournamentCard) -> String {
    card.tournament.title.for_locale(texts.locale()).to_owned()
}
