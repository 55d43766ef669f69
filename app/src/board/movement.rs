//! Rows that slide to their new place (FLIP: measured before and after, animated in between).

use js_sys::Array;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use crate::net;

const SLIDE_MS: i32 = 250;
const GAIN_MS: i32 = 1600;

/// Where the rows of a board stand in it. Layout alone: neither scrolling nor a running animation changes it.
#[derive(Debug)]
pub(crate) struct Places(Vec<(String, (i32, i32))>);

/// Slides every row from its old place to where it stands now, and returns the new places. Moves nothing without old
/// places and where the player wants stillness.
pub(crate) fn slide(board: &Element, before: Option<&Places>) -> Places {
    let rows = rows(board);
    if let Some(before) = before.filter(|_| !prefers_stillness()) {
        for (player, row, (left, top)) in &rows {
            let Some((_, (old_left, old_top))) = before.0.iter().find(|(other, _)| other == player) else {
                animate(row, ("opacity", "0", "1"), SLIDE_MS);
                continue;
            };
            let (x, y) = (old_left - left, old_top - top);
            if x != 0 || y != 0 {
                animate(row, ("transform", &format!("translate({x}px,{y}px)"), "none"), SLIDE_MS);
            }
        }
    }
    Places(rows.into_iter().map(|(player, _, place)| (player, place)).collect())
}

/// Tints what has grown.
pub(crate) fn tint(selector: &str) {
    if prefers_stillness() {
        return;
    }
    if let Ok(Some(element)) = document().query_selector(selector) {
        animate(&element, ("backgroundColor", "var(--gain-tint)", "transparent"), GAIN_MS);
    }
}

/// Brings an element into sight, at once or gliding where the player has nothing against it: its middle to that of the screen (`center`), or its upper
/// edge to the upper one (`start`).
pub(crate) fn bring_into_sight(selector: &str, place: &str, glides: bool) {
    let Ok(Some(element)) = document().query_selector(selector) else { return };
    let behavior = if glides && !prefers_stillness() { "smooth" } else { "auto" };
    let options = net::object(&[("block", place.into()), ("behavior", behavior.into())]);
    net::call(&element, "scrollIntoView", &[options]);
}

fn rows(board: &Element) -> Vec<(String, HtmlElement, (i32, i32))> {
    let Ok(list) = board.query_selector_all("[data-player]") else { return Vec::new() };
    (0..list.length())
        .filter_map(|index| {
            let row: HtmlElement = list.get(index)?.dyn_into().ok()?;
            let place = (row.offset_left(), row.offset_top());
            Some((row.get_attribute("data-player")?, row, place))
        })
        .collect()
}

/// The player's wish, and phones that Telegram calls slow.
fn prefers_stillness() -> bool {
    let query = JsValue::from_str("(prefers-reduced-motion: reduce)");
    let wish = net::call(&window(), "matchMedia", &[query])
        .and_then(|query| net::field(&query, "matches"))
        .is_some_and(|matches| matches.is_truthy());
    let agent = JsValue::from(window().navigator().user_agent().unwrap_or_default());
    let is_slow = net::call(&agent, "includes", &["; LOW)".into()]).is_some_and(|slow| slow.is_truthy());
    wish || is_slow
}

/// `property`: its name, its first and its last value.
fn animate(element: &Element, property: (&str, &str, &str), duration_ms: i32) {
    let (name, from, to) = property;
    // A property with a list of values is a frame for each.
    let values = Array::of2(&from.into(), &to.into());
    let options = [("duration", duration_ms.into()), ("easing", "cubic-bezier(.2,.8,.2,1)".into())];
    net::call(element, "animate", &[net::object(&[(name, values.into())]), net::object(&options)]);
}
