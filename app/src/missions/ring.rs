//! The ring around a mission's number: how much of it is done. It is never drawn anew: it turns.

use domain::mission::MissionState;

use crate::{
    missions::{card::Seat, wire::Card, words},
    node::nodes,
    part::{Part, attr, text},
    ui::Shape,
};

/// The whole circle, as its path is measured.
const WHOLE: u64 = 1000;
/// What is not begun has no dot either: the round end of the stroke lies behind its beginning.
const NOTHING: u64 = WHOLE + 8;
const CHECK: &str = "M5 12.500l4.500 4.500L19 7.500";
const FLAME: &str = "M12 3c.5 3.500 5.500 6 5.500 11a5.5 5.5 0 0 1-11 0c0-2.500 1.500-4 2.500-5.500.5 1.500 1 2 2 2.500 0-2.500-.5-5.500 1-8z";

/// The ring of a mission.
pub(super) fn ring(seat: &Seat) -> Part {
    let of = |read: fn(&Seat, &Card) -> Option<String>| {
        let seat = seat.clone();
        attr(move || read(&seat, &seat.card()))
    };
    let rest = of(|_, card| Some(rest(card.permille()).to_string()));
    let label = of(|seat, card| Some(words::progress(seat.list.texts, card)));
    let mark = of(|_, card| mark(card).map(ToOwned::to_owned));
    let number = seat.clone();
    let number = text(move || words::short_progress(number.list.texts, &number.card()));
    nodes! {
        <span class="ring">
            <svg class="ring__picture" viewBox="0 0 52 52" role="img" aria-label={label}>
                <circle class="ring__track" cx="26" cy="26" r="23"></circle>
                <circle class="ring__arc" cx="26" cy="26" r="23" pathLength="1000" stroke-dashoffset={rest}></circle>
            </svg>
            <span class="ring__mark" aria-hidden="true">
                <svg class="icon" viewBox="0 0 24 24"><path d={mark}></path></svg>
                <span class="ring__number">{number}</span>
            </span>
        </span>
    }
}

/// How much of the circle is not drawn.
fn rest(permille: u64) -> u64 {
    match permille {
        0 => NOTHING,
        done => WHOLE.saturating_sub(done),
    }
}

/// What stands in the ring beside or instead of the number; the style sheet says which.
fn mark(card: &Card) -> Option<&'static str> {
    match card.state() {
        MissionState::Done | MissionState::Claimed if card.permille() >= WHOLE => Some(CHECK),
        MissionState::Locked => Some(Shape::Lock.path()),
        MissionState::Expired => Some(Shape::Clock.path()),
        _ => card.streak().map(|_| FLAME),
    }
}

/// Whether the number is told, too.
pub(super) fn has_number(card: &Card) -> bool {
    mark(card).is_none_or(|mark| mark == FLAME)
}
