//! The player's own place, always in sight at the foot of the page.

use domain::board::BoardEntry;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    board::{BoardStore, movement},
    session::Session,
    telegram::haptics,
    texts::Texts,
    ui::Avatar,
};

/// The own row, with what is missing to the place above.
#[component]
pub(crate) fn MeBar(
    /// On which board.
    store: BoardStore,
) -> impl IntoView {
    let texts = Texts::expect();
    let session = Session::expect();
    let has_row = Memo::new(move |_| store.me().with(Option::is_some));
    let is_known = Memo::new(move |_| session.player().with(Option::is_some));
    let announced = move || {
        store.me().with(|me| {
            let me = me.as_ref()?;
            let total = store.total().get().max(me.rank);
            Some(texts.with(|catalog| i18n::keys::app::me_announce(catalog, me.rank, total)))
        })
    };
    view! {
        <p class="visually-hidden" aria-live="polite">{announced}</p>
        <Show when=move || has_row.get()>
            <MeRow store/>
        </Show>
        <Show when=move || is_known.get() && !has_row.get()>
            <p class="me me--none">{texts.get(i18n::keys::app::ME_NONE)}</p>
        </Show>
    }
}

#[component]
fn MeRow(store: BoardStore) -> impl IntoView {
    let texts = Texts::expect();
    let of = move |read: fn(&BoardEntry) -> String| {
        store.me().with(|me| me.as_ref().map(read).unwrap_or_default())
    };
    let rank = Memo::new(move |_| store.me().with(|me| me.as_ref().map_or(0, |me| me.rank)));
    let score = Memo::new(move |_| store.me().with(|me| me.as_ref().map(|me| texts.score(me.score))));
    let gap = move || match store.gap() {
        Some((points, rank)) => Some(texts.with(|catalog| i18n::keys::app::me_gap(catalog, points, rank))),
        None => (rank.get() == 1).then(|| texts.get(i18n::keys::app::ME_FIRST)),
    };
    let element = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<(u64, Option<String>)>| {
        let now = (rank.get(), score.get());
        if before.as_ref().is_some_and(|(old, _)| now.0 < *old) {
            haptics::tap();
        }
        if before.is_some_and(|before| before != now)
            && let Some(element) = element.get_untracked()
        {
            movement::tint(element.unchecked_ref());
        }
        now
    });
    let seed =
        store.me().with_untracked(|me| me.as_ref().map(|me| me.player.to_string()).unwrap_or_default());
    view! {
        <section
            class="me"
            data-testid="me-row"
            data-rank=move || rank.get().to_string()
            aria-label=texts.get(i18n::keys::app::ME_LABEL)
        >
            <div class="me__flash" node_ref=element>
                <span class="row__rank">{move || texts.number(rank.get())}</span>
                <Avatar name=of(|me| me.alias.clone()) seed class="row__avatar"/>
                <span class="me__text">
                    <span class="row__name">
                        <span class="row__alias">{move || of(|me| me.alias.clone())}</span>
                        <span class="tag">{texts.get(i18n::keys::app::ME_YOU)}</span>
                    </span>
                    <span class="me__gap">{gap}</span>
                </span>
                <span class="row__score">{move || score.get()}</span>
            </div>
        </section>
    }
}
