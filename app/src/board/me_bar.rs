//! The player's own place, always in sight at the foot of the page.

use leptos::{either::EitherOf3, html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    board::{BoardStore, movement, rows::you},
    reactive,
    session::Session,
    telegram::haptics,
    texts::Texts,
    ui::avatar,
};

/// What is known of the own place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nobody is signed in.
    Unknown,
    /// No score yet.
    None,
    /// A row.
    Some,
}

/// The own row, with what is missing to the place above.
pub(crate) fn me_bar(store: BoardStore) -> impl IntoView {
    let texts = Texts::expect();
    let session = Session::expect();
    let place = reactive::memo(move || match (session.player().get(), store.me()) {
        (None, _) => Place::Unknown,
        (Some(_), None) => Place::None,
        (Some(_), Some(_)) => Place::Some,
    });
    let announced = move || match store.me() {
        Some(me) => i18n::keys::app::me_announce(&texts.all(), me.rank, store.total().max(me.rank)),
        None => String::new(),
    };
    view! {
        <p class="visually-hidden" aria-live="polite">{announced}</p>
        {move || match place.get() {
            Place::Unknown => EitherOf3::A(()),
            Place::None => EitherOf3::B(view! {
                <p class="me me--none">{texts.get(i18n::keys::app::ME_NONE)}</p>
            }),
            Place::Some => EitherOf3::C(me_row(store)),
        }}
    }
}

fn me_row(store: BoardStore) -> impl IntoView {
    let texts = Texts::expect();
    let rank = move || store.me().map_or(0, |me| me.rank);
    let gap = move || match store.gap() {
        Some((points, rank)) => i18n::keys::app::me_gap(&texts.all(), points, rank),
        None if rank() == 1 => texts.get(i18n::keys::app::ME_FIRST),
        None => String::new(),
    };
    let element = NodeRef::<html::Div>::new();
    let mut before = None::<(u64, i64)>;
    reactive::effect(move || {
        let now = store.me().map_or((0, 0), |me| (me.rank, me.score.points()));
        let Some(before) = before.replace(now).filter(|before| *before != now) else { return };
        if now.0 < before.0 {
            haptics::tap();
        }
        if let Some(element) = element.get_untracked() {
            movement::tint(element.unchecked_ref());
        }
    });
    let (name, seed) = store.me_untracked().map(|me| (me.alias, me.player.to_string())).unwrap_or_default();
    view! {
        <section
            class="me"
            data-testid="me-row"
            data-rank=move || rank().to_string()
            aria-label=texts.get(i18n::keys::app::ME_LABEL)
        >
            <div class="me__flash" node_ref=element>
                <span class="row__rank">{move || texts.number(rank())}</span>
                {avatar(name.clone(), seed, "row__avatar")}
                <span class="me__text">
                    <span class="row__name"><span class="row__alias">{name}</span>{you()}</span>
                    <span class="me__gap">{gap}</span>
                </span>
                <span class="row__score">
                    {move || store.me().map(|me| texts.score(me.score)).unwrap_or_default()}
                </span>
            </div>
        </section>
    }
}
