//! What is shown while something loads: the shape of what will come, in its place.

use crate::{node::nodes, part::Part};

/// How many rows are drawn; the first three stand on steps.
const ROWS: u8 = 10;

/// A board that loads. A screen reader hears `label`.
pub(crate) fn board_skeleton(label: String) -> Part {
    skeleton("board board--skeleton", label, (1..=ROWS).map(skeleton_row).collect())
}

/// Rows that load below those that are there.
pub(crate) fn rows_skeleton(rows: usize, label: String) -> Part {
    let rows = (0..rows).map(|_| skeleton_row(ROWS)).collect();
    skeleton("board board--plain board--skeleton", label, rows)
}

fn skeleton(class: &'static str, label: String, rows: Vec<Part>) -> Part {
    nodes! { <div class={class} role="status" aria-label={label}>{rows}</div> }
}

fn skeleton_row(rank: u8) -> Part {
    let place = (rank <= 3).then(|| rank.to_string());
    nodes! {
        <div class="row row--skeleton" data-place={place}>
            <span class="row__rank"></span>
            <span class="row__avatar avatar avatar--free"></span>
            <span class="row__name"><span class="bone"></span></span>
            <span class="row__score"><span class="bone bone--short"></span></span>
        </div>
    }
}

/// A cell that loads.
pub(crate) fn cell_skeleton() -> Part {
    nodes! {
        <div class="cell cell--skeleton" aria-hidden="true">
            <span class="cell__main"><span class="bone"></span><span class="bone bone--short"></span></span>
        </div>
    }
}
