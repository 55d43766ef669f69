//! Rows that slide to their new place (FLIP: measured before and after, animated in between).

use js_sys::{Array, Object, Reflect};
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
                animate(row, &[("opacity", "0", "1")], SLIDE_MS);
                continue;
            };
            let (x, y) = (old_left - left, old_top - top);
            if x != 0 || y != 0 {
                animate(row, &[("transform", &format!("translate({x}px,{y}px)"), "none")], SLIDE_MS);
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
        animate(&element, &[("backgroundColor", "var(--gain-tint)", "transparent")], GAIN_MS);
    }
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

/// Each frame is a property with its first and last value.
fn animate(element: &Element, properties: &[(&str, &str, &str)], duration_ms: i32) {
    let (first, last) = (Object::new(), Object::new());
    for (name, from, to) in properties {
        let name = JsValue::from_str(name);
        let _ = Reflect::set(&first, &name, &JsValue::from_str(from));
        let _ = Reflect::set(&last, &name, &JsValue::from_str(to));
    }
    let options = Object::new();
    let _ = Reflect::set(&options, &"duration".into(), &duration_ms.into());
    let _ = Reflect::set(&options, &"easing".into(), &"cubic-bezier(.2,.8,.2,1)".into());
    net::call(element, "animate", &[Array::of2(&first, &last).into(), options.into()]);
}
