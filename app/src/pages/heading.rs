//! What a tournament is called, where it stands in time and how many take part.

use domain::{
    Timestamp, Tournament,
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
    node::nodes,
    part::{Part, Text, attr, block, nothing, part, text},
    reactive,
    session::SignIn,
    texts::Texts,
    ui::{Shape, icon},
};

/// When a tournament takes place. Cheap to copy: what ticks need not hold the tournament.
#[derive(Clone, Copy)]
struct Course {
    starts_at: Timestamp,
    ends_at: Timestamp,
    is_canceled: bool,
}

impl Course {
    const fn of(card: &TournamentCard) -> Self {
        let Tournament { starts_at, ends_at, .. } = card.tournament;
        Self { starts_at, ends_at, is_canceled: matches!(card.phase, Phase::Canceled) }
    }

    /// The phase at `now`: a tournament moves on while the page is open, but one that was canceled.
    fn phase(self, now: Timestamp) -> Phase {
        if self.is_canceled { Phase::Canceled } else { Phase::at(now, self.starts_at, self.ends_at) }
    }
}

/// Where a tournament stands in time. Ticks by itself and touches nothing but its own text.
pub(crate) fn countdown(card: &TournamentCard) -> Text {
    let Context { texts, now, .. } = Context::get();
    let course = Course::of(card);
    text(move || {
        let now = now.get();
        let until = |at| clock::countdown(texts, at, now);
        match course.phase(now) {
            Phase::Upcoming => {
                texts.with(|catalog| app::tournament_starts_in(catalog, &until(course.starts_at)))
            }
            Phase::Running => texts.with(|catalog| app::tournament_ends_in(catalog, &until(course.ends_at))),
            Phase::Finished => texts.get(app::TOURNAMENT_ENDED),
            Phase::Canceled => texts.get(app::PHASE_CANCELED),
        }
    })
}

/// The mark of a tournament's phase.
pub(crate) fn phase_mark(card: &TournamentCard) -> Part {
    let Context { texts, now, .. } = Context::get();
    let course = Course::of(card);
    let class = attr(move || {
        let is_running = course.phase(now.get()) == Phase::Running;
        Some(if is_running { "mark mark--live" } else { "mark" }.to_owned())
    });
    let label = text(move || {
        texts.get(match course.phase(now.get()) {
            Phase::Running => app::LIVE,
            Phase::Upcoming => app::PHASE_UPCOMING,
            Phase::Finished => app::PHASE_FINISHED,
            Phase::Canceled => app::PHASE_CANCELED,
        })
    });
    nodes! { <span class={class}>{label}</span> }
}

/// Time and players in one line. The board, once it is there, knows the number of players better than the card.
pub(crate) fn facts(card: &TournamentCard, board: Option<BoardStore>) -> Part {
    let texts = Context::get().texts;
    let on_card = card.players;
    let players = text(move || {
        texts.with(|catalog| app::board_players(catalog, board.map_or(on_card, BoardStore::total)))
    });
    nodes! {
        <p class="facts">
            <span class="fact">{icon(Shape::Clock)}<span>{countdown(card)}</span></span>
            <span class="fact">{icon(Shape::People)}<span>{players}</span></span>
        </p>
    }
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
        nodes! {
            <p class="hello">{texts.get(app::HELLO)} {" "} <span data-testid="player-name">{name}</span></p>
        }
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
