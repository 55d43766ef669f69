//! What a tournament is called, where it stands in time and how many take part.

use domain::{
    board::TournamentCard,
    ranking::Order,
    tournament::{Operator, Phase},
};
use leptos::prelude::*;

use crate::{
    board::BoardStore,
    clock::{self, Now},
    reactive,
    texts::Texts,
    ui::{Shape, icon},
};

/// Where a tournament stands in time. Ticks by itself and touches nothing but its own text.
pub(crate) fn countdown(card: TournamentCard) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let now = Now::expect();
    let tournament = card.tournament;
    let text = move || {
        let now = now.get();
        let until = |at| clock::countdown(texts, at, now);
        match tournament.phase(now) {
            Phase::Upcoming => app::tournament_starts_in(&texts.all(), &until(tournament.starts_at)),
            Phase::Running => app::tournament_ends_in(&texts.all(), &until(tournament.ends_at)),
            Phase::Finished => texts.get(app::TOURNAMENT_ENDED),
        }
    };
    view! { <span class="countdown">{text}</span> }
}

/// The mark of a tournament's phase.
pub(crate) fn phase_mark(card: TournamentCard) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let now = Now::expect();
    let tournament = card.tournament;
    let phase = reactive::memo(move || tournament.phase(now.get()));
    let class = move || match phase.get() {
        Phase::Running => "mark mark--live",
        Phase::Upcoming | Phase::Finished => "mark",
    };
    let text = move || {
        texts.get(match phase.get() {
            Phase::Running => app::LIVE,
            Phase::Upcoming => app::PHASE_UPCOMING,
            Phase::Finished => app::PHASE_FINISHED,
        })
    };
    view! { <span class=class>{text}</span> }
}

/// Players and time in one line.
pub(crate) fn facts(card: TournamentCard, board: Option<BoardStore>) -> impl IntoView {
    let texts = Texts::expect();
    let on_card = card.players;
    let players =
        move || i18n::keys::app::board_players(&texts.all(), board.map_or(on_card, BoardStore::total));
    view! {
        <p class="facts">
            <span class="fact">{icon(Shape::Clock)}{countdown(card)}</span>
            <span class="fact">{icon(Shape::People)}<span>{players}</span></span>
        </p>
    }
}

/// How scores count, in one sentence.
pub(crate) fn rule(texts: Texts, card: &TournamentCard) -> String {
    use i18n::keys::app;

    let rule = texts.get(match card.tournament.operator {
        Operator::Best => app::TOURNAMENT_RULE_BEST,
        Operator::Sum => app::TOURNAMENT_RULE_SUM,
        Operator::Latest => app::TOURNAMENT_RULE_LATEST,
    });
    match card.tournament.order {
        Order::Desc => rule,
        Order::Asc => format!("{rule} {}", texts.get(app::TOURNAMENT_RULE_ASC)),
    }
}

/// The title in the player's language.
pub(crate) fn title(texts: Texts, card: &TournamentCard) -> String {
    card.tournament.title.for_locale(texts.locale()).to_owned()
}
