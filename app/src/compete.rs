//! What a player has to do with tournaments beyond the board of one: taking part, prizes and rules, what is over, lists,
//! and the own history. Loaded when it is opened.
//!
//! Invariant: joining, claiming and asking to be told show at once what they will come to, and are taken back with the
//! reason when the server refuses; the server's word is asked for again after each.

mod card;
mod claim;
mod game;
mod history;
mod join;
mod list;
mod notify;
mod offer;
mod paged;
mod panels;
mod past;
mod prizes;
mod results;
mod rules;
mod samples;
mod share;
mod spark;
mod stand;
pub(crate) mod wire;
mod words;

pub(crate) use self::{card::tournament_part, history::history_page, list::list_page};
