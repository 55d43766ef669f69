//! A player's picture: boards know no photos, so a letter on a color that stays the player's own.

use leptos::prelude::*;

/// Telegram gives people one of seven colors.
const COLORS: u32 = 7;

/// The first letter of a name on a color made of `seed`.
pub(crate) fn avatar(name: String, seed: String, class: &'static str) -> impl IntoView {
    let letter = name.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('•');
    let color =
        seed.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) % COLORS;
    view! {
        <span class=format!("avatar {class}") data-color=color.to_string() aria-hidden="true">
            {letter.to_uppercase().to_string()}
        </span>
    }
}
