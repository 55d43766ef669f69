//! A player's picture: boards know no photos, so a letter on a color that stays the player's own.

use crate::{node::nodes, part::Part};

/// Telegram gives people one of seven colors.
const COLORS: u32 = 7;

/// The first letter of a name on a color made of `seed`.
pub(crate) fn avatar(name: &str, seed: &str, class: &'static str) -> Part {
    // The style sheet makes it a capital: doing it here would bring Unicode's tables into the bundle.
    let letter = name.chars().find(|letter| !letter.is_ascii_punctuation() && *letter != ' ').unwrap_or('•');
    let color =
        seed.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) % COLORS;
    nodes! {
        <span class={class} data-color={color.to_string()} aria-hidden="true">
            {letter.to_string()}
        </span>
    }
}
