//! What is won, by rank.

use i18n::keys::later;

use crate::{
    compete::{
        game::Game,
        wire::{Details, Prize, PrizeRange},
        words::of_locale,
    },
    context::Context,
    data::Remote,
    node::nodes,
    part::{Part, block, part},
    texts::Texts,
    ui::{cell_skeleton, section},
};

/// The panel of the prizes.
pub(super) fn prizes_panel(game: &Game) -> Part {
    let game = game.clone();
    let drawn = block(move || match game.details.get() {
        Remote::Ready(details) => prizes(&game, &details),
        _ => section(None, None, vec![cell_skeleton()]),
    });
    part(drawn)
}

fn prizes(game: &Game, details: &Details) -> Part {
    let texts = Context::get().texts;
    let mine = game.mine.get();
    let tier = mine.as_ref().and_then(|mine| mine.entry).map(|entry| entry.tier);
    // Of a final rank it is known what it wins; of one that can change it is not said.
    let rank = mine.as_ref().and_then(|mine| mine.result.as_ref()).map(|result| result.rank);
    let cell = |range: &PrizeRange| {
        let is_mine = rank.is_some_and(|rank| (range.from..=range.to).contains(&rank))
            && range.tier.is_none_or(|of| tier == Some(of));
        prize_cell(texts, range, is_mine)
    };
    let note = texts.get(if details.has_claims { later::PRIZES_CLAIM } else { later::PRIZES_AUTOMATIC });
    let note = match details.claim_days.filter(|_| details.has_claims) {
        Some(days) => format!("{note} {}", texts.with(|catalog| later::prizes_days(catalog, days))),
        None => note,
    };
    let mut leagues: Vec<Option<u64>> = Vec::new();
    for range in &details.prizes {
        if !leagues.contains(&range.tier) {
            leagues.push(range.tier);
        }
    }
    let last = leagues.len().saturating_sub(1);
    let sections = leagues.into_iter().enumerate().map(|(index, league)| {
        let title = league
            .and_then(|number| details.tiers.get(usize::try_from(number).ok()?))
            .map_or_else(|| texts.get(later::PANEL_PRIZES), |tier| of_locale(texts, &tier.title));
        let cells = details.prizes.iter().filter(|range| range.tier == league).map(cell).collect();
        section(Some(title), (index == last).then(|| note.clone()), cells)
    });
    nodes! { {sections.collect::<Vec<_>>()} }
}

fn prize_cell(texts: Texts, range: &PrizeRange, is_mine: bool) -> Part {
    let ranks = if range.from == range.to {
        texts.with(|catalog| later::prizes_place(catalog, range.from))
    } else {
        texts.with(|catalog| later::prizes_places(catalog, range.from, range.to))
    };
    let place = (range.from <= 3).then(|| range.from.to_string());
    let you = is_mine.then(|| nodes! { <span class="tag">{texts.get(i18n::keys::app::ME_YOU)}</span> });
    nodes! {
        <div class="cell" data-testid="prize">
            <span class="medal" data-place={place} aria-hidden="true">{texts.number(range.from)}</span>
            <span class="cell__main">
                <span class="cell__wrap">{prize_text(texts, &range.what)}</span>
                <span class="cell__subtitle">{ranks}</span>
            </span>
            {you}
        </div>
    }
}

/// A prize as players read it.
pub(super) fn prize_text(texts: Texts, prize: &Prize) -> String {
    if let Some(title) = &prize.title {
        return of_locale(texts, title);
    }
    match (&prize.amount, &prize.currency) {
        (Some(amount), Some(currency)) => format!("{amount}\u{a0}{currency}"),
        (Some(amount), None) => format!("{amount}\u{a0}{}", prize.code.replace('_', " ")),
        (None, _) => prize.code.replace('_', " "),
    }
}
