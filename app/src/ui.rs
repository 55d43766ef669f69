//! The design system: every part that pages are made of, in Telegram's look. `/kit` shows each in every state.

mod avatar;
mod button;
mod card;
mod cell;
mod icon;
mod placeholder;
mod skeleton;
mod steps;
mod way;

pub(crate) use self::{
    avatar::avatar,
    button::{ButtonKind, Press, button},
    card::{Tone, card},
    cell::{cell, cell_link, section, switch_cell},
    icon::{Shape, icon},
    placeholder::placeholder,
    skeleton::{board_skeleton, cell_skeleton, rows_skeleton},
    steps::steps,
    way::{Way, way},
};
