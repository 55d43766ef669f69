//! The console's pages, for operators: plain HTML that the server renders, forms that post, and no WASM.
//!
//! Invariant: nothing here is compiled for the page's bundle (docs/adr/0017), and nothing here decides what an operator
//! may do: `services::console` does, and these pages offer what it would allow.

mod audit;
mod dispute;
mod document;
mod enter;
mod fields;
mod files;
mod frame;
mod mission;
mod mission_form;
mod missions;
mod notice;
mod operators;
mod parts;
mod player;
mod players;
mod reason;
mod second_factor;
mod tournament;
mod tournament_form;
mod tournaments;

pub use self::{
    audit::{AuditPageView, render_audit},
    dispute::render_dispute,
    enter::render_enter,
    files::{ConsoleFile, file},
    frame::{Done, View, encoded},
    mission::render_mission,
    mission_form::{MissionFormView, Tried, render_mission_form},
    missions::{MissionsView, render_missions},
    notice::{Failed, FailedWhy, render_failed, render_refused},
    operators::{render_invited, render_operators},
    parts::Again,
    player::render_player,
    players::{Found, render_players},
    second_factor::{FactorFailure, FactorPage, render_recovery_codes, render_second_factor},
    tournament::{TournamentPageView, render_pulse, render_tournament},
    tournament_form::{TournamentFormView, render_tournament_form},
    tournaments::{TournamentsView, render_tournaments},
};
