//! The pages.

mod dock;
mod featured;
mod frame;
mod heading;
mod lobby;
mod not_found;
mod notices;
mod profile;
mod tournament;

#[cfg(feature = "ssr")]
pub(crate) use self::{
    dock::dock,
    heading::phase_mark,
    notices::{offline, sign_in_notice},
};
pub(crate) use self::{
    frame::frame,
    heading::{countdown, name_document, rule, title},
    lobby::lobby_page,
    not_found::not_found_page,
    notices::open_in_telegram,
    profile::profile_page,
    tournament::tournament_page,
};
