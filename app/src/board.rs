//! A leaderboard: its state, its live stream and how it looks.

pub(crate) mod live;
mod me_bar;
mod movement;
mod own;
mod rows;
pub(crate) mod store;
mod telemetry;

#[cfg(feature = "hydrate")]
pub(crate) use self::telemetry::page_opened;
pub(crate) use self::{
    live::keep_live,
    me_bar::me_bar,
    rows::{board, neighbors},
    store::BoardStore,
};
