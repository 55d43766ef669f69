//! The player's own place, always in sight at the foot of the page.

use leptos::prelude::*;

use crate::{
    board::{BoardStore, movement, rows::you},
    context::Context,
    node::nodes,
    part::{Part, attr, block, nothing, text},
    reactive,
    telegram::haptics,
    ui::avatar,
};

/// The own row on a board, with what is missing to the place above.
pub(crate) fn me_bar(store: BoardStore) -> Part {
    use i18n::keys::app;

    let context = Context::get();
    let texts = context.texts;
    let has_row = reactive::whether(move || store.me().is_some());
    let is_known = reactive::whether(move || context.session.player().is_some());
    let announced = text(move || match store.me() {
        Some(me) => texts.with(|catalog| app::me_announce(catalog, me.rank, store.total().max(me.rank))),
        None => String::new(),
    });
    // Before the start nobody has a row, and the board says so.
    let lacks_row = reactive::whether(move || store.lacks_me() && store.has_begun(context.now.get()));
    let is_over = reactive::whether(move || store.is_over(context.now.get()));
    let row = block(move || match (is_known.get(), has_row.get()) {
        (false, _) => nothing(),
        (true, false) if !lacks_row.get() => nothing(),
        (true, false) => {
            let text = texts.get(if is_over.get() { app::ME_MISSED } else { app::ME_NONE });
            nodes! { <section class="me me--none" aria-label={texts.get(app::ME_LABEL)}>{text}</section> }
        }
        (true, true) => me_row(store, is_over),
    });
    nodes! {
        <p class="visually-hidden" aria-live="polite">{announced}</p>
        {row}
    }
}

fn me_row(store: BoardStore, is_over: Memo<bool>) -> Part {
    use i18n::keys::app;

    let texts = Context::get().texts;
    let rank = move || store.me().map_or(0, |me| me.rank);
    let gap = text(move || match (is_over.get(), rank()) {
        (true, 1) => texts.get(app::ME_WON),
        (true, rank) => texts.with(|catalog| app::me_announce(catalog, rank, store.total().max(rank))),
        (false, 1) => texts.get(app::ME_FIRST),
        (false, _) => match store.gap() {
            Some((points, rank)) => texts.with(|catalog| app::me_gap(catalog, points, rank)),
            None => String::new(),
        },
    });
    answer_changes(store);
    let number = text(move || texts.number(rank()));
    let score = text(move || store.me().map(|me| texts.score(me.score)).unwrap_or_default());
    let rank = attr(move || Some(rank().to_string()));
    let me = store.me();
    let name = me.as_ref().map(|me| me.alias.clone()).unwrap_or_default();
    let seed = me.map(|me| me.player.to_string()).unwrap_or_default();
    let avatar = avatar(&name, &seed, "avatar row__avatar");
    nodes! {
        <section class="me" data-testid="me-row" data-rank={rank} aria-label={texts.get(app::ME_LABEL)}>
            <div class="me__flash">
                <span class="row__rank">{number}</span>
                {avatar}
                <span class="me__text">
                    <span class="row__name"><span class="row__alias">{name}</span>{you()}</span>
                    <span class="me__gap">{gap}</span>
                </span>
                <span class="row__score">{score}</span>
            </div>
        </section>
    }
}

/// A better place can be felt, and every change is seen.
fn answer_changes(store: BoardStore) {
    let mut before = None::<(u64, i64)>;
    reactive::effect(move || {
        let now = store.me().map_or((0, 0), |me| (me.rank, me.score.points()));
        let Some(before) = before.replace(now).filter(|before| *before != now) else { return };
        if now.0 < before.0 {
            haptics::tap();
        }
        movement::tint(".me__flash");
    });
}
