//! What a tournament is called, where it stands in time and how many take part.

use domain::{
    board::TournamentCard,
    ranking::Order,
    tournament::{Operator, Phase},
};
use i18n::keys::app;
use leptos::prelude::*;

use crate::{
    board::{BoardStore, Course},
    clock,
    context::Context,
    node::nodes,
    part::{Part, Text, attr, block, nothing, part, text},
    reactive,
    session::SignIn,
    texts::Texts,
    ui::{Shape, icon},
};

/// When a tournament takes place: what its page has learned since, or what a list has said.
fn course_of(card: &TournamentCard, board: Option<BoardStore>) -> impl Fn() -> Course + Send + use<> {
    let on_card = Course::of(card);
    move || board.map_or(on_card, BoardStore::course)
}

/// Where a tournament stands in time. Ticks by itself and touches nothing but its own text.
pub(crate) fn countdown(card: &TournamentCard, board: Option<BoardStore>) -> Text {
    let Context { texts, now, .. } = Context::get();
    let course = course_of(card, board);
    text(move || {
        let (now, course) = (now.get(), course());
        let until = |at| clock::countdown(texts, at, now);
        match course.phase(now) {
            Phase::Upcoming => {
                texts.with(|catalog| app::tournament_starts_in(catalog, &until(course.starts_at)))
            }
            Phase::Running => texts.with(|catalog| app::tournament_ends_in(catalog, &until(course.ends_at))),
            Phase::Finished if course.is_settled(now) => texts.get(app::TOURNAMENT_ENDED),
            Phase::Finished => texts.get(app::TOURNAMENT_SETTLING),
            Phase::Canceled => texts.get(app::PHASE_CANCELED),
        }
    })
}

/// The mark of a tournament's phase.
pub(crate) fn phase_mark(card: &TournamentCard, board: Option<BoardStore>) -> Part {
    let Context { texts, now, .. } = Context::get();
    let (course, labeled) = (course_of(card, board), course_of(card, board));
    let class = attr(move || {
        let is_running = course().phase(now.get()) == Phase::Running;
        Some(if is_running { "mark mark--live" } else { "mark" }.to_owned())
    });
    let label = text(move || {
        texts.get(match labeled().phase(now.get()) {
            Phase::Running => app::LIVE,
            Phase::Upcoming => app::PHASE_UPCOMING,
            Phase::Finished => app::PHASE_FINISHED,
            Phase::Canceled => app::PHASE_CANCELED,
        })
    });
    nodes! { <span class={class}>{label}</span> }
}

/// Time and players in one line. The board, once it is there, knows them better than the card.
pub(crate) fn facts(card: &TournamentCard, board: Option<BoardStore>) -> Part {
    let texts = Context::get().texts;
    let on_card = card.players;
    let players = text(move || {
        texts.with(|catalog| app::board_players(catalog, board.map_or(on_card, BoardStore::total)))
    });
    nodes! {
        <p class="facts">
            <span class="fact">{icon(Shape::Clock)}<span>{countdown(card, board)}</span></span>
            <span class="fact">{icon(Shape::People)}<span>{players}</span></span>
            {board.map_or_else(nothing, watching)}
        </p>
    }
}

/// How many watch the board besides the player, where there is room: its place is kept, so that nothing moves.
fn watching(board: BoardStore) -> Part {
    let texts = Context::get().texts;
    let watching = text(move || match board.viewers() {
        0 | 1 => String::new(),
        viewers => texts.with(|catalog| app::board_watching(catalog, viewers)),
    });
    nodes! { <span class="facts__room"><span data-testid="watching">{watching}</span></span> }
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
