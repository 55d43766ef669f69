//! What is shown while something loads: the shape of what will come, in its place.

use leptos::prelude::*;

/// A board that loads.
pub(crate) fn board_skeleton(label: String) -> impl IntoView {
    let place = |rank: u8| (rank <= 3).then(|| rank.to_string());
    let rows = (1_u8..=10).map(|rank| {
        view! {
            <div class="row row--skeleton" data-place=place(rank)>
                <span class="row__rank"></span>
                <span class="row__avatar avatar avatar--free"></span>
                <span class="row__name"><span class="bone"></span></span>
                <span class="row__score"><span class="bone bone--short"></span></span>
            </div>
        }
    });
    view! {
        <div class="board board--skeleton" role="status" aria-label=label>
            {rows.collect::<Vec<_>>()}
        </div>
    }
}

/// A cell that loads.
pub(crate) fn cell_skeleton() -> impl IntoView {
    view! {
        <div class="cell cell--skeleton" aria-hidden="true">
            <span class="cell__main"><span class="bone"></span><span class="bone bone--short"></span></span>
        </div>
    }
}
