//! The player's own place, always in sight at the foot of the page.

use leptos::prelude::*;

use crate::{
    board::{BoardStore, movement, rows::you},
    context::Context,
    node::nodes,
    part::{Part, attr, block, nothing, text},
    reactive,
    speech::Speech,
    telegram::haptics,
    texts::Texts,
    ui::avatar,
};

/// The own row on a board, with what is missing to the place above.
pub(crate) fn me_bar(store: BoardStore) -> Part {
    use i18n::keys::app;

    let context = Context::get();
    let texts = context.texts;
    // Who it is: the row is drawn anew only for another player or name, and never because they have moved.
    let who = reactive::memo(move || {
        store.me().map(|me| format!("{} {}", me.player, me.alias)).unwrap_or_default()
    });
    let is_known = reactive::whether(move || context.session.player().is_some());
    // Before the start nobody has a row, and the board says so.
    let lacks_row = reactive::whether(move || store.lacks_me() && store.has_begun(context.now.get()));
    let is_over = reactive::whether(move || store.is_over(context.now.get()));
    let row = block(move || match (is_known.get(), who.get().split_once(' ')) {
        (false, _) => nothing(),
        (true, None) if !lacks_row.get() => nothing(),
        (true, None) => {
            let text = texts.get(if is_over.get() { app::ME_MISSED } else { app::ME_NONE });
            nodes! { <section class="me me--none" aria-label={texts.get(app::ME_LABEL)}>{text}</section> }
        }
        (true, Some((player, alias))) => me_row(store, is_over, player, alias),
    });
    let speech = announced(store);
    nodes! {
        <p class="visually-hidden" aria-live="polite" data-testid="place-told">{text(move || speech.said())}</p>
        {row}
    }
}

/// Tells a screen reader of another place. How many players there are changes all the time, and is no news.
fn announced(store: BoardStore) -> Speech {
    let texts = Context::get().texts;
    let speech = Speech::new();
    let mut before = 0;
    reactive::effect(move || {
        let rank = store.me().map_or(0, |me| me.rank);
        if std::mem::replace(&mut before, rank) != rank {
            speech.mention(if rank == 0 { String::new() } else { place(texts, rank, store.total_now()) });
        }
    });
    speech
}

/// The place among so many players; others may have been counted before the own row came.
fn place(texts: Texts, rank: u64, total: u64) -> String {
    texts.with(|catalog| i18n::keys::app::me_announce(catalog, rank, total.max(rank)))
}

fn me_row(store: BoardStore, is_over: Memo<bool>, player: &str, alias: &str) -> Part {
    use i18n::keys::app;

    let texts = Context::get().texts;
    let rank = move || store.me().map_or(0, |me| me.rank);
    let gap = text(move || match (is_over.get(), rank()) {
        (true, 1) => texts.get(app::ME_WON),
        (true, rank) => place(texts, rank, store.total()),
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
    let avatar = avatar(alias, player, "avatar row__avatar");
    nodes! {
        <section class="me" data-testid="me-row" data-rank={rank} aria-label={texts.get(app::ME_LABEL)}>
            <div class="me__flash">
                <span class="row__rank">{number}</span>
                {avatar}
                <span class="me__text">
                    <span class="row__name"><span class="row__alias">{alias.to_owned()}</span>{you()}</span>
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
        if (1..before.0).contains(&now.0) {
            haptics::tap();
        }
        movement::tint(".me__flash");
    });
}
