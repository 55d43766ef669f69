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
pub(crate) use self::{dock::Dock, heading::PhaseMark, notices::sign_in_notice};
pub(crate) use self::{
    lobby::LobbyPage, not_found::NotFoundPage, profile::ProfilePage, tournament::TournamentPage,
};
