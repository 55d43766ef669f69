//! The design system: every part that pages are made of, in Telegram's look. `/kit` shows each in every state.

mod avatar;
mod button;
mod card;
mod cell;
mod icon;
mod placeholder;
mod skeleton;
mod steps;

pub(crate) use self::{
    avatar::Avatar,
    button::{Button, ButtonKind},
    card::{Card, Tone},
    cell::{Cell, CellLink, Section},
    icon::{Icon, Shape},
    placeholder::Placeholder,
    skeleton::{BoardSkeleton, CellSkeleton},
    steps::Steps,
};
