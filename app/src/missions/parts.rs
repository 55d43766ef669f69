//! What cards and rewards are made of. Each is one shape of markup for many uses (docs/adr/0004).

use crate::{
    node::nodes,
    part::{Part, Text},
};

/// A present.
pub(super) const GIFT: &str = "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9C8 9 6.5 7 7.500 5.500S11.500 5 12 9c.5-4 3.500-5 4.500-3.500S16 9 12 9z";
/// A missed day that a streak bears.
pub(super) const FREEZE: &str = "M12 3v18M4.200 7.500l15.600 9M19.800 7.500l-15.600 9";

/// A sentence.
pub(super) fn line(class: &'static str, words: String) -> Part {
    nodes! { <p class={class}>{words}</p> }
}

/// Parts that belong together.
pub(super) fn group(class: &'static str, parts: Vec<Part>) -> Part {
    nodes! { <div class={class}>{parts}</div> }
}

/// An icon and what it stands for, which may change.
pub(super) fn fact(class: &'static str, icon: &'static str, words: Text) -> Part {
    nodes! {
        <span class={class}>
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={icon}></path></svg>
            <span>{words}</span>
        </span>
    }
}

/// The button that claims something.
pub(super) fn claim_button(label: String, text: String, press: impl Fn() + Send + 'static) -> Part {
    nodes! {
        <button type="button" class="button button--filled mission__claim" aria-label={label} on:click={move |_| press()}>
            {text}
        </button>
    }
}
