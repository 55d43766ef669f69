//! What a tournament is called, where it stands in time and how many take part.

use domain::{
    board::TournamentCard,
    ranking::Order,
    tournament::{Operator, Phase},
};
use leptos::prelude::*;

use crate::{
    clock::{self, Now},
    texts::Texts,
    ui::{Icon, Shape},
};

/// Where a tournament stands in time. Ticks by itself and touches nothing but its own text.
#[component]
pub(crate) fn Countdown(
    /// Of which tournament.
    card: TournamentCard,
) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let now = Now::expect();
    let tournament = card.tournament;
    let text = move || {
        let now = now.get();
        let until = |at| clock::countdown(texts, at, now);
        match tournament.phase(now) {
            Phase::Upcoming => {
                texts.with(|catalog| app::tournament_starts_in(catalog, &until(tournament.starts_at)))
            }
            Phase::Running => {
                texts.with(|catalog| app::tournament_ends_in(catalog, &until(tournament.ends_at)))
            }
            Phase::Finished => texts.get(app::TOURNAMENT_ENDED),
        }
    };
    view! { <span class="countdown">{text}</span> }
}

/// The mark of a tournament's phase.
#[component]
pub(crate) fn PhaseMark(
    /// Of which tournament.
    card: TournamentCard,
) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let now = Now::expect();
    let tournament = card.tournament;
    let phase = Memo::new(move |_| tournament.phase(now.get()));
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
#[component]
pub(crate) fn Facts(
    /// Of which tournament.
    card: TournamentCard,
    /// How many players have a rank.
    #[prop(into)]
    players: Signal<u64>,
) -> impl IntoView {
    let texts = Texts::expect();
    let players = move || texts.with(|catalog| i18n::keys::app::board_players(catalog, players.get()));
    view! {
        <p class="facts">
            <span class="fact"><Icon shape=Shape::Clock/><Countdown card/></span>
            <span class="fact"><Icon shape=Shape::People/><span>{players}</span></span>
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
