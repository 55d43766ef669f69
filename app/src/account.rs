//! What a player decides about their own account: messages, devices, the link with the platform, language, and what
//! becomes of what is kept of them. Loaded when one of its pages is opened.
//!
//! Invariant: what can't be taken back, or is about who somebody is, is asked first; the server gets a fresh proof of
//! who opened the app along with it.

mod alias;
pub(crate) mod api;
pub(crate) mod cabinet;
mod code;
mod consents;
mod devices;
mod language;
mod link;
mod linking;
mod privacy;
mod settings;
mod standing;
pub(crate) mod start;
mod switch;
pub(crate) mod talk;
pub(crate) mod wire;

pub(crate) use self::{link::link_page, privacy::privacy_page, settings::settings_page, standing::Standing};
