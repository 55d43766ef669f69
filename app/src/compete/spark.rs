//! The way that the player's rank has gone: a line that goes up when the rank does.

use i18n::keys::later;

use crate::{
    compete::game::Game,
    context::Context,
    node::nodes,
    part::{Part, block, nothing, part},
};

const WIDTH: u64 = 88;
const HEIGHT: u64 = 28;

/// The line; nothing before there are two ranks to draw it between.
pub(super) fn spark(game: &Game) -> Part {
    let texts = Context::get().texts;
    let (samples, session) = (game.samples, game.context.session);
    let line = block(move || {
        let Some(player) = session.player() else { return nothing() };
        let samples = samples.get().of(&player);
        let ranks = samples.ranks();
        let (Some(first), Some(now)) = (ranks.first(), ranks.last()) else { return nothing() };
        if ranks.len() < 2 {
            return nothing();
        }
        let best = ranks.iter().min().copied().unwrap_or(1);
        let label = texts.with(|catalog| later::game_spark(catalog, best, *first, *now));
        nodes! {
            <svg class="spark" viewBox="0 0 88 28" role="img" aria-label={label} data-testid="spark">
                <polyline points={points(ranks)}></polyline>
            </svg>
        }
    });
    part(line)
}

/// The line's points in whole pixels; rank 1 would be the upper edge of a line that has reached it.
fn points(ranks: &[u64]) -> String {
    let worst = ranks.iter().max().copied().unwrap_or(1);
    let best = ranks.iter().min().copied().unwrap_or(1);
    let spread = (worst - best).max(1);
    let steps = (ranks.len() as u64 - 1).max(1);
    let point = |(index, rank): (usize, &u64)| {
        let x = 2 + index as u64 * (WIDTH - 4) / steps;
        let y = 3 + (rank - best) * (HEIGHT - 6) / spread;
        format!("{x},{y}")
    };
    ranks.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_better_rank_stands_higher_and_the_line_fills_its_room() {
        assert_eq!(points(&[10, 4, 1]), "2,25 44,10 86,3");
        assert_eq!(points(&[3, 3]), "2,3 86,3");
    }
}
