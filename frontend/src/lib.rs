//! The WASM entry: hydrates the page that the server rendered, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page. Called by the page's own module script, once.
#[wasm_bindgen]
pub fn hydrate() {
    app::hydrate();
}
